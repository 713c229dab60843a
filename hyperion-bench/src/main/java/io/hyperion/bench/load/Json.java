package io.hyperion.bench.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * JSON, as far as replies of model servers need it (RFC 8259). Numbers are doubles.
 *
 * @param value a Map, List, String, Double or Boolean; empty for null
 */
record Json(Optional<Object> value) {
    /**
     * Reads a text.
     *
     * @throws IOException if it is not JSON
     */
    static Json read(String text) throws IOException {
        Reader reader = new Reader(text);
        Json json = reader.value();
        reader.requireEnd();
        return json;
    }

    /** {@return a string as JSON, with its quotes} */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                default -> {
                    if (c < ' ') {
                        quoted.append(String.format("\\u%04x", (int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }

    /** {@return a member; empty if this is no object, or has none of that name, or it is null} */
    Optional<Json> get(String name) {
        return value.filter(Map.class::isInstance)
                .map(object -> (Json) ((Map<?, ?>) object).get(name))
                .filter(member -> member.value.isPresent());
    }

    /** {@return the first element; empty if this is no list or has none} */
    Optional<Json> first() {
        return value.filter(List.class::isInstance)
                .flatMap(list -> ((List<?>) list).stream().findFirst())
                .map(Json.class::cast);
    }

    /** {@return a member that is a string; empty if there is none} */
    Optional<String> text(String name) {
        return get(name).flatMap(Json::value).filter(String.class::isInstance).map(String.class::cast);
    }

    /** {@return a member that is a number; empty if there is none} */
    OptionalInt whole(String name) {
        return get(name)
                .flatMap(Json::value)
                .filter(Double.class::isInstance)
                .map(number -> OptionalInt.of(((Double) number).intValue()))
                .orElseGet(OptionalInt::empty);
    }

    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        Json value() throws IOException {
            skipSpace();
            return switch (peek()) {
                case '{' -> object();
                case '[' -> list();
                case '"' -> of(string());
                case 't' -> literal("true", of(true));
                case 'f' -> literal("false", of(false));
                case 'n' -> literal("null", new Json(Optional.empty()));
                default -> number();
            };
        }

        private static Json of(Object value) {
            return new Json(Optional.of(value));
        }

        private Json object() throws IOException {
            Map<String, Json> members = new LinkedHashMap<>();
            at++;
            skipSpace();
            while (peek() != '}') {
                String name = string();
                skipSpace();
                expect(':');
                members.put(name, value());
                separator('}');
            }
            at++;
            return of(members);
        }

        private Json list() throws IOException {
            List<Json> elements = new ArrayList<>();
            at++;
            skipSpace();
            while (peek() != ']') {
                elements.add(value());
                separator(']');
            }
            at++;
            return of(elements);
        }

        private void separator(char end) throws IOException {
            skipSpace();
            if (peek() != end) {
                expect(',');
                skipSpace();
            }
        }

        private String string() throws IOException {
            expect('"');
            StringBuilder string = new StringBuilder();
            while (peek() != '"') {
                char c = text.charAt(at++);
                string.append(c == '\\' ? escaped() : c);
            }
            at++;
            return string.toString();
        }

        private char escaped() throws IOException {
            char c = peek();
            at++;
            return switch (c) {
                case '"', '\\', '/' -> c;
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'u' -> {
                    at += 4;
                    try {
                        yield (char) Integer.parseInt(text, at - 4, at, 16);
                    } catch (NumberFormatException | IndexOutOfBoundsException e) {
                        throw notJson(e);
                    }
                }
                default -> throw notJson(null);
            };
        }

        private Json number() throws IOException {
            int begin = at;
            while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            try {
                return of(Double.valueOf(text.substring(begin, at)));
            } catch (NumberFormatException e) {
                throw notJson(e);
            }
        }

        private Json literal(String word, Json value) throws IOException {
            if (!text.startsWith(word, at)) {
                throw notJson(null);
            }
            at += word.length();
            return value;
        }

        void requireEnd() throws IOException {
            skipSpace();
            if (at < text.length()) {
                throw notJson(null);
            }
        }

        private void expect(char c) throws IOException {
            if (peek() != c) {
                throw notJson(null);
            }
            at++;
        }

        private char peek() throws IOException {
            if (at >= text.length()) {
                throw notJson(null);
            }
            return text.charAt(at);
        }

        private void skipSpace() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private IOException notJson(Exception cause) {
            return new IOException("No JSON at character " + at + " of: " + text, cause);
        }
    }
}
