package io.hyperion.core.download;

import java.time.Duration;
import java.util.Objects;

/**
 * How files are downloaded.
 *
 * @param http how the network is used
 * @param retries how many attempts in a row may fail after the first one, until a download does. Those that brought the file on do not
 *     count; 0 for no second attempt
 * @param firstPause how long the pause after the first failure is. Each further one is twice as long, and all are shortened by chance by up
 *     to a half
 * @param longestPause how long a pause may be. A server that asks for a longer one ends the download
 * @param reserve how many bytes of the disk are left to others
 * @param atOnce how many sources are downloaded at the same time; further ones wait for their turn
 */
public record DownloadSettings(
        HttpSettings http, int retries, Duration firstPause, Duration longestPause, long reserve, int atOnce) {
    /** How many attempts, or sources at the same time, can be set at most. */
    public static final int MAX_COUNT = 1000;

    /** From Hugging Face itself; 8 further attempts over some four minutes; 256 MiB of the disk stay free; 4 sources at the same time. */
    public static final DownloadSettings DEFAULT =
            new DownloadSettings(HttpSettings.DEFAULT, 8, Duration.ofSeconds(1), Duration.ofMinutes(5), 256L << 20, 4);

    /**
     * @throws IllegalArgumentException if a number is out of its range
     */
    public DownloadSettings {
        Objects.requireNonNull(http, "http");
        requireRange("retries", retries, 0, MAX_COUNT);
        requireRange("atOnce", atOnce, 1, MAX_COUNT);
        requireRange("reserve", reserve, 0, Long.MAX_VALUE);
        if (firstPause.isNegative() || firstPause.isZero() || longestPause.compareTo(firstPause) < 0) {
            throw new IllegalArgumentException("firstPause must be above zero and at most longestPause, but is "
                    + firstPause + ", and longestPause " + longestPause);
        }
    }

    private static void requireRange(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be between " + min + " and " + max + ", but is " + value);
        }
    }
}
