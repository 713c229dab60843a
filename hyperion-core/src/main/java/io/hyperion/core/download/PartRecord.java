package io.hyperion.core.download;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;

/**
 * What must be known of a file to go on with it, kept beside the part that is there.
 *
 * @param origin where it comes from, without what may be secret
 * @param validator what its server calls this version of it: a strong {@code ETag}, or the time of its last change; empty if it has said
 *     neither
 * @param size how many bytes it has; empty if nobody has said
 * @param sha256 what its SHA-256 must be; empty if nobody has said
 */
record PartRecord(String origin, Optional<String> validator, OptionalLong size, Optional<String> sha256) {
    private static final int MAX_BYTES = 1 << 16;

    PartRecord {
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(validator, "validator");
        Objects.requireNonNull(size, "size");
        Objects.requireNonNull(sha256, "sha256");
    }

    /**
     * Whether a part may be gone on with.
     *
     * @param from where the file comes from now
     * @param wanted what its SHA-256 must be
     * @return whether what is there can be of the same file: the checksum tells in the end, or else the server when it is asked
     */
    boolean fits(String from, Optional<String> wanted) {
        return wanted.isPresent()
                ? sha256.isEmpty() || sha256.equals(wanted)
                : validator.isPresent() && origin.equals(from);
    }

    /**
     * Reads a record.
     *
     * @param file its file
     * @return the record; empty if there is none, or it is damaged
     * @throws IOException if the file cannot be read
     */
    static Optional<PartRecord> read(Path file) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(new StringReader(new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8)));
            String size = properties.getProperty("size");
            return Optional.of(new PartRecord(
                    properties.getProperty("url", ""),
                    Optional.ofNullable(properties.getProperty("validator")),
                    size == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(size)),
                    Optional.ofNullable(properties.getProperty("sha256"))));
        } catch (NoSuchFileException | IllegalArgumentException e) {
            // Without a record, or with one that nobody can read, the download begins anew.
            return Optional.empty();
        }
    }

    /**
     * Writes the record in place of the one that is there.
     *
     * @param file its file
     * @throws IOException if it cannot be written
     */
    void write(Path file) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("url", origin);
        validator.ifPresent(text -> properties.setProperty("validator", text));
        size.ifPresent(bytes -> properties.setProperty("size", Long.toString(bytes)));
        sha256.ifPresent(digits -> properties.setProperty("sha256", digits));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        properties.store(bytes, "What Hyperion needs to go on with this download");
        Path written = file.resolveSibling(file.getFileName() + ".new");
        Files.write(written, bytes.toByteArray());
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
