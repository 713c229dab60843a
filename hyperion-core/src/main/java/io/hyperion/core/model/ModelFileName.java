package io.hyperion.core.model;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of a model's file says, as those who publish models write it: {@code Name-Q4_K_M.gguf}, or
 * {@code Name-Q4_K_M-00001-of-00003.gguf} for a part of one that is split.
 *
 * @param name the model's name: without the quantisation
 * @param full with the quantisation, but without the part and the ending
 * @param part which part it is, from 1; empty if it is a whole file
 * @param parts how many there are; 1 for a whole file
 */
record ModelFileName(String name, String full, OptionalInt part, int parts) {
    private static final Pattern FILE = Pattern.compile("(.+)\\.(?i:gguf)", Pattern.DOTALL);
    private static final Pattern PART = Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})\\.gguf", Pattern.DOTALL);

    /** The names of llama.cpp's types, and what publishers put before them (UD, i1) and behind (XL, P). */
    private static final Pattern QUANTIZATION = Pattern.compile(
            "(.+?)[-._](?:(?:UD|i1|imat)[-._])?(?:I?Q[1-8](?:_(?:[01]|K|NL|XXS|XS|S|M|L|XL|XXL|P|4_4|4_8|8_8))*"
                    + "|TQ[12]_0|MXFP4(?:_MOE)?|B?F16|F32|FP(?:8|16|32))",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /**
     * @param fileName a name without directories
     * @return what it says; empty if it does not end with {@code .gguf}
     */
    static Optional<ModelFileName> of(String fileName) {
        Matcher part = PART.matcher(fileName);
        if (part.matches()) {
            int number = Integer.parseInt(part.group(2));
            int count = Integer.parseInt(part.group(3));
            if (number >= 1 && number <= count) {
                return Optional.of(new ModelFileName(
                        withoutQuantization(part.group(1)), part.group(1), OptionalInt.of(number), count));
            }
        }
        Matcher file = FILE.matcher(fileName);
        return file.matches()
                ? Optional.of(
                        new ModelFileName(withoutQuantization(file.group(1)), file.group(1), OptionalInt.empty(), 1))
                : Optional.empty();
    }

    private static String withoutQuantization(String full) {
        Matcher quantized = QUANTIZATION.matcher(full);
        return quantized.matches() ? quantized.group(1) : full;
    }

    /** {@return whether both are of the same model: the same file, or parts of the same split one} */
    boolean isOfSameModel(ModelFileName other) {
        return full.equals(other.full) && parts == other.parts && part.isPresent() == other.part.isPresent();
    }
}
