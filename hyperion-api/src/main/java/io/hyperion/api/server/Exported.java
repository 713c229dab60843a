package io.hyperion.api.server;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * What an application gave others as its client, recognised without a class of that application and held without keeping it alive.
 *
 * @param function the client
 * @param id what it tells of itself, the same for all functions of one pool
 * @param error what it says is wrong with it; empty if nothing is
 */
record Exported(
        Reference<BiFunction<String, Map<String, Object>, Object>> function, Object id, Optional<String> error) {
    private static final String ABOUT = "about";

    /**
     * Asks an object what it is. Any function of two arguments may be asked this, and nothing else.
     *
     * @param object any object
     * @return the client; empty if it is none
     */
    static Optional<Exported> of(Object object) {
        if (!(object instanceof BiFunction<?, ?, ?>)) {
            return Optional.empty();
        }
        @SuppressWarnings("unchecked")
        BiFunction<String, Map<String, Object>, Object> function =
                (BiFunction<String, Map<String, Object>, Object>) object;
        Object answer;
        try {
            answer = function.apply(ABOUT, Map.of());
        } catch (RuntimeException | LinkageError stranger) {
            // Whatever it throws: a client of Hyperion's answers.
            return Optional.empty();
        }
        return answer instanceof Map<?, ?> map ? of(function, map) : Optional.empty();
    }

    private static Optional<Exported> of(BiFunction<String, Map<String, Object>, Object> function, Map<?, ?> answer) {
        if (answer.get("value") instanceof Map<?, ?> about && about.containsKey("protocol")) {
            // What is no pool has no id: each such function counts as another.
            Object id = about.get("pool") instanceof String pool ? pool : System.identityHashCode(function);
            return Optional.of(new Exported(new WeakReference<>(function), id, Optional.empty()));
        }
        if (answer.get("error") instanceof Map<?, ?> error
                && error.containsKey("code")
                && error.get("message") instanceof String message) {
            return Optional.of(new Exported(
                    new WeakReference<>(function), System.identityHashCode(function), Optional.of(message)));
        }
        return Optional.empty();
    }

    /** {@return the client, unless nobody but this record knows it any more} */
    Optional<BiFunction<String, Map<String, Object>, Object>> client() {
        return Optional.ofNullable(function.get());
    }

    /** {@return whether it is this very object} */
    boolean is(Object object) {
        return function.get() == object;
    }

    /** {@return whether it is there and still says that nothing is wrong} */
    boolean answers() {
        return client().flatMap(Exported::of).filter(now -> now.error.isEmpty()).isPresent();
    }

    /** {@return whether nobody but this record knew it any more} */
    boolean isGone() {
        return function.refersTo(null);
    }
}
