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
 * @param administrator whether he may load, unload, add and remove them
 */
public record Identity(String name, Optional<Set<String>> models, boolean administrator) implements Principal {
    /** Everybody, where nobody needs a key. */
    static final Identity ANYBODY = new Identity("open", Optional.empty(), false);

    /** Everybody on this machine, as long as nothing is said about keys. */
    static final Identity NEIGHBOUR = new Identity("open", Optional.empty(), true);

    public Identity {
        Objects.requireNonNull(name, "name");
        models = models.map(Set::copyOf);
    }

    @Override
    public String getName() {
        return name;
    }
}
