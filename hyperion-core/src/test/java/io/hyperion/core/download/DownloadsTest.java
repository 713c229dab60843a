package io.hyperion.core.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The files of models")
class DownloadsTest {
    private static final int SIZE = 100_000;
    private static final String PATH = "/m.gguf";
    private static final byte[] BYTES = TestDownloads.bytes(SIZE, 8);
    private static final byte[] OTHERS = TestDownloads.bytes(SIZE, 9);
    private static final Optional<String> SHA256 = TestDownloads.sha256(BYTES);

    @TempDir
    Path directory;

    private FaultyServer server;
    private Downloads downloads;
    private ModelSource source;

    @BeforeEach
    void start() throws IOException {
        server = new FaultyServer();
        server.put(PATH, FaultyServer.Content.of(BYTES, "1"));
        source = TestDownloads.web(server, PATH);
        downloads = new Downloads(directory, TestDownloads.settings(server.uri(""), 3));
    }

    @AfterEach
    void stop() throws IOException {
        downloads.close();
        server.close();
    }

    private Path download(ModelSource from, Optional<String> sha256) throws Exception {
        return TestDownloads.ended(downloads.begin(from, sha256, true));
    }

    @Test
    void are_present_when_they_have_been_downloaded_and_not_before() throws Exception {
        assertThat(downloads.present(source, Optional.empty())).isEmpty();
        assertThat(directory).isEmptyDirectory();
        Path file = download(source, Optional.empty());
        assertThat(file).startsWith(directory);
        assertThat(downloads.present(source, Optional.empty())).contains(List.of(file));
    }

