package io.hyperion.core.download;

import io.hyperion.core.download.DownloadProgress.Activity;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Follows a download of one or more files, one after the other. Safe for use by many threads. */
final class ProgressMeter {
    private static final long WINDOW_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long SAMPLE_NANOS = Duration.ofMillis(200).toNanos();

    private record Sample(long nanos, long bytes) {}

    private final LongSupplier nanos;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private Activity activity = Activity.QUEUED;
    private Optional<String> note = Optional.empty();
    private OptionalLong total = OptionalLong.empty();
    private long complete;
    private long current;

    /**
     * @param nanos the clock, as {@link System#nanoTime()}
     */
    ProgressMeter(LongSupplier nanos) {
        this.nanos = Objects.requireNonNull(nanos, "nanos");
    }

    /**
     * Says what is done now.
     *
     * @param now what
     */
    synchronized void enter(Activity now) {
        if (activity != now || note.isPresent()) {
            activity = now;
            note = Optional.empty();
            samples.clear();
        }
    }

    /**
     * Says that there is a pause.
     *
     * @param why why
     */
    synchronized void pause(String why) {
        enter(Activity.PAUSED);
        note = Optional.of(why);
    }

    /**
     * Begins with a file.
     *
     * @param before how many bytes the files before it have
     * @param all how many all files have; empty if that is not known
     */
    synchronized void begin(long before, OptionalLong all) {
        complete = before;
        current = 0;
        total = all;
        samples.clear();
    }

    /**
     * Says how much of the current file is there.
     *
     * @param bytes how much
     */
    synchronized void reached(long bytes) {
        if (bytes < current) {
            samples.clear();
        }
        current = bytes;
        long now = nanos.getAsLong();
        if (samples.isEmpty() || now - samples.getLast().nanos() >= SAMPLE_NANOS) {
            samples.add(new Sample(now, bytes));
        }
        while (now - samples.getFirst().nanos() > WINDOW_NANOS && samples.size() > 1) {
            samples.removeFirst();
        }
    }

    /**
     * Says how many bytes the current file has, when only its server knew.
     *
     * @param bytes how many
     */
    synchronized void currentTotal(long bytes) {
        if (total.isEmpty()) {
            total = OptionalLong.of(complete + bytes);
        }
    }

    /** {@return how far it is} */
    synchronized DownloadProgress progress() {
        long bytes = complete + current;
        long perSecond = perSecond();
        return new DownloadProgress(activity, bytes, total, perSecond, remaining(bytes, perSecond), note);
    }

    private long perSecond() {
        boolean comesIn = activity == Activity.TRANSFERRING || activity == Activity.ELSEWHERE;
        if (!comesIn || samples.isEmpty()) {
            return 0;
        }
        Sample first = samples.getFirst();
        long elapsed = nanos.getAsLong() - first.nanos();
        return elapsed < SAMPLE_NANOS ? 0 : (long) ((current - first.bytes()) * 1e9 / elapsed);
    }

    private Optional<Duration> remaining(long bytes, long perSecond) {
        return total.isEmpty() || perSecond == 0
                ? Optional.empty()
                : Optional.of(Duration.ofSeconds(Math.max(0, total.getAsLong() - bytes) / perSecond));
    }
}
