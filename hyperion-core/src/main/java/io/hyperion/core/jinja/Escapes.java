package io.hyperion.core.jinja;

/** The escapes of Python's string literals. */
final class Escapes {
    private Escapes() {}

    static String resolve(String text, int position) {
        StringBuilder resolved = new StringBuilder(text.length());
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c != '\\') {
                resolved.append(c);
                i++;
                continue;
            }
            char escape = text.charAt(i + 1);
            i += 2;
            switch (escape) {
                case '\n' -> {}
                case '\\', '\'', '"' -> resolved.append(escape);
                case 'a' -> resolved.append('\u0007');
                case 'b' -> resolved.append('\b');
                case 'f' -> resolved.append('\f');
                case 'n' -> resolved.append('\n');
                case 'r' -> resolved.append('\r');
                case 't' -> resolved.append('\t');
                case 'v' -> resolved.append('\u000b');
                case 'x' -> i = hex(text, i, 2, resolved, position);
                case 'u' -> i = hex(text, i, 4, resolved, position);
                case 'U' -> i = hex(text, i, 8, resolved, position);
                case 'N' -> i = named(text, i, resolved, position);
                case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                    int end = i;
                    while (end < text.length() && end < i + 2 && text.charAt(end) >= '0' && text.charAt(end) <= '7') {
                        end++;
                    }
                    resolved.append((char) Integer.parseInt(text.substring(i - 1, end), 8));
                    i = end;
                }
                default -> {
                    int character = text.codePointAt(i - 1);
                    i += Character.charCount(character) - 1;
                    resolved.append('\\').append(asWritten(character));
                }
            }
        }
        return resolved.toString();
    }

    /** Jinja2 turns other characters into escapes before it reads them, so that after a backslash their code is seen. */
    private static String asWritten(int character) {
        if (character < 0x80) {
            return Character.toString(character);
        }
        return character < 0x100
                ? String.format("x%02x", character)
                : character < 0x10000 ? String.format("u%04x", character) : String.format("U%08x", character);
    }

    private static int hex(String text, int start, int count, StringBuilder resolved, int position) {
        int end = start;
        while (end < text.length() && end < start + count && isHex(text.charAt(end))) {
            end++;
        }
        if (end < start + count) {
            throw Fault.syntax(position, "truncated \\" + text.charAt(start - 1) + " escape");
        }
        long character = Long.parseLong(text.substring(start, end), 16);
        if (character > Character.MAX_CODE_POINT) {
            throw Fault.syntax(position, "illegal Unicode character");
        }
        resolved.appendCodePoint((int) character);
        return end;
    }

    private static boolean isHex(char c) {
        return c < 0x80 && Character.digit(c, 16) >= 0;
    }

    private static int named(String text, int start, StringBuilder resolved, int position) {
        int end = text.indexOf('}', start);
        if (!text.startsWith("{", start) || end < 0) {
            throw Fault.syntax(position, "malformed \\N character escape");
        }
        try {
            resolved.appendCodePoint(Character.codePointOf(text.substring(start + 1, end)));
        } catch (IllegalArgumentException e) {
            throw Fault.syntax(position, "unknown Unicode character name");
        }
        return end + 1;
    }
}
