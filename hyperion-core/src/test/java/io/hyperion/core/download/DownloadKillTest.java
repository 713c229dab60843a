package io.hyperion.core.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A download whose process is killed")
class DownloadKillTest {
    private static final int SIZE = 500_000;
    private static final String PATH = "/m.gguf";
    private static final byte[] BYTES = TestDownloads.bytes(SIZE, 4);

    @TempDir
    Path directory;

    private FaultyServer server;
    private Path target;

    @BeforeEach
    void start() throws IOException {
        server = new FaultyServer();
        server.put(PATH, FaultyServer.Content.of(BYTES, "1"));
        target = directory.resolve(
                Path.of("http", "127.0.0.1_" + server.uri(PATH).getPort(), "m.gguf"));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Path again(Optional<String> sha256) throws Exception {
        try (Downloads downloads = new Downloads(directory, TestDownloads.settings(5))) {
            return TestDownloads.ended(downloads.begin(TestDownloads.web(server, PATH), sha256, true));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 250_000, SIZE - 1, SIZE})
    void is_gone_on_with_and_ends_right(int bytes) throws Exception {
        CountDownLatch stalled = new CountDownLatch(1);
        server.then(FaultyServer.stallAfter(bytes, stalled));
        try (NameWatch watch = new NameWatch(target, BYTES)) {
            Process process = DownloadProcess.start(directory, server.uri(PATH), Optional.empty());
            try {
                assertThat(stalled.await(TestDownloads.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                // What is on its way then is lost, whatever it is.
            } finally {
                process.destroyForcibly().waitFor();
            }
            long there = Files.exists(PartFile.partOf(target)) ? Files.size(PartFile.partOf(target)) : 0;
            assertThat(again(Optional.empty())).isEqualTo(target).hasBinaryContent(BYTES);
            watch.assertNeverWrong();
            List<FaultyServer.Request> requests = server.requests();
            if (there > 0 && there < SIZE) {
                assertThat(requests.get(1).rangeStart()).isEqualTo(there);
            }
        }
        assertThat(TestDownloads.names(target.getParent()))
                .contains("m.gguf")
                .noneMatch(name -> name.endsWith(".part"));
    }

    @Test
    void is_gone_on_with_where_it_was_killed() throws Exception {
        CountDownLatch stalled = new CountDownLatch(1);
        server.then(FaultyServer.stallAfter(250_000, stalled));
        Process process = DownloadProcess.start(directory, server.uri(PATH), TestDownloads.sha256(BYTES));
        try {
            Path part = PartFile.partOf(target);
            long end = System.nanoTime() + TestDownloads.PATIENCE.toNanos();
            while (!Files.exists(part) || Files.size(part) < 250_000) {
                assertThat(System.nanoTime()).isLessThan(end);
                Thread.onSpinWait();
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(target).doesNotExist();
        assertThat(again(TestDownloads.sha256(BYTES))).hasBinaryContent(BYTES);
        assertThat(server.requests().get(1).rangeStart()).isEqualTo(250_000);
        assertThat(server.sent(PATH)).isEqualTo(SIZE);
    }

    private PartFile whole() throws IOException {
        Files.createDirectories(target.getParent());
        PartFile part = PartFile.open(target, server.uri(PATH).toString(), Optional.empty());
        part.begin(Optional.of("\"1\""), OptionalLong.of(SIZE));
        part.append(BYTES, SIZE);
        return part;
    }

    @Test
    void is_not_downloaded_again_when_all_was_there_but_its_name() throws Exception {
        whole().close();
        assertThat(again(Optional.empty())).hasBinaryContent(BYTES);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void is_checked_when_all_was_there_but_its_name() throws Exception {
        byte[] wrong = BYTES.clone();
        wrong[SIZE / 2]++;
        Files.createDirectories(target.getParent());
        try (PartFile part = PartFile.open(target, server.uri(PATH).toString(), TestDownloads.sha256(BYTES))) {
            part.begin(Optional.of("\"1\""), OptionalLong.of(SIZE));
            part.append(wrong, SIZE);
        }
        assertThat(again(TestDownloads.sha256(BYTES))).hasBinaryContent(BYTES);
        assertThat(server.sent(PATH)).isEqualTo(SIZE);
    }

    @Test
    void is_complete_when_its_name_was_the_last_that_happened() throws Exception {
        try (PartFile part = whole()) {
            Path record = target.resolveSibling("m.gguf.part.properties");
            Path kept = directory.resolve("kept");
            Files.copy(record, kept);
            part.complete();
            Files.move(kept, record);
        }
        assertThat(again(Optional.empty())).hasBinaryContent(BYTES);
        assertThat(server.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "size=x", "url=\\u00", "\0\1\2", "validator=\"1\"\nsize=100", "sha256=00"})
    void begins_anew_when_what_was_noted_of_it_is_damaged(String record) throws Exception {
        whole().close();
        Files.writeString(target.resolveSibling("m.gguf.part.properties"), record);
        assertThat(again(Optional.empty())).hasBinaryContent(BYTES);
        assertThat(server.sent(PATH)).isEqualTo(SIZE);
    }

    @Test
    void begins_anew_when_another_checksum_is_wanted_now() throws Exception {
        byte[] others = TestDownloads.bytes(SIZE, 5);
        Files.createDirectories(target.getParent());
        try (PartFile part = PartFile.open(target, server.uri(PATH).toString(), TestDownloads.sha256(others))) {
            part.begin(Optional.empty(), OptionalLong.of(SIZE));
            part.append(others, SIZE / 2);
        }
        assertThat(again(TestDownloads.sha256(BYTES))).hasBinaryContent(BYTES);
        assertThat(server.requests()).hasSize(1).noneMatch(FaultyServer.Request::hasRange);
    }
}
