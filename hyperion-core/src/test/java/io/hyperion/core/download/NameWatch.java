package io.hyperion.core.download;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.core.engine.EngineThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Looks at a name without a pause, and at what is there under it. */
final class NameWatch implements AutoCloseable {
    private final Thread thread;
    private volatile boolean ends;
    private volatile Optional<String> wrong = Optional.empty();
    private volatile boolean hasBegun;

    NameWatch(Path file, byte[] right) {
        thread = new Thread(() -> watch(file, right), "name-watch");
        thread.setDaemon(true);
        thread.start();
        while (!hasBegun) {
            Thread.onSpinWait();
        }
    }

    private void watch(Path file, byte[] right) {
        while (!ends) {
            hasBegun = true;
            try {
                byte[] found = Files.exists(file) ? Files.readAllBytes(file) : right;
                if (!Arrays.equals(found, right)) {
                    wrong = Optional.of(found.length + " bytes, of which not all are right");
                    return;
                }
            } catch (NoSuchFileException e) {
                // It has been deleted since it was there.
            } catch (IOException e) {
                wrong = Optional.of(e.toString());
                return;
            }
        }
    }

    void assertNeverWrong() {
        close();
        assertThat(wrong).isEmpty();
    }

    @Override
    public void close() {
        ends = true;
        EngineThreads.join(thread);
    }
}
