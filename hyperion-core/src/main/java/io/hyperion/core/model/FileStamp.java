package io.hyperion.core.model;

import io.hyperion.core.engine.LoraSettings;
import io.hyperion.core.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What tells whether a file is another one than before. */
record FileStamp(long size, FileTime modified) {
    /** {@return the stamps of a model's file, or of all that it is split into, and of its adapters; empty for a file that is not there} */
    static List<Optional<FileStamp>> of(ModelSettings settings) {
        return Stream.concat(
                        settings.path().stream().flatMap(path -> GgufFile.files(path).stream()),
                        settings.engine().lora().stream().map(LoraSettings::path))
                .map(FileStamp::of)
                .toList();
    }

    private static Optional<FileStamp> of(Path path) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return Optional.of(new FileStamp(attributes.size(), attributes.lastModifiedTime()));
        } catch (IOException e) {
            // A file that is not there has no stamp; why it cannot be read is found out when it is examined.
            return Optional.empty();
        }
    }
}
