package io.hyperion.core.json;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads and writes JSON as plain values: maps with their members in order, lists, texts, {@link BigDecimal}, booleans, null. What is read is
 * strictly RFC 8259, and at most {@value #MAX_DEPTH} levels deep; of members of the same name, the last counts.
 */
public final class JsonReader {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_NUMBER = 300;
    private static final String ESCAPES = "\"\\/bfnrt";
    private static final String ESCAPED = "\"\\/\b\f\n\r\t";

    /** The text is no JSON. */
    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    /**
     * Reads an object.
     *
     * @param text any text
     * @return the object that it is; empty if it is no JSON, or no object, or nested too deeply
     */
    @SuppressWarnings("unchecked")
    public static Optional<Map<String, Object>> object(String text) {
        return whole(text).filter(Map.class::isInstance).map(value -> (Map<String, Object>) value);
    }

    /**
     * Reads an array.
     *
     * @param text any text
     * @return the array that it is; empty if it is no JSON, or no array, or nested too deeply
     */
    @SuppressWarnings("unchecked")
    public static Optional<List<Object>> array(String text) {
        return whole(text).filter(List.class::isInstance).map(value -> (List<Object>) value);
    }

    private static Optional<Object> whole(String text) {
        JsonReader reader = new JsonReader(text);
        try {
            Object value = reader.value(0);
            reader.space();
            return reader.at == text.length() ? Optional.ofNullable(value) : Optional.empty();
        } catch (Malformed e) {
            // What a model or a server wrote may be anything; whoever asks says what that means.
            return Optional.empty();
        }
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean skip(char c) {
        boolean found = at < text.length() && text.charAt(at) == c;
        at += found ? 1 : 0;
        return found;
    }

    private void expect(char c) throws Malformed {
        if (!skip(c)) {
            throw new Malformed();
        }
    }

    private Map<String, Object> members(int depth) throws Malformed {
        Map<String, Object> members = new LinkedHashMap<>();
        space();
        if (skip('}')) {
            return members;
        }
        do {
            space();
            expect('"');
            String name = string();
            space();
            expect(':');
            members.put(name, value(depth));
            space();
        } while (skip(','));
        expect('}');
        return members;
    }

    private List<Object> elements(int depth) throws Malformed {
        List<Object> elements = new ArrayList<>();
        space();
        if (skip(']')) {
            return elements;
        }
        do {
            elements.add(value(depth));
            space();
        } while (skip(','));
        expect(']');
        return elements;
    }

    private Object value(int depth) throws Malformed {
        if (depth > MAX_DEPTH) {
            throw new Malformed();
        }
        space();
        if (skip('{')) {
            return members(depth + 1);
        }
        if (skip('[')) {
            return elements(depth + 1);
        }
        if (skip('"')) {
            return string();
        }
        int start = at;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || "+-.".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        String word = text.substring(start, at);
        return switch (word) {
            case "true" -> true;
            case "false" -> false;
            case "null" -> null;
            default -> number(word);
        };
    }

    private static Object number(String word) throws Malformed {
        if (word.length() > MAX_NUMBER || !word.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")) {
            throw new Malformed();
        }
        return new BigDecimal(word);
    }

    private String string() throws Malformed {
        StringBuilder string = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at++);
            if (c < ' ') {
                throw new Malformed();
            }
            string.append(c == '\\' ? escape() : c);
        }
        expect('"');
        return string.toString();
    }

    private char escape() throws Malformed {
        if (at >= text.length()) {
            throw new Malformed();
        }
        char letter = text.charAt(at++);
        if (letter == 'u') {
            String digits = text.substring(at, Math.min(text.length(), at + 4));
            if (!digits.matches("[0-9a-fA-F]{4}")) {
                throw new Malformed();
            }
            at += 4;
            return (char) Integer.parseInt(digits, 16);
        }
        int escape = ESCAPES.indexOf(letter);
        if (escape < 0) {
            throw new Malformed();
        }
        return ESCAPED.charAt(escape);
    }

    /**
     * Writes a value.
     *
     * @param value a value as this class reads it, or one with other numbers
     * @return its JSON, with a blank after commas and colons
     */
    public static String write(Object value) {
        StringBuilder json = new StringBuilder();
        write(value, json);
        return json.toString();
    }

    private static void write(Object value, StringBuilder json) {
        String separator = "";
        if (value instanceof Map<?, ?> map) {
            json.append('{');
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.append(separator);
                string(entry.getKey().toString(), json);
                json.append(": ");
                write(entry.getValue(), json);
                separator = ", ";
            }
            json.append('}');
        } else if (value instanceof List<?> list) {
            json.append('[');
            for (Object element : list) {
                json.append(separator);
                write(element, json);
                separator = ", ";
            }
            json.append(']');
        } else if (value instanceof String string) {
            string(string, json);
        } else {
            json.append(value);
        }
    }

    private static void string(String value, StringBuilder json) {
        json.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            int escape = c == '/' ? -1 : ESCAPED.indexOf(c);
            if (escape >= 0) {
                json.append('\\').append(ESCAPES.charAt(escape));
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
