package io.hyperion.core.download;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;

/**
 * The directory of models, as far as downloads know it: the files, and in {@code .downloads} their locks, and which files the quantisations of
 * repositories were found to be. Safe for use by many threads.
 */
final class LocalFiles {
    private static final int HASH_BYTES = 16;

    private final Path directory;

    /**
     * @param directory the directory of models
     */
    LocalFiles(Path directory) {
        this.directory =
                Objects.requireNonNull(directory, "directory").toAbsolutePath().normalize();
    }

    /**
     * The place of a file, whose directory is made.
     *
     * @param relative its path below the directory
     * @return the path
     * @throws IOException if the directory cannot be made
     */
    Path prepare(Path relative) throws IOException {
        Path file = resolve(relative);
        Files.createDirectories(file.getParent());
        return file;
    }

    private Path resolve(Path relative) {
        Path file = directory.resolve(relative).normalize();
        if (relative.isAbsolute() || !file.startsWith(directory) || file.equals(directory)) {
            throw new IllegalArgumentException(relative + " is not below the directory of models");
        }
        return file;
    }

    /**
     * The places of files. Their directories need not be there.
     *
     * @param paths absolute ones, which are not in the directory, and ones that are relative to it
     * @return the paths
     */
    List<Path> resolve(List<Path> paths) {
        return paths.stream()
                .map(path -> path.isAbsolute() ? path : resolve(path))
                .toList();
    }

    private Path notes() {
        return directory.resolve(".downloads");
    }

    /**
     * Takes the right to write a file.
     *
     * @param file the file, as {@link #prepare} has given it
     * @return the right; empty if somebody has it
     * @throws IOException if files cannot be locked there
     */
    Optional<FileClaim> claim(Path file) throws IOException {
        Files.createDirectories(notes());
        return FileClaim.take(notes().resolve(hash(directory.relativize(file).toString()) + ".lock"));
    }

    private Path noteOf(ModelSource source) {
        return notes().resolve(hash(source.toString()) + ".properties");
    }

    private static String hash(String text) {
        byte[] hash = Checksum.digest().digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, HASH_BYTES);
    }

    /**
     * Notes which files a source is.
     *
     * @param source the source
     * @param files its files
     * @throws IOException if that cannot be written
     */
    void note(ModelSource source, List<RemoteFile> files) throws IOException {
        Properties properties = new Properties();
        for (int i = 0; i < files.size(); i++) {
            properties.setProperty(Integer.toString(i), files.get(i).path().toString());
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        properties.store(bytes, "The files of a source");
        Files.createDirectories(notes());
        Path written = Files.createTempFile(notes(), "note", ".new");
        try {
            Files.write(written, bytes.toByteArray());
            Files.move(written, noteOf(source), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(written);
        }
    }

    /**
     * Which files a source is.
     *
     * @param source the source
     * @return its files, which need not be there; none if that was not noted, or the note is damaged
     * @throws IOException if the note cannot be read
     */
    List<Path> noted(ModelSource source) throws IOException {
        Properties properties = new Properties();
        List<Path> files = new ArrayList<>();
        try {
            properties.load(new StringReader(Files.readString(noteOf(source), StandardCharsets.ISO_8859_1)));
            for (String file; (file = properties.getProperty(Integer.toString(files.size()))) != null; ) {
                files.add(resolve(Path.of(file)));
            }
        } catch (NoSuchFileException | InvalidPathException e) {
            return List.of();
        } catch (IllegalArgumentException e) {
            // A damaged note is as good as none: the source is asked again.
            return List.of();
        }
        return files;
    }

    /**
     * Forgets which files a source is.
     *
     * @param source the source
     * @throws IOException if the note cannot be deleted
     */
    void forget(ModelSource source) throws IOException {
        Files.deleteIfExists(noteOf(source));
    }
}
