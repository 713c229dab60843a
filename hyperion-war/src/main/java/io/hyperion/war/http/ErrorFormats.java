package io.hyperion.war.http;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;

/** Knows how errors of a path are told: as the protocol does that has claimed it, else Hyperion's own way. */
@ApplicationScoped
public class ErrorFormats {
    @Inject
    @Any
    Instance<ErrorPaths> protocols;

    /**
     * @param path a path below the context root, with a leading slash or without
     * @return how errors of that path are told
     */
    public ErrorFormat of(String path) {
        String relative = path.startsWith("/") ? path.substring(1) : path;
        return protocols.stream()
                .filter(protocol -> protocol.claims(relative))
                .findFirst()
                .map(ErrorPaths::errorFormat)
                .orElse(ErrorFormat.HYPERION);
    }
}
