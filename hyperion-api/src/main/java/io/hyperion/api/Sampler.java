package io.hyperion.api;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A step of the choice of a token, for the order of {@link GenerateParameters#samplers()}. */
public enum Sampler {
    /** Tokens of the last ones lose or gain: {@code repeat_penalty}, {@code presence_penalty}, {@code frequency_penalty}. */
    PENALTIES("penalties", 'e'),
    /** Tokens that would go on with a repetition lose: {@code dry_multiplier}. */
    DRY("dry", 'd'),
    /** Only tokens near the best by the spread of all stay: {@code top_n_sigma}. */
    TOP_N_SIGMA("top_n_sigma", 's'),
    /** Only the most probable tokens stay: {@code top_k}. */
    TOP_K("top_k", 'k'),
    /** Only tokens before the tail of improbable ones stay: {@code tfs_z}. */
    TAIL_FREE("tfs_z", 'f'),
    /** Only tokens about as surprising as is typical stay: {@code typical_p}. */
    TYPICAL_P("typ_p", 'y'),
    /** Only the most probable tokens that together reach a probability stay: {@code top_p}. */
    TOP_P("top_p", 'p'),
    /** Only tokens with a fraction of the best one's probability stay: {@code min_p}. */
    MIN_P("min_p", 'm'),
    /** Sometimes all but the least probable of the probable tokens go: {@code xtc_probability}. */
    XTC("xtc", 'x'),
    /** The differences between tokens are made larger or smaller: {@code temperature}. */
    TEMPERATURE("temperature", 't');

    /** The order that is taken where none is given: llama.cpp's, with tail free sampling where it was. */
    public static final List<Sampler> DEFAULT_ORDER = List.of(values());

    private final String wireName;
    private final char letter;

    Sampler(String wireName, char letter) {
        this.wireName = wireName;
        this.letter = letter;
    }

    /**
     * The sampler of a name on the wire.
     *
     * @param name one of {@link #wireName()}, or one of llama.cpp's other names: {@code top-k}, {@code top-p}, {@code nucleus},
     *     {@code tfs-z}, {@code tfs}, {@code typical-p}, {@code typical}, {@code typ-p}, {@code typ}, {@code min-p}, {@code temp}, {@code top-n-sigma}
     * @return the sampler
     * @throws InvalidRequestException ({@link ErrorCode#UNKNOWN_VALUE}, parameter {@code samplers}) if no sampler has that name
     */
    public static Sampler of(String name) {
        return switch (name) {
            case "penalties" -> PENALTIES;
            case "dry" -> DRY;
            case "top_n_sigma", "top-n-sigma" -> TOP_N_SIGMA;
            case "top_k", "top-k" -> TOP_K;
            case "tfs_z", "tfs-z", "tfs" -> TAIL_FREE;
            case "typ_p", "typical_p", "typical-p", "typical", "typ-p", "typ" -> TYPICAL_P;
            case "top_p", "top-p", "nucleus" -> TOP_P;
            case "min_p", "min-p" -> MIN_P;
            case "xtc" -> XTC;
            case "temperature", "temp" -> TEMPERATURE;
            default ->
                throw unknown(
                        name, Arrays.stream(values()).map(Sampler::wireName).collect(Collectors.joining(", ")));
        };
    }

    /**
     * The samplers of a text of letters, such as {@code edkypmxt}.
     *
     * @param letters the {@link #letter()} of each
     * @return the samplers
     * @throws InvalidRequestException ({@link ErrorCode#UNKNOWN_VALUE}, parameter {@code samplers}) if no sampler has a letter
     */
    public static List<Sampler> ofLetters(String letters) {
        return letters.chars().mapToObj(Sampler::ofLetter).toList();
    }

    private static Sampler ofLetter(int letter) {
        return Arrays.stream(values())
                .filter(sampler -> sampler.letter == letter)
                .findFirst()
                .orElseThrow(() -> unknown(
                        Character.toString(letter),
                        Arrays.stream(values())
                                .map(sampler -> String.valueOf(sampler.letter))
                                .collect(Collectors.joining())));
    }

    private static InvalidRequestException unknown(String name, String known) {
        return new InvalidRequestException(
                ErrorCode.UNKNOWN_VALUE, "samplers", "Unknown sampler '" + Excerpts.of(name) + "'; known are " + known);
    }

    /** {@return the name on the wire} */
    public String wireName() {
        return wireName;
    }

    /** {@return llama.cpp's letter for it} */
    public char letter() {
        return letter;
    }
}
