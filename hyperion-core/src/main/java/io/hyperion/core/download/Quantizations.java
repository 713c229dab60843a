package io.hyperion.core.download;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Finds quantisations in the names of files, as people give them: {@code model-Q4_K_M.gguf}, {@code model.q8_0.gguf}, {@code BF16/model.gguf}. */
final class Quantizations {
    private Quantizations() {}

    /**
     * The files of models that can be loaded, of split ones the first.
     *
     * @param files paths of files
     * @return those of them, sorted: not projectors of pictures, and not the statistics that a quantisation was made with
     */
    static List<String> models(Collection<String> files) {
        return files.stream()
                .filter(file -> lower(file).endsWith(".gguf"))
                .filter(file -> !lower(base(file)).contains("mmproj")
                        && !lower(base(file)).contains("imatrix.gguf"))
                .filter(file ->
                        SplitName.of(file).map(name -> name.number() == 1).orElse(true))
                .sorted()
                .toList();
    }

    /**
     * The files that have a quantisation. Of several, those are meant whose name ends with it, and not the dynamic ones ({@code UD-}), which
     * have a name of their own.
     *
     * @param quantization the quantisation, in upper or lower case
     * @param files paths of files
     * @return the files that fit best, of split ones the first; more than one if the name does not tell
     */
    static List<String> choose(String quantization, Collection<String> files) {
        String name = "(?:^|.*[-._/])" + Pattern.quote(lower(quantization));
        List<String> fitting = fitting(models(files), name + "(?:$|[-./].*)");
        fitting = narrowed(fitting, named(name));
        return narrowed(
                fitting,
                named("(?:^|.*[-._/])ud-" + Pattern.quote(lower(quantization))).negate());
    }

    private static List<String> fitting(List<String> files, String pattern) {
        return files.stream().filter(named(pattern)).toList();
    }

    private static List<String> narrowed(List<String> files, Predicate<String> better) {
        List<String> narrowed = files.stream().filter(better).toList();
        return narrowed.isEmpty() ? files : narrowed;
    }

    private static Predicate<String> named(String pattern) {
        Pattern compiled = Pattern.compile(pattern, Pattern.DOTALL);
        return file -> compiled.matcher(stem(file)).matches();
    }

    /** {@return a path in lower case, without the extension and the number of a part} */
    private static String stem(String file) {
        String whole =
                SplitName.of(file).map(SplitName::prefix).orElse(file.substring(0, file.length() - ".gguf".length()));
        return lower(whole);
    }

    private static String base(String file) {
        return file.substring(file.lastIndexOf('/') + 1);
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
