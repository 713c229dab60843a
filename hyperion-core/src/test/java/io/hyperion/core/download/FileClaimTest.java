package io.hyperion.core.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The right to write a file")
class FileClaimTest {
    @TempDir
    Path directory;

    private Path lock;

    @BeforeEach
    void name() {
        lock = directory.resolve("m.lock");
    }

    /** Tries to take the right, and writes whether it could. */
    static final class Taking {
        public static void main(String[] args) throws Exception {
            System.out.println(FileClaim.take(Path.of(args[0])).isPresent() ? "taken" : "refused");
        }
    }

    private String inAnotherProcess() throws Exception {
        return DownloadProcess.result(DownloadProcess.start(Taking.class, lock.toString()));
    }

    @Test
    void is_had_by_one_until_it_is_given_up() throws Exception {
        FileClaim first = FileClaim.take(lock).orElseThrow();
        assertThat(FileClaim.take(lock)).isEmpty();
        first.close();
        FileClaim second = FileClaim.take(lock).orElseThrow();
        assertThat(FileClaim.take(lock)).isEmpty();
        second.close();
    }

    @Test
    void is_had_by_one_process_also_after_others_in_it_have_tried() throws Exception {
        FileClaim first = FileClaim.take(lock).orElseThrow();
        try (first) {
            assertThat(inAnotherProcess()).isEqualTo("refused");
            // The system would take the lock from the whole process, if this opened and closed the file.
            assertThat(FileClaim.take(lock)).isEmpty();
            assertThat(inAnotherProcess()).isEqualTo("refused");
        }
        assertThat(inAnotherProcess()).isEqualTo("taken");
    }

    @Test
    void ends_with_the_process_that_has_it() throws Exception {
        assertThat(inAnotherProcess()).isEqualTo("taken");
        FileClaim.take(lock).orElseThrow().close();
    }

    @Test
    void is_the_same_by_another_path() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
        FileClaim first = FileClaim.take(lock).orElseThrow();
        try (first) {
            assertThat(FileClaim.take(link.resolve("m.lock"))).isEmpty();
        }
    }

    @Test
    void leaves_nothing_behind_when_the_file_cannot_be_made() {
        Path nowhere = directory.resolve("nowhere").resolve("m.lock");
        assertThatThrownBy(() -> FileClaim.take(nowhere)).isInstanceOf(NoSuchFileException.class);
        assertThat(System.getProperties().stringPropertyNames()).noneMatch(name -> name.contains("claim"));
    }

    @Test
    void is_of_one_file() throws Exception {
        FileClaim one = FileClaim.take(lock).orElseThrow();
        Optional<FileClaim> other = FileClaim.take(directory.resolve("other.lock"));
        assertThat(other).isPresent();
        other.orElseThrow().close();
        one.close();
    }
}
