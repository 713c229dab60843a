package io.hyperion.core.engine;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Makes text from the bytes of tokens: never a part of a character, and nothing that may still become a stop string. Bytes that are not
 * UTF-8 become U+FFFD. For use by one thread.
 */
final class TextAssembler {
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

    TextAssembler(List<String> stopStrings) {
        this.stopStrings = stopStrings;
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
        if (stopString.isPresent()) {
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
        if (stopString.isPresent() || held.isEmpty()) {
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
        int until = stopAt >= 0 ? stopAt : end ? held.length() : held.length() - undecided();
        String piece = held.substring(0, until);
        held.delete(0, stopAt >= 0 ? held.length() : until);
        text.append(piece);
        return piece;
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
