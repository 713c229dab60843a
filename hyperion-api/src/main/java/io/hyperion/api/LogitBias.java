package io.hyperion.api;

/** Makes a token more or less probable, or bans it: one entry of {@link GenerateParameters#logitBias()}. */
public sealed interface LogitBias {
    /** The largest accepted bias, in either direction: far more than decides any choice. */
    double MAX_BIAS = 10_000;

    /** The longest accepted text in UTF-16 characters. */
    int MAX_TEXT_LENGTH = 1024;

    /** The bias of a token that is banned. */
    double BANNED = Double.NEGATIVE_INFINITY;

    /** {@return what is added to the logit: -{@link #MAX_BIAS} to {@link #MAX_BIAS}, or {@link #BANNED}} */
    double bias();

    /**
     * A bias of a token by its id.
     *
     * @param token its id, at least 0; whether the model has such a token is found when it is used
     * @param bias what is added to its logit
     */
    record OfToken(int token, double bias) implements LogitBias {
        /**
         * @throws InvalidRequestException ({@link ErrorCode#OUT_OF_RANGE}, parameter {@code logit_bias}) if a value is out of its range
         */
        public OfToken {
            if (token < 0) {
                throw Parameter.LOGIT_BIAS.outOfRange("A token of 'logit_bias' must be at least 0, but is " + token);
            }
            requireBias(bias);
        }
    }

    /**
     * A bias of every token of a text.
     *
     * @param text the text, 1 to {@link #MAX_TEXT_LENGTH} characters
     * @param bias what is added to the logit of each of its tokens
     */
    record OfText(String text, double bias) implements LogitBias {
        /**
         * @throws InvalidRequestException ({@link ErrorCode#OUT_OF_RANGE} or {@link ErrorCode#INVALID_TEXT}, parameter
         *     {@code logit_bias}) if a value is not allowed
         */
        public OfText {
            if (text.isEmpty() || text.length() > MAX_TEXT_LENGTH) {
                throw Parameter.LOGIT_BIAS.outOfRange("A text of 'logit_bias' has " + text.length()
                        + " characters; 1 to " + MAX_TEXT_LENGTH + " are allowed");
            }
            Texts.requireValid("logit_bias", text);
            requireBias(bias);
        }
    }

    /**
     * @param token the id of a token
     * @param bias what is added to its logit
     * @return the entry
     */
    static LogitBias of(int token, double bias) {
        return new OfToken(token, bias);
    }

    /**
     * @param text a text
     * @param bias what is added to the logit of each of its tokens
     * @return the entry
     */
    static LogitBias of(String text, double bias) {
        return new OfText(text, bias);
    }

    private static void requireBias(double bias) {
        // Written so that NaN fails too.
        if (bias != BANNED && !(Math.abs(bias) <= MAX_BIAS)) {
            throw Parameter.LOGIT_BIAS.outOfRange("A bias of 'logit_bias' must be between -" + (long) MAX_BIAS + " and "
                    + (long) MAX_BIAS + ", but is " + bias);
        }
    }
}
