package io.hyperion.core.model;

import io.hyperion.core.download.ModelSource;
import java.util.Objects;
import java.util.Optional;

/**
 * Where the file of a model comes from.
 *
 * @param source where
 * @param sha256 what its SHA-256 must be, in 64 hexadecimal digits in lower case; empty if only the source knows it, or nobody
 * @param trusted whether an administrator has configured it; others, which came over the wire, may be public addresses only
 */
public record SourceSettings(ModelSource source, Optional<String> sha256, boolean trusted) {
    public SourceSettings {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(sha256, "sha256");
    }
}
