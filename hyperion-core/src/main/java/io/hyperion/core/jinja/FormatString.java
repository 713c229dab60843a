package io.hyperion.core.jinja;

import java.util.List;
import java.util.Map;

/** Python's {@code text.format(…)}. Used for one text. */
final class FormatString {
    private static final int MAX_NESTING = 2;

    private final Context context;
    private final List<Object> positional;
    private final Map<String, Object> named;
    private int next;
    private boolean numbered;

    FormatString(Context context, List<Object> positional, Map<String, Object> named) {
        this.context = context;
        this.positional = positional;
        this.named = named;
    }

    String format(String format) {
        return format(format, MAX_NESTING);
    }

    private String format(String format, int nesting) {
        if (nesting == 0) {
            throw Fault.of("Max string recursion exceeded");
        }
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < format.length()) {
            char c = format.charAt(at);
            if ((c == '{' || c == '}') && format.startsWith(String.valueOf(c), at + 1)) {
                out.append(c);
                at += 2;
            } else if (c == '{') {
                int end = end(format, at + 1);
                out.append(field(format.substring(at + 1, end), nesting));
                at = end + 1;
            } else if (c == '}') {
                throw Fault.of("Single '}' encountered in format string");
            } else {
                out.append(c);
                at++;
            }
            if (out.length() > context.longest()) {
                context.requireLength(out.length());
            }
        }
        return context.made(out.toString());
    }

    private static int end(String format, int start) {
        int depth = 1;
        for (int i = start; i < format.length(); i++) {
            char c = format.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw Fault.of("expected '}' before end of string");
    }

    private String field(String field, int nesting) {
        int end = 0;
        int brackets = 0;
        while (end < field.length() && (brackets > 0 || field.charAt(end) != '!' && field.charAt(end) != ':')) {
            brackets += field.charAt(end) == '[' ? 1 : field.charAt(end) == ']' ? -1 : 0;
            end++;
        }
        Object value = value(field.substring(0, end));
        String spec = "";
        if (end < field.length() && field.charAt(end) == '!') {
            if (end + 1 >= field.length()) {
                throw Fault.of("end of string while looking for conversion specifier");
            }
            value = convert(value, field.charAt(end + 1));
            end += 2;
            if (end < field.length() && field.charAt(end) != ':') {
                throw Fault.of("expected ':' after conversion specifier");
            }
        }
        if (end < field.length()) {
            spec = format(field.substring(end + 1), nesting - 1);
        }
        return FormatSpec.apply(context, value, spec);
    }

    private Object convert(Object value, char conversion) {
        return switch (conversion) {
            case 's' -> Values.text(context, value);
            case 'r' -> Values.repr(context, value);
            case 'a' -> Printf.ascii(Values.repr(context, value));
            default -> throw Fault.of("Unknown conversion specifier " + conversion);
        };
    }

    private Object value(String path) {
        int end = 0;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
            end++;
        }
        Object value = first(path.substring(0, end));
        while (end < path.length()) {
            if (path.charAt(end) == '.') {
                int start = ++end;
                while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
                    end++;
                }
                value = Attributes.attribute(context, value, path.substring(start, end));
            } else {
                int close = path.indexOf(']', end);
                if (path.charAt(end) != '[' || close < 0) {
                    throw Fault.of("Only '.' or '[' may follow ']' in format field specifier");
                }
                String key = path.substring(end + 1, close);
                value = Attributes.item(context, value, isNumber(key) ? (Object) index(key) : key);
                end = close + 1;
            }
        }
        return value;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static long index(String digits) {
        return digits.length() > 9 ? Integer.MAX_VALUE : Long.parseLong(digits);
    }

    private Object first(String name) {
        if (name.isEmpty() || isNumber(name)) {
            if (name.isEmpty() ? numbered : next > 0) {
                throw Fault.of("cannot switch between manual field specification and automatic field numbering");
            }
            numbered |= !name.isEmpty();
            long index = name.isEmpty() ? next++ : index(name);
            if (index >= positional.size()) {
                throw Fault.of("Replacement index " + index + " out of range for positional args tuple");
            }
            return positional.get((int) index);
        }
        Object value = named.get(name);
        if (value == null) {
            throw Fault.of(Texts.repr(name));
        }
        return value;
    }
}
