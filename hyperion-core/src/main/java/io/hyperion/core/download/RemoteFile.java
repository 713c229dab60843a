package io.hyperion.core.download;

import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One file that a {@link ModelSource} stands for.
 *
 * @param uri where it is fetched from, by {@link HttpAccess}
 * @param path where it is kept, relative to the directory of the models; its name ends with {@code .gguf}, and it never leaves that
 *     directory
 * @param size how many bytes it has; empty if nobody has said
 * @param sha256 what its SHA-256 must be, in 64 hexadecimal digits in lower case; empty if nobody has said
 */
public record RemoteFile(URI uri, Path path, OptionalLong size, Optional<String> sha256) {
    public RemoteFile {
        Objects.requireNonNull(uri, "uri");
        if (path.isAbsolute()
                || !path.equals(path.normalize())
                || path.startsWith("..")
                || path.toString().isEmpty()) {
            throw new IllegalArgumentException(
                    "The path of a file must stay below the directory of the models: " + path);
        }
        Objects.requireNonNull(size, "size");
        Objects.requireNonNull(sha256, "sha256");
    }
}
