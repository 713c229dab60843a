package io.hyperion.war.json;

import io.hyperion.api.Excerpts;
import java.util.Collection;
import java.util.List;

/** Tells a caller of names that are one slip of the finger away from a known one: unknown fields are ignored, and that alone is silent. */
public final class FieldHints {
    private static final int MAX_HINTS = 8;

    private FieldHints() {}

    /**
     * @param sent the names that were sent
     * @param known the names that mean something
     * @return a sentence for each name that is unknown, but one letter too much, too little, wrong or swapped away from a known one
     */
    public static List<String> of(Collection<String> sent, Collection<String> known) {
        return sent.stream()
                .filter(name -> !known.contains(name))
                .flatMap(name -> known.stream()
                        .filter(candidate -> isOneSlipAway(name, candidate))
                        .limit(1)
                        .map(candidate ->
                                "Unknown field '" + Excerpts.of(name) + "'; did you mean '" + candidate + "'?"))
                .limit(MAX_HINTS)
                .toList();
    }

    static boolean isOneSlipAway(String a, String b) {
        int same = 0;
        while (same < a.length() && same < b.length() && a.charAt(same) == b.charAt(same)) {
            same++;
        }
        String restA = a.substring(same);
        String restB = b.substring(same);
        return switch (a.length() - b.length()) {
            case 1 -> restA.substring(1).equals(restB);
            case -1 -> restB.substring(1).equals(restA);
            case 0 -> !restA.isEmpty() && (restA.substring(1).equals(restB.substring(1)) || isSwap(restA, restB));
            default -> false;
        };
    }

    private static boolean isSwap(String a, String b) {
        return a.length() > 1
                && a.charAt(0) == b.charAt(1)
                && a.charAt(1) == b.charAt(0)
                && a.substring(2).equals(b.substring(2));
    }
}
