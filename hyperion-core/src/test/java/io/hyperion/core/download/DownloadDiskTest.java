package io.hyperion.core.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A download to a disk with faults")
class DownloadDiskTest {
    private static final int SIZE = 600_000;
    private static final String PATH = "/m.gguf";
    private static final byte[] BYTES = TestDownloads.bytes(SIZE, 6);

    @TempDir
    Path directory;

    private final CountDownLatch paused = new CountDownLatch(1);
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private FaultyServer server;

    @BeforeEach
    void start() throws IOException {
        server = new FaultyServer();
        server.put(PATH, FaultyServer.Content.of(BYTES, "1"));
    }

    @AfterEach
    void stop() throws IOException {
        mayGoOn.countDown();
        server.close();
    }

    private Downloads downloads(Path to, long reserve) {
        DownloadSettings settings = TestDownloads.settings(3);
        return new Downloads(
                to,
                new DownloadSettings(
                        settings.http(),
                        settings.retries(),
                        settings.firstPause(),
                        settings.longestPause(),
                        reserve,
                        settings.atOnce()));
    }

    private Download begin(Downloads downloads) {
        return downloads.begin(TestDownloads.web(server, PATH), Optional.empty(), true);
    }

    /** A disk of one mebibyte. */
    private final class SmallDisk implements AutoCloseable {
        private final Path root = Files.createDirectory(directory.resolve("disk"));

        SmallDisk(String options) throws IOException, InterruptedException {
            Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", options, "tmpfs", root.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(mount.getInputStream().readAllBytes()).strip();
            assumeTrue(mount.waitFor() == 0, "No file system can be mounted here: " + said);
        }

        @Override
        public void close() throws IOException {
            Process unmount =
                    new ProcessBuilder("umount", root.toString()).inheritIO().start();
            assertThat(unmount.onExit().join().exitValue()).isZero();
        }
    }

    @Test
    void is_refused_before_anything_is_asked_for_when_the_disk_is_to_stay_as_free_as_it_is() throws Exception {
        long reserve = 1L << 60;
        try (Downloads downloads = downloads(directory, reserve)) {
            DownloadException failure = TestDownloads.failed(begin(downloads));
            assertThat(failure)
                    .hasMessageContaining("no room on the disk")
                    .hasMessageContaining(reserve + " are to stay");
            assertThat(failure.isRetryable()).isFalse();
        }
        assertThat(server.requests()).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void is_refused_before_anything_is_written_when_there_is_no_room_for_all_of_it() throws Exception {
        try (SmallDisk disk = new SmallDisk("size=1m");
                Downloads downloads = downloads(disk.root, 0)) {
            Files.write(disk.root.resolve("other"), new byte[700_000]);
            assertThat(TestDownloads.failed(begin(downloads)))
                    .hasMessageContaining("no room on the disk")
                    .hasMessageContaining(SIZE + " bytes are still to come");
            assertThat(Files.size(PartFile.partOf(target(disk.root)))).isZero();
        }
    }

    private Path target(Path root) {
        return root.resolve(Path.of("http", "127.0.0.1_" + server.uri("/").getPort(), "m.gguf"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void says_that_the_disk_is_full_and_goes_on_when_it_is_not_any_more() throws Exception {
        server.then(FaultyServer.pauseAfter(200_000, paused, mayGoOn));
        try (SmallDisk disk = new SmallDisk("size=1m")) {
            Path other = disk.root.resolve("other");
            try (Downloads downloads = downloads(disk.root, 0)) {
                Download first = begin(downloads);
                assertThat(paused.await(10, TimeUnit.SECONDS)).isTrue();
                while (first.progress().bytes() < 200_000) {
                    Thread.onSpinWait();
                }
                Files.write(other, new byte[600_000]);
                mayGoOn.countDown();
                assertThat(TestDownloads.failed(first))
                        .hasMessageContaining("no room on the disk")
                        .hasMessageContaining("bytes are still to come");
                assertThat(target(disk.root)).doesNotExist();
                assertThat(TestDownloads.failed(begin(downloads))).hasMessageContaining("no room on the disk");
                Files.delete(other);
                assertThat(TestDownloads.ended(begin(downloads))).hasBinaryContent(BYTES);
            }
            assertThat(server.sent(PATH)).isLessThan(2L * SIZE);
            // The attempt between them has not even asked.
            assertThat(server.requests()).hasSize(2);
            assertThat(server.requests().get(1).rangeStart()).isGreaterThanOrEqualTo(200_000);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void says_that_the_disk_is_full_when_nobody_knew_how_much_would_come() throws Exception {
        byte[] large = TestDownloads.bytes(3 << 20, 7);
        server.put(PATH, FaultyServer.Content.of(large, "1"));
        server.always(FaultyServer.chunked(large.length, true));
        try (SmallDisk disk = new SmallDisk("size=1m");
                Downloads downloads = downloads(disk.root, 0)) {
            assertThat(TestDownloads.failed(begin(downloads))).hasMessageContaining("no room on the disk");
            assertThat(target(disk.root)).doesNotExist();
        }
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void says_so_when_the_disk_cannot_be_written_to() throws Exception {
        try (SmallDisk disk = new SmallDisk("size=1m,ro");
                Downloads downloads = downloads(disk.root, 0)) {
            assertThat(TestDownloads.failed(begin(downloads)))
                    .hasMessageContaining("directory of models")
                    .hasMessageContaining("Read-only");
        }
        assertThat(server.requests()).isEmpty();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void says_so_when_the_directory_must_not_be_written_to() throws Exception {
        Path closed = Files.createDirectory(
                directory.resolve("closed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
        assumeTrue(!Files.isWritable(closed), "This user may write everywhere");
        try (Downloads downloads = downloads(closed, 0)) {
            assertThat(TestDownloads.failed(begin(downloads)))
                    .hasMessageContaining("directory of models")
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    void says_so_when_a_file_is_where_the_directory_should_be() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        for (Path root : List.of(file, file.resolve("models"))) {
            try (Downloads downloads = downloads(root, 0)) {
                assertThat(TestDownloads.failed(begin(downloads)))
                        .hasMessageContaining("The directory of models cannot be used");
            }
        }
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void says_so_when_a_directory_is_where_the_file_should_be() throws Exception {
        Files.createDirectories(target(directory).resolve("within"));
        try (Downloads downloads = downloads(directory, 0)) {
            assertThat(TestDownloads.failed(begin(downloads))).hasMessageContaining("'m.gguf' cannot be written");
        }
    }
}
