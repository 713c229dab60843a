package io.hyperion.api;

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
}
