package io.hyperion.war.access;

import java.util.Optional;

/** Finds the key in the headers of a request. */
final class Credentials {
    private static final String SCHEME = "Bearer ";

    private Credentials() {}

    /**
     * @param authorization the header {@code Authorization}, or null
     * @param apiKey the header {@code X-API-Key}, or null
     * @return the key: of {@code Authorization: Bearer}, else of {@code X-API-Key}; an empty one is none
     */
    static Optional<String> of(String authorization, String apiKey) {
        return bearer(authorization).or(() -> present(apiKey));
    }

    /**
     * @param key what stands where a key may stand, or null
     * @return the key; empty if there is none
     */
    static Optional<String> present(String key) {
        return Optional.ofNullable(key).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static Optional<String> bearer(String authorization) {
        boolean bears = authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        return bears ? present(authorization.substring(SCHEME.length())) : Optional.empty();
    }
}
