package io.hyperion.core.engine;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Makes text from the bytes of tokens: never a part of a character, and nothing that may still become a stop string. A stop string ends
 * the text, and so does a line that is not indented enough. Bytes that are not UTF-8 become U+FFFD. For use by one thread.
 */
final class TextAssembler {
    private static final int TEXT = -1;

    private final List<String> stopStrings;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    /** Bytes of an unfinished character: at most three remain, the rest is the next token's. */
    private ByteBuffer bytes = ByteBuffer.allocate(64);

    private CharBuffer chars = CharBuffer.allocate(64);
    /** Decoded and not given out. */
    private final StringBuilder held = new StringBuilder();
    /** Given out. */
    private final StringBuilder text = new StringBuilder();

    private Optional<String> stopString = Optional.empty();
    private final int minIndent;
    /** How many characters of what is held were looked at for their line's begin. */
    private int lined;
    /** How many spaces and tabs the line has so far; {@link #TEXT} behind them, and in the first line. */
    private int indent = TEXT;

    private boolean outdented;

    /**
     * @param stopStrings end the text
     * @param minIndent how many spaces and tabs each line but the first begins with; one with fewer ends the text; 0 for any
     */
    TextAssembler(List<String> stopStrings, int minIndent) {
        this.stopStrings = stopStrings;
        this.minIndent = minIndent;
    }

    /**
     * Takes the bytes of the next token.
     *
     * @return what can be given out now; may be empty
     */
    String add(byte[] piece) {
        ensureRoom(piece.length);
        bytes.put(piece).flip();
        decode(false);
        bytes.compact();
        return giveOut(false);
    }

    /**
     * Ends the text.
     *
     * @return what was held back and is part of the text
     */
    String finish() {
        if (hasEnded()) {
            return "";
        }
        bytes.flip();
        decode(true);
        bytes.clear();
        return giveOut(true);
    }

    /** {@return the stop string that came; after it nothing is given out} */
    Optional<String> stopString() {
        return stopString;
    }

    /** {@return whether a line came that was not indented enough; after it nothing is given out} */
    boolean isOutdented() {
        return outdented;
    }

    private boolean hasEnded() {
        return stopString.isPresent() || outdented;
    }

    /** {@return all that was given out} */
    String text() {
        return text.toString();
    }

    /** {@return how many characters were given out} */
    int given() {
        return text.length();
    }

    /** {@return how many characters were decoded, given out or not} */
    int length() {
        return text.length() + held.length();
    }

    private void ensureRoom(int length) {
        if (bytes.remaining() < length) {
            ByteBuffer larger = ByteBuffer.allocate(bytes.position() + 2 * length);
            larger.put(bytes.flip());
            bytes = larger;
        }
        if (chars.capacity() < bytes.capacity()) {
            chars = CharBuffer.allocate(bytes.capacity());
        }
    }

    private void decode(boolean end) {
        chars.clear();
        decoder.decode(bytes, chars, end);
        if (end) {
            decoder.flush(chars);
        }
        held.append(chars.flip());
    }

    private String giveOut(boolean end) {
        if (hasEnded() || held.isEmpty()) {
            return "";
        }
        int stopAt = -1;
        for (String stop : stopStrings) {
            int at = held.indexOf(stop);
            if (at >= 0 && (stopAt < 0 || at < stopAt)) {
                stopAt = at;
                stopString = Optional.of(stop);
            }
        }
        int outdent = minIndent > 0 ? outdent() : -1;
        if (outdent >= 0 && (stopAt < 0 || outdent < stopAt)) {
            outdented = true;
            stopString = Optional.empty();
            stopAt = outdent;
        }
        int until = stopAt >= 0 ? stopAt : end ? held.length() : held.length() - undecided();
        String piece = held.substring(0, until);
        held.delete(0, stopAt >= 0 ? held.length() : until);
        lined = Math.max(0, lined - until);
        text.append(piece);
        return piece;
    }

    /** {@return where in what is held a line begins too far to the left; -1 if none does} */
    private int outdent() {
        for (; lined < held.length(); lined++) {
            char c = held.charAt(lined);
            boolean space = c == ' ' || c == '\t';
            if (indent != TEXT && !space && indent < minIndent) {
                return lined;
            }
            if (c == '\n') {
                indent = 0;
            } else if (indent != TEXT) {
                indent = space ? indent + 1 : TEXT;
            }
        }
        return -1;
    }

    /** {@return the length of the longest end of what is held that begins a stop string} */
    private int undecided() {
        int longest = 0;
        for (String stop : stopStrings) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (stop.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
