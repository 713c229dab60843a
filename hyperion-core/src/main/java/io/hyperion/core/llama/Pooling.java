package io.hyperion.core.llama;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How the vectors of a text's tokens become what is given for the text ({@code llama_pooling_type}). */
public enum Pooling {
    /** They do not: each token has its own. */
    NONE,
    /** By their mean. */
    MEAN,
    /** That of the first token stands for all. */
    CLS,
    /** That of the last token stands for all. */
    LAST,
    /** A classifier makes a score of that of the first token. */
    RANK;

    /**
     * The pooling of a name.
     *
     * @param name as {@link #toString()} gives it
     * @return it
     * @throws IllegalArgumentException if there is none of that name; the message tells which there are
     */
    public static Pooling of(String name) {
        return Arrays.stream(values())
                .filter(pooling -> pooling.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be one of "
                        + Arrays.stream(values()).map(Pooling::toString).collect(Collectors.joining(", "))
                        + ", but is '" + name + "'"));
    }

    /**
     * The pooling of a number.
     *
     * @param id llama.cpp's number, as files have it
     * @return it; empty if there is none of that number
     */
    public static Optional<Pooling> of(int id) {
        return Arrays.stream(values()).filter(pooling -> pooling.id() == id).findFirst();
    }

    /** llama.cpp numbers them in this order. */
    int id() {
        return ordinal();
    }

    /** {@return the name in the configuration, such as {@code mean}} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
