package io.hyperion.core.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A download from a server with faults")
class DownloadFaultsTest {
    private static final int SIZE = 700_000;
    private static final String PATH = "/models/m.gguf";
    private static final byte[] BYTES = TestDownloads.bytes(SIZE, 1);
    private static final byte[] OTHERS = TestDownloads.bytes(SIZE - 1000, 2);

    @TempDir
    Path directory;

    private FaultyServer server;
    private Downloads downloads;

    @BeforeEach
    void start() throws IOException {
        server = new FaultyServer();
        server.put(PATH, FaultyServer.Content.of(BYTES, "1"));
        server.sendsTo(PartFile.partOf(target()));
        downloads = new Downloads(directory, TestDownloads.settings(5));
    }

    private Path target() {
        return directory.resolve(Path.of("http", "127.0.0.1_" + server.uri("/").getPort(), "models", "m.gguf"));
    }

    @AfterEach
    void stop() throws IOException {
        downloads.close();
        server.close();
    }

    private Download begin(Optional<String> sha256) {
        return downloads.begin(TestDownloads.web(server, PATH), sha256, true);
    }

    private Download begin() {
        return begin(Optional.empty());
    }

    private static void assertRight(Path file, byte[] bytes) throws IOException {
        assertThat(file).hasBinaryContent(bytes);
        assertThat(TestDownloads.names(file.getParent())).allMatch(name -> !name.contains(".part"));
    }

