package io.hyperion.war.access;

import java.security.Principal;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Who sends a request.
 *
 * @param name the name of his key, or of the mode where there are no names
 * @param models the names of the models that he may use; empty for all
 */
public record Identity(String name, Optional<Set<String>> models) implements Principal {
    /** Everybody, where nobody needs a key. */
    static final Identity ANYBODY = new Identity("open", Optional.empty());

    public Identity {
        Objects.requireNonNull(name, "name");
        models = models.map(Set::copyOf);
    }

    @Override
    public String getName() {
        return name;
    }

    /**
     * @param model the name of a model, whether there is one or not
     * @return whether he may use it
     */
    public boolean mayUse(String model) {
        return models.map(allowed -> allowed.contains(model)).orElse(true);
    }
}
