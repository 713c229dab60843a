package io.hyperion.core.engine;

import io.hyperion.core.llama.Vocabulary;
import java.util.OptionalInt;

/**
 * Tells of texts that are too long before llama.cpp has gone through all of them: for each control token it goes once more over those
 * before, so that a million line breaks can take minutes, which nothing can break off.
 */
final class LongTexts {
    /** How many characters are tokenised at once, whatever they are. */
    private static final int PART = 32_768;

    /** The end of a part may be other tokens than in the whole: by no more than the longest ones. */
    private static final int SLACK = 1_024;

    private LongTexts() {}

    /**
     * How many tokens the beginning of a long text has, if those are too many.
     *
     * @param text a text
     * @param vocabulary tokenises it
     * @param limit how many tokens there may be
     * @return more than the limit; empty if the text may fit, and is to be tokenised
     */
    static OptionalInt tooMany(String text, Vocabulary vocabulary, int limit) {
        for (long end = PART; end < text.length(); end *= 2) {
            int cut = (int) end;
            if (Character.isHighSurrogate(text.charAt(cut - 1))) {
                cut--;
            }
            int tokens = vocabulary.tokenize(text.substring(0, cut), false, true).length - SLACK;
            if (tokens > limit) {
                return OptionalInt.of(tokens);
            }
        }
        return OptionalInt.empty();
    }
}
