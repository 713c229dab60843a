package io.hyperion.core.download;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.core.download.DownloadProgress.Activity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A file that several want at the same time")
class DownloadSharingTest {
    private static final int SIZE = 400_000;
    private static final int HALF = SIZE / 2;
    private static final String PATH = "/m.gguf";
    private static final byte[] BYTES = TestDownloads.bytes(SIZE, 3);
    private static final Optional<String> SHA256 = TestDownloads.sha256(BYTES);

    @TempDir
    Path directory;

    private final CountDownLatch paused = new CountDownLatch(1);
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private FaultyServer server;
    private Downloads downloads;

    @BeforeEach
    void start() throws IOException {
        server = new FaultyServer();
        server.put(PATH, FaultyServer.Content.of(BYTES, "1"));
        server.then(FaultyServer.pauseAfter(HALF, paused, mayGoOn));
        downloads = new Downloads(directory, TestDownloads.settings(5));
    }

    @AfterEach
    void stop() throws IOException {
        mayGoOn.countDown();
        downloads.close();
        server.close();
    }

    private Download begin(Downloads from) {
        return from.begin(TestDownloads.web(server, PATH), SHA256, true);
    }

    private void awaitPause() throws InterruptedException {
        assertThat(paused.await(TestDownloads.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    private static void await(Download download, Activity activity, long bytes) {
        long end = System.nanoTime() + TestDownloads.PATIENCE.toNanos();
        while (download.progress().activity() != activity || download.progress().bytes() < bytes) {
            assertThat(System.nanoTime()).as("%s", download.progress()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private void assertOneTransfer() {
        assertThat(server.requests()).hasSize(1);
        assertThat(server.sent(PATH)).isEqualTo(SIZE);
    }

    @Test
    void is_downloaded_once_for_all_callers_who_all_see_how_far_it_is() throws Exception {
        List<Download> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(begin(downloads));
        }
        awaitPause();
        for (Download one : all) {
            await(one, Activity.TRANSFERRING, HALF);
            assertThat(one.progress().total()).hasValue(SIZE);
        }
        assertThat(downloads.running()).containsOnlyKeys(TestDownloads.web(server, PATH));
        mayGoOn.countDown();
        for (Download one : all) {
            assertThat(TestDownloads.ended(one)).hasBinaryContent(BYTES);
            assertThat(one.progress().activity()).isEqualTo(Activity.ENDED);
        }
        assertThat(downloads.running()).isEmpty();
        assertOneTransfer();
    }

    @Test
    void goes_on_for_the_others_when_one_does_not_want_it_any_more() throws Exception {
        Download one = begin(downloads);
        Download other = begin(downloads);
        awaitPause();
        one.cancel();
        one.cancel();
        assertThat(one.done()).isCompletedExceptionally();
        assertThat(other.done()).isNotDone();
        mayGoOn.countDown();
        assertThat(TestDownloads.ended(other)).hasBinaryContent(BYTES);
        assertOneTransfer();
    }

    @Test
    void is_not_downloaded_any_further_when_nobody_wants_it_any_more() throws Exception {
        Download one = begin(downloads);
        Download other = begin(downloads);
        awaitPause();
        await(one, Activity.TRANSFERRING, HALF);
        one.cancel();
        other.cancel();
        Download again = begin(downloads);
        assertThat(TestDownloads.ended(again)).hasBinaryContent(BYTES);
        assertThat(server.requests()).hasSize(2);
        assertThat(server.requests().get(1).rangeStart()).isEqualTo(HALF);
    }

    @Test
    void is_downloaded_once_for_two_in_one_process_and_the_second_tells_who_does_it() throws Exception {
        try (Downloads others = new Downloads(directory, TestDownloads.settings(5))) {
            Download first = begin(downloads);
            awaitPause();
            Download second = begin(others);
            await(second, Activity.ELSEWHERE, HALF);
            mayGoOn.countDown();
            assertThat(TestDownloads.ended(first)).hasBinaryContent(BYTES);
            assertThat(TestDownloads.ended(second)).hasBinaryContent(BYTES);
        }
        assertOneTransfer();
    }

    @Test
    void is_gone_on_with_by_whoever_waited_when_the_first_gives_it_up() throws Exception {
        try (Downloads others = new Downloads(directory, TestDownloads.settings(5))) {
            Download first = begin(downloads);
            awaitPause();
            Download second = begin(others);
            await(second, Activity.ELSEWHERE, HALF);
            first.cancel();
            assertThat(TestDownloads.ended(second)).hasBinaryContent(BYTES);
        }
        assertThat(server.requests().get(1).rangeStart()).isEqualTo(HALF);
    }

    @Test
    void is_downloaded_once_for_two_applications_of_one_server() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> results = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Callable<?> work = DownloadProcess.withOwnClasses(directory, server.uri(PATH), SHA256);
                results.add(threads.submit(work));
            }
            awaitPause();
            await(begin(downloads), Activity.ELSEWHERE, HALF);
            mayGoOn.countDown();
            for (Future<?> result : results) {
                assertThat(Path.of((String) result.get())).hasBinaryContent(BYTES);
            }
        } finally {
            threads.shutdownNow();
        }
        assertOneTransfer();
    }

    @Test
    void is_downloaded_once_for_several_servers_that_share_the_directory() throws Exception {
        Process first = DownloadProcess.start(directory, server.uri(PATH), SHA256);
        Process second = DownloadProcess.start(directory, server.uri(PATH), SHA256);
        try {
            awaitPause();
            Download third = begin(downloads);
            await(third, Activity.ELSEWHERE, HALF);
            mayGoOn.countDown();
            Path file = TestDownloads.ended(third);
            assertThat(file).hasBinaryContent(BYTES);
            assertThat(DownloadProcess.result(first)).isEqualTo(file.toString());
            assertThat(DownloadProcess.result(second)).isEqualTo(file.toString());
        } finally {
            first.destroyForcibly();
            second.destroyForcibly();
        }
        assertOneTransfer();
    }

    @Test
    void is_gone_on_with_when_the_server_that_downloads_it_is_killed() throws Exception {
        Process first = DownloadProcess.start(directory, server.uri(PATH), SHA256);
        try {
            awaitPause();
            Download second = begin(downloads);
            await(second, Activity.ELSEWHERE, HALF);
            first.destroyForcibly().waitFor();
            assertThat(TestDownloads.ended(second)).hasBinaryContent(BYTES);
        } finally {
            first.destroyForcibly();
        }
        assertThat(server.requests().get(1).rangeStart()).isEqualTo(HALF);
    }

    @Test
    void fails_for_all_of_them_when_the_downloads_are_closed() throws Exception {
        Download one = begin(downloads);
        awaitPause();
        await(one, Activity.TRANSFERRING, HALF);
        downloads.close();
        assertThat(TestDownloads.failed(one)).hasMessageContaining("shutting down");
        assertThat(TestDownloads.failed(begin(downloads))).hasMessageContaining("shutting down");
        assertThat(TestDownloads.names(directory)).containsExactly("m.gguf.part", "m.gguf.part.properties");
    }

    @Test
    void waits_for_its_turn_when_as_many_as_may_are_being_downloaded() throws Exception {
        DownloadSettings one = TestDownloads.settings(5);
        DownloadSettings atOnce =
                new DownloadSettings(one.http(), one.retries(), one.firstPause(), one.longestPause(), 0, 1);
        server.put("/other.gguf", FaultyServer.Content.of(BYTES, "2"));
        try (Downloads narrow = new Downloads(directory, atOnce)) {
            Download first = begin(narrow);
            awaitPause();
            Download second = narrow.begin(TestDownloads.web(server, "/other.gguf"), Optional.empty(), true);
            Download third = narrow.begin(TestDownloads.web(server, "/third.gguf"), Optional.empty(), true);
            assertThat(second.progress().activity()).isEqualTo(Activity.QUEUED);
            third.cancel();
            assertThat(narrow.running().keySet()).containsExactly(first.source(), second.source());
            mayGoOn.countDown();
            assertThat(TestDownloads.ended(first)).hasBinaryContent(BYTES);
            assertThat(TestDownloads.ended(second)).hasBinaryContent(BYTES);
        }
        assertThat(server.requests()).hasSize(2);
    }
}
