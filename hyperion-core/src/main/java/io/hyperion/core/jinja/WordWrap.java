package io.hyperion.core.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Wraps a line as Python's textwrap does, with its default of words that may break after hyphens. */
final class WordWrap {
    private WordWrap() {}

    static List<String> wrap(Context context, String line, int width, boolean breakLong, boolean hyphens) {
        if (width <= 0) {
            throw Fault.of("invalid width " + width + " (must be > 0)");
        }
        Deque<String> chunks = new ArrayDeque<>(chunks(line, hyphens));
        List<String> lines = new ArrayList<>();
        while (!chunks.isEmpty()) {
            context.step();
            if (chunks.peek().isBlank() && !lines.isEmpty()) {
                chunks.pop();
            }
            StringBuilder current = new StringBuilder();
            String last = "";
            int length = 0;
            while (!chunks.isEmpty() && length + Texts.length(chunks.peek()) <= width) {
                last = chunks.pop();
                length += Texts.length(last);
                current.append(last);
            }
            if (!chunks.isEmpty() && Texts.length(chunks.peek()) > width) {
                context.allocate(chunks.peek().length());
                String tooLong = breakLong(chunks, width, length, breakLong, current, hyphens);
                last = tooLong.isEmpty() ? last : tooLong;
            }
            if (last.isBlank()) {
                current.setLength(current.length() - last.length());
            }
            if (current.length() > 0) {
                lines.add(current.toString());
            }
        }
        return lines;
    }

    /** {@return what was taken of a word that is longer than a line} */
    private static String breakLong(
            Deque<String> chunks, int width, int length, boolean breakLong, StringBuilder current, boolean hyphens) {
        if (!breakLong) {
            if (current.length() > 0) {
                return "";
            }
            String whole = chunks.pop();
            current.append(whole);
            return whole;
        }
        String word = chunks.pop();
        int room = Math.max(1, width - length);
        if (width - length <= 0 && current.length() > 0) {
            chunks.push(word);
            return "";
        }
        int end = room;
        if (hyphens && Texts.length(word) > room) {
            int hyphen = Texts.part(word, 0, room).lastIndexOf('-');
            if (hyphen > 0 && word.substring(0, hyphen).chars().anyMatch(c -> c != '-')) {
                end = Texts.length(word.substring(0, hyphen + 1));
            }
        }
        String part = Texts.part(word, 0, end);
        current.append(part);
        chunks.push(word.substring(part.length()));
        return part;
    }

    private static List<String> chunks(String line, boolean hyphens) {
        List<String> chunks = new ArrayList<>();
        int i = 0;
        while (i < line.length()) {
            int start = i;
            boolean space = isSpace(line.charAt(i));
            while (i < line.length() && isSpace(line.charAt(i)) == space) {
                i++;
            }
            String chunk = line.substring(start, i);
            if (space || !hyphens) {
                chunks.add(chunk);
            } else {
                atHyphens(chunk, chunks);
            }
        }
        return chunks;
    }

    private static boolean isSpace(char c) {
        return "\t\n\u000b\f\r ".indexOf(c) >= 0;
    }

    /** A word may be broken after a hyphen that stands between letters; dashes of several hyphens are chunks of their own. */
    private static void atHyphens(String word, List<String> chunks) {
        int start = 0;
        int i = 0;
        while (i < word.length()) {
            if (word.charAt(i) != '-') {
                i++;
                continue;
            }
            int end = i;
            while (end < word.length() && word.charAt(end) == '-') {
                end++;
            }
            boolean wordBefore = i > start && isWord(word.charAt(i - 1));
            boolean wordAfter = end < word.length() && isWord(word.charAt(end));
            if (end - i >= 2 && wordBefore && wordAfter) {
                chunks.add(word.substring(start, i));
                chunks.add(word.substring(i, end));
                start = end;
            } else if (end - i == 1 && breaksAfter(word, start, i)) {
                chunks.add(word.substring(start, end));
                start = end;
            }
            i = end;
        }
        if (start < word.length()) {
            chunks.add(word.substring(start));
        }
    }

    private static boolean isWord(char c) {
        return c == '_' || Character.isLetterOrDigit(c) || "!\"'&.,?".indexOf(c) >= 0;
    }

    private static boolean breaksAfter(String word, int start, int hyphen) {
        boolean before = hyphen - 2 >= start
                && isLetter(word.charAt(hyphen - 1))
                && (isLetter(word.charAt(hyphen - 2)) || word.charAt(hyphen - 2) == '-');
        boolean after = hyphen + 2 < word.length()
                && isLetter(word.charAt(hyphen + 1))
                && (isLetter(word.charAt(hyphen + 2)) || word.charAt(hyphen + 2) == '-');
        return before && after;
    }

    private static boolean isLetter(char c) {
        return c == '_' || Character.isLetter(c);
    }
}
