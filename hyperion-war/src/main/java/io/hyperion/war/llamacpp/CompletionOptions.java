package io.hyperion.war.llamacpp;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Parameter;
import io.hyperion.war.json.Fields;
import io.hyperion.war.wire.ParameterFields;
import io.hyperion.war.wire.ResponseFormatFields;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The options that all completions of llama.cpp's server have. Images are refused: a caller who asks for one to be looked at must not get text
 * without that.
 */
final class CompletionOptions {
    /** The parameters whose names and values are the same here: the others have values that llama.cpp takes for an absent one. */
    private static final Set<Parameter> SAME = EnumSet.complementOf(EnumSet.of(
            Parameter.MAX_TOKENS,
            Parameter.DO_SAMPLE,
            Parameter.TOP_K,
            Parameter.SEED,
            Parameter.DRY_BASE,
            Parameter.T_MAX_PREDICT_MS));

    private static final String N_PREDICT = "n_predict";
    private static final String SCHEMA = "json_schema";

    private static final Set<String> OWN = Set.of(
            N_PREDICT,
            Parameter.MAX_TOKENS.wireName(),
            Parameter.TOP_K.wireName(),
            Parameter.SEED.wireName(),
            Parameter.DRY_BASE.wireName(),
            Parameter.T_MAX_PREDICT_MS.wireName(),
            "stream",
            ModelName.NAME,
            ResponseFields.NAME);

    private static final String IMAGES = "image_data";

    /** The names of all fields that mean something. */
    static final Set<String> FIELDS = Stream.of(
                    SAME.stream().map(Parameter::wireName),
                    OWN.stream(),
                    ResponseFormatFields.NAMES.stream(),
                    Stream.of(IMAGES))
            .flatMap(names -> names)
            .collect(Collectors.toUnmodifiableSet());

    private CompletionOptions() {}

    /**
     * Reads all options but the model, and those that are about how the result is told.
     *
     * @param fields what was sent
     * @param request gets them
     * @throws InvalidRequestException if one is not valid
     */
    static void read(Fields fields, GenerateRequest.Builder request) {
        if (fields.any(IMAGES).filter(images -> !List.of().equals(images)).isPresent()) {
            throw new InvalidRequestException(
                    ErrorCode.NOT_SUPPORTED,
                    IMAGES,
                    "'" + IMAGES + "' must be left out: the models here read text, and cannot see images");
        }
        GenerateParameters parameters = parameters(fields);
        request.parameters(parameters);
        ResponseFormatFields.read(fields, request);
        if (fields.has(SCHEMA) && parameters.grammar().isPresent()) {
            throw new InvalidRequestException(
                    ErrorCode.CONFLICT,
                    SCHEMA,
                    "'" + SCHEMA + "' and 'grammar' exclude each other: both say what the text may be");
        }
    }

    private static GenerateParameters parameters(Fields fields) {
        GenerateParameters.Builder parameters = GenerateParameters.builder();
        ParameterFields.read(fields, SAME, parameters);
        // -1 is "as long as it takes", which is what an absent limit means here.
        for (String name : List.of(Parameter.MAX_TOKENS.wireName(), N_PREDICT)) {
            whole(fields, name, Integer.MAX_VALUE).ifPresent(value -> parameters.maxTokens((int) value));
        }
        fields.whole("top_k", -1, Integer.MAX_VALUE).ifPresent(value -> parameters.topK((int) Math.max(0, value)));
        // llama.cpp's two ways to ask for a random seed: -1, and the same number taken as one without a sign.
        whole(fields, "seed", GenerateParameters.MAX_SEED).ifPresent(value -> {
            if (value != GenerateParameters.MAX_SEED) {
                parameters.seed(value);
            }
        });
        // -1 is "never", as 0 is.
        fields.whole(Parameter.T_MAX_PREDICT_MS.wireName(), -1, Integer.MAX_VALUE)
                .ifPresent(value -> parameters.maxPredictMillis((int) Math.max(0, value)));
        // llama.cpp takes its default for what is no base.
        fields.number("dry_base").ifPresent(value -> {
            if (!(value >= 0 && value < Parameter.DRY_BASE.min())) {
                parameters.dryBase(value);
            }
        });
        return parameters.build();
    }

    /** {@return the field's number; empty if that is -1} */
    private static OptionalLong whole(Fields fields, String name, long max) {
        OptionalLong value = fields.whole(name, -1, max);
        return value.isPresent() && value.getAsLong() < 0 ? OptionalLong.empty() : value;
    }
}
