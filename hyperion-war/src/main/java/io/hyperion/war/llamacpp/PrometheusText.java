package io.hyperion.war.llamacpp;

import java.util.Map;
import java.util.stream.Collectors;

/** Writes figures in the text format of Prometheus, version 0.0.4. */
final class PrometheusText {
    private final StringBuilder text = new StringBuilder();

    /**
     * Begins a family of figures: its samples come next, before any other family.
     *
     * @param name its name
     * @param type {@code counter} or {@code gauge}
     * @param help what it tells, in one line
     * @return this
     */
    PrometheusText family(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        return this;
    }

    /**
     * A sample of the family.
     *
     * @param name the family's name
     * @param labels what tells it from others of the family; may be empty
     * @param value the value
     * @return this
     */
    PrometheusText sample(String name, Map<String, String> labels, double value) {
        text.append(name);
        if (!labels.isEmpty()) {
            text.append(labels.entrySet().stream()
                    .map(label -> label.getKey() + "=\"" + escaped(label.getValue()) + '"')
                    .collect(Collectors.joining(",", "{", "}")));
        }
        boolean whole = value == Math.rint(value) && Math.abs(value) < 0x1p53;
        text.append(' ')
                .append(whole ? Long.toString((long) value) : Double.toString(value))
                .append('\n');
        return this;
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
