package io.hyperion.war.wire;

import io.hyperion.api.ModelProgress;
import io.hyperion.war.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Locale;

/** How it is told how far a model is on its way into memory. */
public final class ProgressFields {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

    private ProgressFields() {}

    /**
     * @param progress how far it is
     * @return its fields; what is not known is left out
     */
    public static JsonObject of(ModelProgress progress) {
        JsonObjectBuilder json = Json.object()
                .add("model", progress.model())
                .add("state", progress.state().wireName());
        progress.fraction().ifPresent(fraction -> json.add("fraction", fraction));
        json.add("bytes", progress.bytes());
        progress.totalBytes().ifPresent(total -> json.add("total_bytes", total));
        json.add("bytes_per_second", progress.bytesPerSecond());
        progress.remaining().ifPresent(remaining -> json.add("remaining_seconds", remaining.toMillis() / 1e3));
        return json.build();
    }

    /**
     * @param progress how far it is
     * @return the same in a few words, such as {@code downloading 12 %, 3.4 MB/s, 120 s left}; one line of ASCII
     */
    public static String inWords(ModelProgress progress) {
        StringBuilder words = new StringBuilder(progress.state().wireName());
        progress.fraction()
                .ifPresent(fraction ->
                        words.append(' ').append((int) (fraction * 100)).append(" %"));
        if (progress.bytesPerSecond() > 0) {
            words.append(", ").append(size(progress.bytesPerSecond())).append("/s");
        }
        progress.remaining()
                .ifPresent(remaining ->
                        words.append(", ").append(remaining.toSeconds()).append(" s left"));
        return words.toString();
    }

    private static String size(long bytes) {
        double size = bytes;
        int unit = 0;
        while (size >= 1000 && unit < UNITS.length - 1) {
            size /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", size, UNITS[unit]);
    }
}
