package io.hyperion.core.model;

import io.hyperion.core.gguf.GgufException;
import io.hyperion.core.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Tells which files have been copied in as a whole. One that changes may still be being copied: it counts when it was left alone for a
 * while, and if it is not a whole model by then, when it was left alone for longer. Used under a lock.
 */
final class DroppedFiles {
    private record Seen(FileStamp stamp, long nanos) {}

    private final Duration settled;
    private final Duration patience;
    private final Map<String, Seen> seen = new HashMap<>();
    private SortedMap<String, FileStamp> whole = new TreeMap<>();
    private boolean waiting;

    /**
     * @param settled how long a file must be left alone
     * @param patience how long one that is not a whole model
     */
    DroppedFiles(Duration settled, Duration patience) {
        this.settled = settled;
        this.patience = patience;
    }

    /**
     * Takes note of a look at the directory.
     *
     * @param directory the directory
     * @param files the files that are there now
     * @return those that count, as they were when they did
     */
    SortedMap<String, FileStamp> look(Path directory, Map<String, FileStamp> files) {
        waiting = false;
        seen.keySet().retainAll(files.keySet());
        SortedMap<String, FileStamp> now = new TreeMap<>();
        files.forEach((name, stamp) -> {
            Optional<FileStamp> before = Optional.ofNullable(whole.get(name));
            if (before.equals(Optional.of(stamp)) || isWhole(directory.resolve(name), name, stamp)) {
                now.put(name, stamp);
            } else {
                waiting = true;
                // It was whole, and is being replaced.
                before.ifPresent(known -> now.put(name, known));
            }
        });
        whole = now;
        return now;
    }

    /** {@return whether a file may count soon without any further change} */
    boolean isWaiting() {
        return waiting;
    }

    private boolean isWhole(Path file, String name, FileStamp stamp) {
        long now = System.nanoTime();
        Seen last = seen.get(name);
        if (last == null || !last.stamp().equals(stamp)) {
            last = new Seen(stamp, now);
            seen.put(name, last);
        }
        // By the file's own time too, so that those that were there for long count at once; it may be wrong, or in the
        // future.
        Duration alone = Duration.ofNanos(now - last.nanos());
        Duration age = Duration.ofMillis(
                Math.max(0, System.currentTimeMillis() - stamp.modified().toMillis()));
        Duration longest = alone.compareTo(age) > 0 ? alone : age;
        return longest.compareTo(settled) >= 0 && (longest.compareTo(patience) >= 0 || isGguf(file));
    }

    private static boolean isGguf(Path file) {
        try {
            GgufFile.read(file);
            return true;
        } catch (GgufException e) {
            // Most likely the rest of it is still to come; if not, its model says what is wrong.
            return false;
        } catch (IOException e) {
            // That does not become better by waiting: its model says what is wrong.
            return true;
        }
    }
}
