package io.hyperion.core.download;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Room on the disk")
class DiskSpaceTest {
    /** Others use the same disk meanwhile. */
    private static final long MARGIN = 1L << 30;

    @TempDir
    Path directory;

    @Test
    void is_what_is_free_without_the_reserve() throws Exception {
        long free = Files.getFileStore(directory).getUsableSpace();
        try (DiskSpace.Share share = new DiskSpace(free / 2).share(directory)) {
            assertThatCode(() -> share.require(free / 4)).doesNotThrowAnyException();
            assertThatThrownBy(() -> share.require(free / 2 + MARGIN))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageContaining((free / 2 + MARGIN) + " bytes are still to come");
        }
    }

    @Test
    void is_kept_for_what_other_downloads_still_bring() throws Exception {
        long free = Files.getFileStore(directory).getUsableSpace();
        DiskSpace disk = new DiskSpace(0);
        try (DiskSpace.Share first = disk.share(directory);
                DiskSpace.Share second = disk.share(directory)) {
            first.require(free / 2);
            assertThatThrownBy(() -> second.require(free / 2 + MARGIN))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageContaining("and " + free / 2 + " are for other downloads");
            first.require(0);
            second.require(free / 2 + MARGIN);
        }
    }

    @Test
    void is_given_back_when_a_download_ends() throws Exception {
        long free = Files.getFileStore(directory).getUsableSpace();
        DiskSpace disk = new DiskSpace(0);
        disk.share(directory).require(0);
        try (DiskSpace.Share first = disk.share(directory)) {
            first.require(free / 2);
        }
        try (DiskSpace.Share second = disk.share(directory)) {
            assertThatCode(() -> second.require(free / 2 + MARGIN)).doesNotThrowAnyException();
        }
    }
}
