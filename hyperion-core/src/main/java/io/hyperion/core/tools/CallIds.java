package io.hyperion.core.tools;

import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** Ids of calls. A model's own are not used: they come too late for a stream, or count from 0 in each turn. */
final class CallIds {
    private static final String CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int MISTRAL_LENGTH = 9;
    private static final int LENGTH = 24;
    private static final Pattern MISTRAL = Pattern.compile("[A-Za-z0-9]{" + MISTRAL_LENGTH + "}");

    private CallIds() {}

    /** {@return a new id, as OpenAI's look; for Mistral's templates, which refuse others, of nine letters and digits} */
    static String random(ToolForm form) {
        boolean mistral = form.wantsShortIds();
        StringBuilder id = new StringBuilder(mistral ? "" : "call_");
        ThreadLocalRandom.current()
                .ints(mistral ? MISTRAL_LENGTH : LENGTH, 0, CHARACTERS.length())
                .forEach(index -> id.append(CHARACTERS.charAt(index)));
        return id.toString();
    }

    /** {@return an id as Mistral's templates want it: the same one, or always the same other one} */
    static String forMistral(String id) {
        if (MISTRAL.matcher(id).matches()) {
            return id;
        }
        long hash = 7;
        for (int i = 0; i < id.length(); i++) {
            hash = hash * 1_000_003 + id.charAt(i);
        }
        StringBuilder other = new StringBuilder();
        for (int i = 0; i < MISTRAL_LENGTH; i++) {
            other.append(CHARACTERS.charAt((int) Long.remainderUnsigned(hash, CHARACTERS.length())));
            hash = Long.divideUnsigned(hash, CHARACTERS.length());
        }
        return other.toString();
    }
}
