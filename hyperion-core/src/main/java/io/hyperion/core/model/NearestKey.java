package io.hyperion.core.model;

import java.util.Arrays;
import java.util.Collection;

/** Guesses which key was meant by one that nobody knows. */
final class NearestKey {
    /** Longer than any key, so that no time is spent on what is not even like one. */
    private static final int MAX_LENGTH = 200;

    private NearestKey() {}

    /**
     * @param key the unknown key
     * @param known the known ones
     * @return a question that ends a message about the key; empty if none is like it
     */
    static String hint(String key, Collection<String> known) {
        if (key.length() > MAX_LENGTH) {
            return "";
        }
        return known.stream()
                .min((a, b) -> Integer.compare(distance(key, a), distance(key, b)))
                .filter(candidate -> distance(key, candidate) <= Math.max(2, candidate.length() / 3))
                .map(candidate -> "; did you mean " + candidate + "?")
                .orElse("");
    }

    /** The Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        Arrays.setAll(previous, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