    @Test
    void are_not_downloaded_again() throws Exception {
        assertThat(download(source, SHA256)).isEqualTo(download(source, SHA256));
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void are_present_with_the_checksum_that_they_were_checked_against() throws Exception {
        Path file = download(source, SHA256);
        assertThat(downloads.present(source, SHA256)).contains(List.of(file));
        assertThat(downloads.present(source, Optional.empty())).contains(List.of(file));
        assertThat(downloads.present(source, TestDownloads.sha256(OTHERS))).isEmpty();
        assertThat(file.resolveSibling("m.gguf.sha256")).hasContent(SHA256.orElseThrow() + "  m.gguf\n");
    }

    @Test
    void are_checked_once_when_a_checksum_is_given_later() throws Exception {
        Path file = download(source, Optional.empty());
        assertThat(downloads.present(source, SHA256)).isEmpty();
        assertThat(download(source, SHA256)).isEqualTo(file);
        assertThat(downloads.present(source, SHA256)).isPresent();
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void are_checked_again_when_somebody_has_replaced_them() throws Exception {
        Path file = download(source, SHA256);
        Files.write(file, OTHERS);
        Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() + 5000));
        assertThat(downloads.present(source, SHA256)).isEmpty();
        assertThat(download(source, SHA256)).hasBinaryContent(BYTES);
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void stay_as_they_are_until_the_one_with_the_right_checksum_is_complete() throws Exception {
        Path file = download(source, Optional.empty());
        server.put(PATH, FaultyServer.Content.of(OTHERS, "2"));
        CountDownLatch paused = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        server.then(FaultyServer.pauseAfter(SIZE / 2, paused, mayGoOn));
        Download other = downloads.begin(source, TestDownloads.sha256(OTHERS), true);
        assertThat(paused.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(file).hasBinaryContent(BYTES);
        mayGoOn.countDown();
        assertThat(TestDownloads.ended(other)).isEqualTo(file).hasBinaryContent(OTHERS);
    }

    @Test
    void are_not_asked_of_private_addresses_for_somebody_who_is_not_trusted() throws Exception {
        try (Downloads elsewhere = new Downloads(directory, TestDownloads.settings(3))) {
            Download download = elsewhere.begin(source, Optional.empty(), false);
            assertThat(TestDownloads.failed(download).isRetryable()).isFalse();
        }
        assertThat(server.requests()).isEmpty();
        assertThat(TestDownloads.failed(
                        downloads.begin(new ModelSource.Local(directory.resolve("m.gguf")), Optional.empty(), false)))
                .hasMessageContaining("in the configuration only");
    }

    @Test
    void of_this_machine_are_where_they_are() throws Exception {
        Path file = directory.resolve("own.gguf");
        ModelSource local = new ModelSource.Local(file);
        assertThat(downloads.present(local, Optional.empty())).isEmpty();
        assertThat(TestDownloads.failed(downloads.begin(local, Optional.empty(), true)))
                .hasMessageContaining("There is no file own.gguf");
        Files.write(file, BYTES);
        assertThat(downloads.present(local, Optional.empty())).contains(List.of(file));
        assertThat(download(local, SHA256)).isEqualTo(file);
        assertThat(TestDownloads.failed(downloads.begin(local, TestDownloads.sha256(OTHERS), true)))
                .hasMessageContaining("SHA-256 of own.gguf is " + SHA256.orElseThrow());
        downloads.delete(local);
        assertThat(file).hasBinaryContent(BYTES);
    }

    @Test
    void are_deleted_with_all_that_was_noted_of_them() throws Exception {
        Path file = download(source, SHA256);
        downloads.delete(source);
        assertThat(file).doesNotExist();
        assertThat(downloads.present(source, Optional.empty())).isEmpty();
        assertThat(TestDownloads.names(directory)).isEmpty();
        downloads.delete(source);
        assertThat(download(source, SHA256)).hasBinaryContent(BYTES);
    }

    @Test
    void are_deleted_while_they_are_being_downloaded() throws Exception {
        CountDownLatch stalled = new CountDownLatch(1);
        server.then(FaultyServer.stallAfter(SIZE / 2, stalled));
        Download download = downloads.begin(source, SHA256, true);
        assertThat(stalled.await(10, TimeUnit.SECONDS)).isTrue();
        downloads.delete(source);
        assertThat(TestDownloads.failed(download)).hasMessageContaining("is being deleted");
        assertThat(TestDownloads.names(directory)).isEmpty();
    }

    @Test
    void are_not_deleted_while_another_server_downloads_them() throws Exception {
        CountDownLatch stalled = new CountDownLatch(1);
        server.then(FaultyServer.stallAfter(SIZE / 2, stalled));
        try (Downloads others = new Downloads(directory, TestDownloads.settings(3))) {
            others.begin(source, SHA256, true);
            assertThat(stalled.await(10, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(() -> downloads.delete(source))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageContaining("being downloaded by another server");
        }
    }

    private void repository(String query, String... files) {
        StringBuilder entries = new StringBuilder();
        for (int i = 0; i < files.length; i++) {
            byte[] bytes = TestDownloads.bytes(SIZE + i, i);
            server.put("/o/r/resolve/main/" + files[i], FaultyServer.Content.of(bytes, files[i]));
            entries.append(i == 0 ? "[" : ",")
                    .append("{\"type\":\"file\",\"path\":\"" + files[i] + "\",\"size\":" + bytes.length
                            + ",\"lfs\":{\"oid\":\""
                            + TestDownloads.sha256(bytes).orElseThrow() + "\",\"size\":" + bytes.length
                            + ",\"pointerSize\":134}}");
        }
        server.put(
                "/api/models/o/r/tree/main" + query,
                new FaultyServer.Content(entries.append("]").toString().getBytes(StandardCharsets.UTF_8), Map.of()));
    }

    @Test
    void of_a_quantisation_are_found_again_without_asking_anybody() throws Exception {
        repository("?recursive=true", "m-Q8_0.gguf", "m-Q4_K_M.gguf");
        ModelSource quantization = new ModelSource.HubQuantization("o", "r", Optional.empty(), "Q4_K_M");
        assertThat(downloads.present(quantization, Optional.empty())).isEmpty();
        Path file = download(quantization, Optional.empty());
        assertThat(file).hasFileName("m-Q4_K_M.gguf").hasBinaryContent(TestDownloads.bytes(SIZE + 1, 1));
        int requests = server.requests().size();
        assertThat(downloads.present(quantization, Optional.empty())).contains(List.of(file));
        assertThat(server.requests()).hasSize(requests);
        downloads.delete(quantization);
        assertThat(downloads.present(quantization, Optional.empty())).isEmpty();
        assertThat(TestDownloads.names(directory)).isEmpty();
    }

    @Test
    void of_a_split_model_are_all_downloaded_and_the_first_is_told() throws Exception {
        String[] parts = {"m-00001-of-00003.gguf", "m-00002-of-00003.gguf", "m-00003-of-00003.gguf"};
        repository("", parts);
        ModelSource split = new ModelSource.HubFile("o", "r", Optional.empty(), parts[0]);
        server.then(FaultyServer.Exchange::rightly, FaultyServer.Exchange::rightly, FaultyServer.cutAfter(SIZE / 2));
        Path first = download(split, Optional.empty());
        assertThat(first).hasFileName(parts[0]);
        List<Path> files = downloads.present(split, Optional.empty()).orElseThrow();
        assertThat(files).extracting(file -> file.getFileName().toString()).containsExactly(parts);
        for (int i = 0; i < parts.length; i++) {
            assertThat(files.get(i)).hasBinaryContent(TestDownloads.bytes(SIZE + i, i));
        }
        Files.delete(files.get(2));
        assertThat(downloads.present(split, Optional.empty())).isEmpty();
    }

    @Test
    void of_a_split_model_have_no_checksum_together() throws Exception {
        repository("", "m-00001-of-00002.gguf", "m-00002-of-00002.gguf");
        ModelSource split = new ModelSource.HubFile("o", "r", Optional.empty(), "m-00001-of-00002.gguf");
        assertThat(TestDownloads.failed(downloads.begin(split, SHA256, true)))
                .hasMessageContaining("has 2 files, and one SHA-256 cannot be that of all");
    }

    @Test
    void are_refused_when_two_know_different_checksums_of_them() throws Exception {
        repository("", "m.gguf");
        ModelSource file = new ModelSource.HubFile("o", "r", Optional.empty(), "m.gguf");
        assertThat(TestDownloads.failed(downloads.begin(file, TestDownloads.sha256(OTHERS), true)))
                .hasMessageContaining("and its server says that it is");
    }

    @Test
    void are_not_taken_from_a_server_that_announces_another_length_than_its_listing() throws Exception {
        repository("", "m.gguf");
        server.put("/o/r/resolve/main/m.gguf", FaultyServer.Content.of(TestDownloads.bytes(SIZE + 7, 0), "x"));
        ModelSource file = new ModelSource.HubFile("o", "r", Optional.empty(), "m.gguf");
        assertThat(TestDownloads.failed(downloads.begin(file, Optional.empty(), true)))
                .hasMessageContaining("announces " + (SIZE + 7) + " bytes, and the file should have " + SIZE);
    }

    @Test
    void leave_no_threads_behind() throws Exception {
        download(source, SHA256);
        downloads.close();
        downloads.close();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("hyperion-") || thread.getName().startsWith("Keep-Alive")) {
                // It has nothing to do any more, but may not quite have ended.
                thread.join(TestDownloads.PATIENCE.toMillis());
                assertThat(thread.isAlive()).isFalse();
            }
        }
    }
}
