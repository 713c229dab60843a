package io.hyperion.core.download;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** What tests of downloads share: settings without long pauses, files to download, and what to expect of them. */
final class TestDownloads {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private TestDownloads() {}

    static DownloadSettings settings(int retries) {
        return settings(URI.create("http://127.0.0.1:1"), retries);
    }

    static DownloadSettings settings(URI hub, int retries) {
        return new DownloadSettings(
                new HttpSettings(hub, Optional.empty(), Duration.ofSeconds(10), Duration.ofSeconds(10)),
                retries,
                Duration.ofMillis(1),
                Duration.ofMillis(8),
                0,
                4);
    }

    /** The same, but a server must answer within twice this time, and may be silent for this long only. */
    static DownloadSettings impatient(int retries, Duration silence) {
        DownloadSettings settings = settings(retries);
        return new DownloadSettings(
                new HttpSettings(settings.http().hub(), Optional.empty(), silence, silence),
                retries,
                settings.firstPause(),
                settings.longestPause(),
                0,
                4);
    }

    /** Bytes that begin as a GGUF file does, and go on by chance. */
    static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        System.arraycopy("GGUF".getBytes(StandardCharsets.US_ASCII), 0, bytes, 0, Math.min(size, 4));
        return bytes;
    }

    static Optional<String> sha256(byte[] bytes) {
        return Optional.of(HexFormat.of().formatHex(Checksum.digest().digest(bytes)));
    }

    static ModelSource web(FaultyServer server, String path) {
        return new ModelSource.Web(server.uri(path));
    }

    static Path ended(Download download) throws InterruptedException, TimeoutException {
        try {
            return download.done().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        }
    }

    static DownloadException failed(Download download) throws InterruptedException, TimeoutException {
        try {
            Path file = download.done().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            throw new AssertionError("The download should have failed, but has brought " + file);
        } catch (ExecutionException e) {
            return (DownloadException) e.getCause();
        }
    }

    /** {@return the names of all files below a directory but those that stay for the next download} */
    static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.endsWith(".lock"))
                    .sorted()
                    .toList();
        }
    }
}
