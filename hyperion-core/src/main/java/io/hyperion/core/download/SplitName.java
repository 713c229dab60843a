package io.hyperion.core.download;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The name of one part of a model that is split into several files, as llama.cpp's {@code llama-gguf-split} gives them:
 * {@code model-00001-of-00003.gguf}.
 *
 * @param prefix what stands before the numbers
 * @param number which part it is, from 1 on
 * @param count how many parts there are
 * @param extension {@code .gguf}, in whatever case
 */
record SplitName(String prefix, int number, int count, String extension) {
    /** More than any model has. */
    static final int MAX_PARTS = 1000;

    private static final Pattern PART =
            Pattern.compile("(.*)-([0-9]{5})-of-([0-9]{5})(\\.gguf)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** {@return what a path or name says of parts; empty if it is that of a whole file} */
    static Optional<SplitName> of(String file) {
        Matcher part = PART.matcher(file);
        return part.matches()
                ? Optional.of(new SplitName(
                        part.group(1), Integer.parseInt(part.group(2)), Integer.parseInt(part.group(3)), part.group(4)))
                : Optional.empty();
    }

    boolean isPossible() {
        return number >= 1 && number <= count && count <= MAX_PARTS;
    }

    /** {@return the names of all files of the model that a file is of, in order} */
    static List<String> all(String file) {
        return of(file).filter(SplitName::isPossible)
                .map(name -> IntStream.rangeClosed(1, name.count)
                        .mapToObj(number -> new SplitName(name.prefix, number, name.count, name.extension).toString())
                        .toList())
                .orElse(List.of(file));
    }

    /** {@return what stands behind the prefix} */
    String suffix() {
        return String.format("-%05d-of-%05d%s", number, count, extension);
    }

    /** {@return the name} */
    @Override
    public String toString() {
        return prefix + suffix();
    }
}
