package io.hyperion.war.config;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** {@code hyperion.security.mode}: who may use the wire. */
public sealed interface Security {
    /**
     * {@code open}: nobody needs a key.
     *
     * @param onPurpose whether the configuration says so; if not, it is so for callers of this very machine only
     */
    record Open(boolean onPurpose) implements Security {}

    /** {@code token}: who has the token that is generated at the start. */
    record Token() implements Security {}

    /**
     * {@code keys}: who has one of these keys; nobody, if there are none.
     *
     * @param keys the keys, in the order of their names
     */
    record Keys(List<Key> keys) implements Security {
        public Keys {
            keys = List.copyOf(keys);
        }
    }

    /**
     * A key, known by its hash alone.
     *
     * @param name what it is called in messages and in the log; also who takes turns where requests wait
     * @param sha256 the SHA-256 of the key's bytes in UTF-8: 64 hexadecimal digits in lower case
     * @param models the names of the models that it may use; empty for all
     */
    record Key(String name, String sha256, Optional<Set<String>> models) {
        public Key {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(sha256, "sha256");
            models = models.map(Set::copyOf);
        }
    }
}
