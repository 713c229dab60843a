package io.hyperion.core.jinja;

import java.util.ArrayList;
import java.util.List;

/** A text that is safe as HTML: what is added to it is escaped. Chat templates hardly use it, but {@code |safe} and {@code |escape} do. */
record Markup(String text) {
    static Markup escape(Context context, Object value) {
        if (value instanceof Markup markup) {
            return markup;
        }
        String text = Values.text(context, value);
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '\'' -> escaped.append("&#39;");
                case '"' -> escaped.append("&#34;");
                default -> escaped.append(c);
            }
        }
        return new Markup(context.made(escaped.toString()));
    }

    /** Where texts are escaped when they are written, what was rendered is safe. */
    static Object ifEscaping(Context context, Object value) {
        return context.isEscaping() ? new Markup(Values.text(context, value)) : value;
    }

    /** A text of the kind of another value. */
    static Object like(Object model, String text) {
        return model instanceof Markup ? new Markup(text) : text;
    }

    static Object concatenate(Context context, List<Object> values) {
        boolean safe = context.isEscaping() && values.stream().anyMatch(Markup.class::isInstance);
        StringBuilder text = new StringBuilder();
        for (Object value : values) {
            text.append(safe ? escape(context, value).text : Values.text(context, value));
            if (text.length() > context.longest()) {
                break;
            }
        }
        String all = context.made(text.toString());
        return safe ? new Markup(all) : all;
    }

    /** Calls a method of the text: what comes in as text is escaped, what comes out as text is safe. */
    Object call(Context context, Builtin method, Arguments arguments) {
        List<Object> given = arguments.positional();
        switch (method.name()) {
            case "format" -> {
                given.replaceAll(value -> escapeText(context, value));
                arguments.named().replaceAll((name, value) -> escapeText(context, value));
            }
            case "join" -> {
                if (!given.isEmpty()) {
                    List<Object> parts = Iteration.toList(context, given.get(0));
                    parts.replaceAll(part -> escape(context, part).text);
                    given.set(0, parts);
                }
            }
            case "replace", "center", "ljust", "rjust" -> {
                if (given.size() > 1) {
                    given.set(1, escape(context, given.get(1)).text);
                }
            }
            default -> {}
        }
        return wrap(method.call(context, arguments.first(text)));
    }

    private static Object escapeText(Context context, Object value) {
        return Values.isText(value) ? escape(context, value).text : value;
    }

    private static Object wrap(Object result) {
        if (result instanceof String text) {
            return new Markup(text);
        }
        if (result instanceof Tuple tuple) {
            return new Tuple(wrapAll(tuple.items()));
        }
        return result instanceof List<?> list ? wrapAll(list) : result;
    }

    private static List<Object> wrapAll(List<?> items) {
        List<Object> wrapped = new ArrayList<>(items.size());
        items.forEach(item -> wrapped.add(wrap(item)));
        return wrapped;
    }
}
