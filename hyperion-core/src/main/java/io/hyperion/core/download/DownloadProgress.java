package io.hyperion.core.download;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a download is.
 *
 * @param activity what is being done
 * @param bytes how many bytes of the files are there
 * @param total how many there will be; empty if that is not known
 * @param bytesPerSecond how many came in the last seconds, as an average for one
 * @param remaining when all will be there, as an estimate; empty if that cannot be told
 * @param note why there is a pause, for people; empty if there is none
 */
public record DownloadProgress(
        Activity activity,
        long bytes,
        OptionalLong total,
        long bytesPerSecond,
        Optional<Duration> remaining,
        Optional<String> note) {
    public DownloadProgress {
        Objects.requireNonNull(activity, "activity");
        Objects.requireNonNull(total, "total");
        Objects.requireNonNull(remaining, "remaining");
        Objects.requireNonNull(note, "note");
    }

    /** What a download does. */
    public enum Activity {
        /** It waits until others are done. */
        QUEUED,
        /** It asks the source which files there are. */
        RESOLVING,
        /** Bytes come in. */
        TRANSFERRING,
        /** Another server, or another application of this one, downloads the file to the same directory. */
        ELSEWHERE,
        /** It waits before the next attempt. */
        PAUSED,
        /** It computes the checksum of what is there. */
        CHECKING,
        /** It has ended. */
        ENDED
    }
}
