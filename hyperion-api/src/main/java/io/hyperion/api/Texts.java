package io.hyperion.api;

import java.util.List;

/** Checks of text that is on its way to a model. */
final class Texts {
    private Texts() {}

    /**
     * Refuses text that cannot be given to a model unchanged: NUL characters would end a native string early, and an unpaired
     * surrogate has no UTF-8 form.
     */
    static void requireValid(String parameter, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw new InvalidRequestException(
                        ErrorCode.INVALID_TEXT, parameter, "'" + parameter + "' holds a NUL character at index " + i);
            }
            if (Character.isSurrogate(c)) {
                boolean paired = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!paired) {
                    throw new InvalidRequestException(
                            ErrorCode.INVALID_TEXT,
                            parameter,
                            "'" + parameter + "' holds an unpaired surrogate at index " + i);
                }
                i++;
            }
        }
    }

    /** Checks a list of texts: how many there are, that each is valid, and how long each is. */
    static List<String> requireAll(String parameter, List<String> texts, int maxTexts, int maxLength) {
        List<String> copy = List.copyOf(texts);
        requireCount(parameter, copy, maxTexts);
        for (int i = 0; i < copy.size(); i++) {
            requireText(parameter + "[" + i + "]", copy.get(i), maxLength);
        }
        return copy;
    }

    /** Checks how many texts there are. */
    static void requireCount(String parameter, List<?> texts, int maxTexts) {
        if (texts.isEmpty()) {
            throw new InvalidRequestException(
                    ErrorCode.MISSING_FIELD, parameter, "'" + parameter + "' must have at least one text");
        }
        if (texts.size() > maxTexts) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    parameter,
                    "'" + parameter + "' may have at most " + maxTexts + " texts, but has " + texts.size());
        }
    }

    /** Checks one text: that it is valid, not empty, and not too long. */
    static String requireText(String parameter, String text, int maxLength) {
        if (text.isEmpty()) {
            throw new InvalidRequestException(
                    ErrorCode.EMPTY_PROMPT, parameter, "'" + parameter + "' must not be empty");
        }
        if (text.length() > maxLength) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    parameter,
                    "'" + parameter + "' may have at most " + maxLength + " characters, but has " + text.length());
        }
        requireValid(parameter, text);
        return text;
    }
}
