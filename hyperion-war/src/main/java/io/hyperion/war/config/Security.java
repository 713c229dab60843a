package io.hyperion.war.config;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** {@code hyperion.security.mode}: who may use the wire. */
public sealed interface Security {
    /**
     * {@code open}: nobody needs a key, but who changes what the others use.
     *
     * @param onPurpose whether the configuration says so; if not, it is so for callers of this very machine only
     * @param administrators the keys of those who may do that, in the order of their names; all other keys mean nothing
     */
    record Open(boolean onPurpose, List<Key> administrators) implements Security {
        public Open {
            administrators = List.copyOf(administrators);
        }
    }

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
     * @param administrator whether it may load, unload, add and remove them too
     */
    record Key(String name, String sha256, Optional<Set<String>> models, boolean administrator) {
        public Key {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(sha256, "sha256");
            models = models.map(Set::copyOf);
        }
    }
}