    @Test
    void brings_the_file_of_a_server_without_faults_and_leaves_nothing_beside_it() throws Exception {
        Path file = TestDownloads.ended(begin());
        assertRight(file, BYTES);
        assertThat(TestDownloads.names(directory)).containsExactly("m.gguf");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void goes_on_where_the_connection_broke() throws Exception {
        server.then(FaultyServer.cutAfter(100_000), FaultyServer.resetAfter(50_000), FaultyServer.cutAfter(0));
        assertRight(TestDownloads.ended(begin()), BYTES);
        List<FaultyServer.Request> requests = server.requests();
        assertThat(requests).hasSize(4);
        assertThat(requests.get(0).hasRange()).isFalse();
        assertThat(requests.get(1).rangeStart()).isEqualTo(100_000);
        assertThat(requests.get(1).headers()).containsEntry("if-range", "\"1\"");
        assertThat(requests.get(2).rangeStart()).isBetween(100_000L, 150_000L);
        assertThat(server.sent(PATH)).isLessThan(SIZE + 60_000L);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void brings_the_file_whatever_comes_between_and_never_shows_a_wrong_one(long seed) throws Exception {
        Random random = new Random(seed);
        List<FaultyServer.Fault> faults = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            int bytes = random.nextInt(SIZE / 2);
            faults.add(
                    switch (random.nextInt(10)) {
                        case 0 -> FaultyServer.status(503, Map.of("Retry-After", "0"));
                        case 1 -> FaultyServer.status(429, Map.of());
                        case 2 -> FaultyServer.ignoringRanges(bytes);
                        case 3 -> FaultyServer.lying("Content-Length", Integer.toString(SIZE + 1 + bytes));
                        case 4 -> FaultyServer.lying("Content-Range", "bytes " + bytes + "-" + (SIZE - 1) + "/" + SIZE);
                        case 5 -> FaultyServer.resetAfter(bytes);
                        case 6 -> FaultyServer.chunked(bytes, false);
                        default -> FaultyServer.cutAfter(bytes);
                    });
        }
        server.then(faults.toArray(FaultyServer.Fault[]::new));
        Path target = target();
        try (NameWatch watch = new NameWatch(target, BYTES);
                Downloads patient = new Downloads(directory, TestDownloads.settings(20))) {
            Path file = TestDownloads.ended(
                    patient.begin(TestDownloads.web(server, PATH), TestDownloads.sha256(BYTES), true));
            assertThat(file).isEqualTo(target);
            assertRight(file, BYTES);
            watch.assertNeverWrong();
        }
    }

    @Test
    void says_so_when_a_server_never_brings_the_file_on() throws Exception {
        server.always(FaultyServer.cutAfter(1000));
        DownloadException failure = TestDownloads.failed(begin());
        assertThat(failure)
                .hasMessageContaining("127.0.0.1")
                .hasMessageContaining("of " + SIZE)
                .hasMessageContaining("given up after 6 attempts");
        assertThat(server.requests()).hasSize(6);
        assertThat(TestDownloads.names(directory)).containsExactly("m.gguf.part", "m.gguf.part.properties");
    }

    @Test
    void goes_on_as_long_as_each_attempt_brings_the_file_on() throws Exception {
        server.always(FaultyServer.cutAfter(70_000));
        assertRight(TestDownloads.ended(begin()), BYTES);
        assertThat(server.requests()).hasSize(10);
    }

    @Test
    void begins_anew_when_the_server_has_another_version_of_the_file() throws Exception {
        server.then(server.changing(PATH, FaultyServer.Content.of(OTHERS, "2"), FaultyServer.cutAfter(300_000)));
        assertRight(TestDownloads.ended(begin()), OTHERS);
        assertThat(server.requests().get(1).headers()).containsEntry("if-range", "\"1\"");
    }

    @Test
    void begins_anew_when_the_rest_is_of_another_version() throws Exception {
        server.then(
                server.changing(PATH, FaultyServer.Content.of(OTHERS, "2"), FaultyServer.cutAfter(300_000)),
                exchange -> {
                    Map<String, String> headers = exchange.rightHeaders();
                    headers.put("Content-Range", "bytes 300000-" + (SIZE - 1) + "/" + SIZE);
                    headers.put("Content-Length", Integer.toString(SIZE - 300_000));
                    exchange.head(206, headers);
                    exchange.send(exchange.content.bytes(), 300_000, OTHERS.length);
                });
        assertRight(TestDownloads.ended(begin()), OTHERS);
    }

    @Test
    void goes_on_by_the_time_of_the_last_change_when_there_is_no_entity_tag() throws Exception {
        String date = "Sat, 21 Nov 2026 10:00:00 GMT";
        server.put(PATH, new FaultyServer.Content(BYTES, Map.of("Last-Modified", date, "ETag", "W/\"1\"")));
        server.then(FaultyServer.cutAfter(300_000));
        assertRight(TestDownloads.ended(begin()), BYTES);
        assertThat(server.requests().get(1).headers()).containsEntry("if-range", date);
    }

    @Test
    void begins_anew_when_nothing_could_tell_whether_the_rest_fits() throws Exception {
        server.put(PATH, new FaultyServer.Content(BYTES, Map.of()));
        server.then(FaultyServer.cutAfter(300_000));
        assertRight(TestDownloads.ended(begin()), BYTES);
        assertThat(server.requests()).noneMatch(FaultyServer.Request::hasRange);
    }

    @Test
    void goes_on_without_an_entity_tag_when_the_checksum_can_tell_whether_the_rest_fits() throws Exception {
        server.put(PATH, new FaultyServer.Content(BYTES, Map.of()));
        server.then(FaultyServer.cutAfter(300_000));
        assertRight(TestDownloads.ended(begin(TestDownloads.sha256(BYTES))), BYTES);
        assertThat(server.requests().get(1).rangeStart()).isEqualTo(300_000);
    }

    @Test
    void begins_anew_when_the_server_ignores_ranges() throws Exception {
        server.then(FaultyServer.cutAfter(300_000), FaultyServer.ignoringRanges(100_000));
        assertRight(TestDownloads.ended(begin()), BYTES);
    }

    @Test
    void gives_up_when_the_server_ignores_ranges_and_never_gets_to_the_end() throws Exception {
        server.always(FaultyServer.ignoringRanges(300_000));
        assertThat(TestDownloads.failed(begin())).hasMessageContaining("given up");
        assertThat(server.requests()).hasSize(6);
    }

    @Test
    void begins_anew_when_a_range_is_another_one_than_was_asked_for() throws Exception {
        server.then(FaultyServer.cutAfter(300_000), FaultyServer.lying("Content-Range", "bytes 1-2/3"));
        assertRight(TestDownloads.ended(begin()), BYTES);
        assertThat(server.requests().get(2).hasRange()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes 300000-699999/700001",
                "bytes 300001-699999/700000",
                "bytes */700000",
                "items 1-2/3",
                "-",
                ""
            })
    void believes_no_range_that_does_not_fit(String range) throws Exception {
        server.then(FaultyServer.cutAfter(300_000), FaultyServer.lying("Content-Range", range));
        assertRight(TestDownloads.ended(begin()), BYTES);
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void begins_anew_when_there_is_no_rest_any_more() throws Exception {
        server.then(FaultyServer.cutAfter(300_000), FaultyServer.status(416, Map.of("Content-Range", "bytes */5")));
        assertRight(TestDownloads.ended(begin()), BYTES);
    }

    @Test
    void says_so_when_there_is_no_such_file() throws Exception {
        server.always(FaultyServer.status(404, Map.of()));
        DownloadException failure = TestDownloads.failed(begin());
        assertThat(failure).hasMessageContaining("404");
        assertThat(failure.isRetryable()).isFalse();
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void says_so_when_the_server_wants_to_know_who_asks(int status) throws Exception {
        server.always(FaultyServer.status(status, Map.of("WWW-Authenticate", "Bearer")));
        assertThat(TestDownloads.failed(begin())).hasMessageContaining(Integer.toString(status));
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void waits_as_long_as_a_busy_server_asks_for() throws Exception {
        server.then(
                FaultyServer.status(429, Map.of("Retry-After", "0")),
                FaultyServer.status(503, Map.of("Retry-After", "0")),
                FaultyServer.status(500, Map.of()));
        assertRight(TestDownloads.ended(begin()), BYTES);
        assertThat(server.requests()).hasSize(4);
    }

    @Test
    void tells_how_long_a_busy_server_asks_to_wait_when_that_is_too_long() throws Exception {
        server.always(FaultyServer.status(429, Map.of("Retry-After", "3600")));
        DownloadException failure = TestDownloads.failed(begin());
        assertThat(failure).hasMessageContaining("429");
        assertThat(failure.retryAfter()).contains(Duration.ofHours(1));
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void gives_up_when_a_server_stays_busy() throws Exception {
        server.always(FaultyServer.status(503, Map.of()));
        assertThat(TestDownloads.failed(begin())).hasMessageContaining("503").hasMessageContaining("6 attempts");
    }

    @Test
    void follows_redirects_and_asks_for_the_rest_there_too() throws Exception {
        server.put("/cdn/blob", FaultyServer.Content.of(BYTES, "blob"));
        FaultyServer.Fault away = FaultyServer.status(
                302, Map.of("Location", server.uri("/cdn/blob").toString()));
        server.then(away, FaultyServer.cutAfter(300_000), away);
        assertRight(TestDownloads.ended(begin()), BYTES);
        assertThat(server.requests())
                .extracting(FaultyServer.Request::path)
                .containsExactly(PATH, "/cdn/blob", PATH, "/cdn/blob");
        assertThat(server.requests().get(3).rangeStart()).isEqualTo(300_000);
    }

    @Test
    void ends_when_redirects_never_do() throws Exception {
        server.always(FaultyServer.status(302, Map.of("Location", PATH)));
        assertThat(TestDownloads.failed(begin()).isRetryable()).isFalse();
    }

    @Test
    void takes_a_slow_trickle_as_it_comes() throws Exception {
        server.then(FaultyServer.trickle(1009));
        assertRight(TestDownloads.ended(begin(TestDownloads.sha256(BYTES))), BYTES);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void does_not_wait_for_ever_for_a_server_that_is_silent() throws Exception {
        CountDownLatch stalled = new CountDownLatch(2);
        server.then(FaultyServer.stallAfter(300_000, stalled), exchange -> {
            stalled.countDown();
            exchange.untilTheClientGoes();
        });
        Duration silence = Duration.ofMillis(200);
        try (Downloads impatient = new Downloads(directory, TestDownloads.impatient(5, silence))) {
            assertRight(
                    TestDownloads.ended(impatient.begin(TestDownloads.web(server, PATH), Optional.empty(), true)),
                    BYTES);
        }
        assertThat(stalled.await(0, TimeUnit.SECONDS)).isTrue();
        assertThat(server.requests().get(1).rangeStart()).isEqualTo(300_000);
    }

    @Test
    void downloads_a_wrong_file_anew_and_takes_the_right_one() throws Exception {
        server.then(FaultyServer.wrongBytesFrom(500_000));
        Path file = TestDownloads.ended(begin(TestDownloads.sha256(BYTES)));
        assertRight(file, BYTES);
        assertThat(server.requests()).hasSize(2).noneMatch(FaultyServer.Request::hasRange);
    }

    @Test
    void notices_wrong_bytes_in_what_was_gone_on_with() throws Exception {
        server.then(
                FaultyServer.cutAfter(300_000), FaultyServer.wrongBytesFrom(600_000), FaultyServer.cutAfter(300_000));
        assertRight(TestDownloads.ended(begin(TestDownloads.sha256(BYTES))), BYTES);
    }

    @Test
    void says_so_when_the_file_is_wrong_again_and_keeps_nothing_of_it() throws Exception {
        server.always(FaultyServer.wrongBytesFrom(500_000));
        DownloadException failure = TestDownloads.failed(begin(TestDownloads.sha256(BYTES)));
        assertThat(failure)
                .hasMessageContaining("SHA-256")
                .hasMessageContaining(TestDownloads.sha256(BYTES).orElseThrow());
        assertThat(server.requests()).hasSize(2);
        assertThat(TestDownloads.names(directory)).containsExactly("m.gguf.part");
    }

    @Test
    void does_not_take_a_page_for_a_model() throws Exception {
        byte[] page = "<!DOCTYPE html><title>Please log in</title>".repeat(5000).getBytes(StandardCharsets.US_ASCII);
        server.put(PATH, FaultyServer.Content.of(page, "1"));
        assertThat(TestDownloads.failed(begin()))
                .hasMessageContaining("no GGUF file")
                .hasMessageContaining("3c 21 44 4f");
        assertThat(server.requests()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void does_not_take_an_empty_or_tiny_file_for_a_model(int size) throws Exception {
        server.put(PATH, FaultyServer.Content.of(TestDownloads.bytes(size, 1), "1"));
        assertThat(TestDownloads.failed(begin())).hasMessageContaining("no GGUF file");
    }

    @Test
    void takes_what_comes_in_chunks_when_it_gets_to_the_end() throws Exception {
        server.then(FaultyServer.chunked(300_000, false), FaultyServer.chunked(SIZE, true));
        assertRight(TestDownloads.ended(begin()), BYTES);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void does_not_take_a_range_for_the_rest_of_a_file_of_unknown_length(boolean tellsWhole) throws Exception {
        server.then(FaultyServer.chunked(300_000, false), FaultyServer.shorterRange(100_000, tellsWhole));
        assertRight(TestDownloads.ended(begin()), BYTES);
    }

    @Test
    void refuses_a_file_of_which_nobody_could_tell_whether_it_is_complete() throws Exception {
        server.always(FaultyServer.without("Content-Length"));
        assertThat(TestDownloads.failed(begin())).hasMessageContaining("does not say how long the file is");
    }

    @Test
    void takes_a_file_without_a_length_when_the_checksum_tells_whether_it_is_complete() throws Exception {
        server.always(FaultyServer.without("Content-Length"));
        assertRight(TestDownloads.ended(begin(TestDownloads.sha256(BYTES))), BYTES);
    }

    @ParameterizedTest
    @ValueSource(ints = {SIZE + 1, SIZE * 2})
    void notices_that_less_comes_than_was_announced(int announced) throws Exception {
        server.then(FaultyServer.lying("Content-Length", Integer.toString(announced)));
        // What it has announced is believed until it answers that there is no rest.
        assertRight(TestDownloads.ended(begin()), BYTES);
    }

    @Test
    void notices_that_less_is_announced_than_the_file_has() throws Exception {
        server.then(FaultyServer.lying("Content-Length", Integer.toString(SIZE / 2)));
        assertRight(TestDownloads.ended(begin(TestDownloads.sha256(BYTES))), BYTES);
    }

    @Test
    void says_so_when_nobody_answers() throws Exception {
        server.close();
        assertThat(TestDownloads.failed(begin()))
                .hasMessageContaining("127.0.0.1")
                .hasMessageContaining("6 attempts");
    }

    @Test
    void can_be_cancelled_while_the_server_is_silent_and_goes_on_the_next_time() throws Exception {
        CountDownLatch stalled = new CountDownLatch(1);
        server.then(FaultyServer.stallAfter(300_000, stalled));
        Download download = begin();
        assertThat(stalled.await(10, TimeUnit.SECONDS)).isTrue();
        while (download.progress().bytes() < 300_000) {
            Thread.onSpinWait();
        }
        download.cancel();
        assertThat(download.done()).isCompletedExceptionally();
        assertRight(TestDownloads.ended(begin()), BYTES);
        assertThat(server.requests().get(1).rangeStart()).isEqualTo(300_000);
    }
}
