package io.hyperion.bench.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Random texts of common English words, each of which is one token for a {@link RandomModel}. The same seed gives the same texts again.
 * For use by one thread at a time.
 */
public final class Words {
    private static final List<String> COMMON = read();

    private final Random random;

    /**
     * @param seed says which texts
     */
    public Words(long seed) {
        random = new Random(seed);
    }

    /** {@return the words that texts are made of, in lower case, none of them twice} */
    public static List<String> common() {
        return COMMON;
    }

    /**
     * The next text.
     *
     * @param count how many words it has, at least 1
     * @return the words with a space between them
     */
    public String text(int count) {
        return random.ints(count, 0, COMMON.size()).mapToObj(COMMON::get).collect(Collectors.joining(" "));
    }

    private static List<String> read() {
        try (InputStream in = Words.class.getResourceAsStream("words.txt")) {
            return List.of(new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split("\\s+"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
