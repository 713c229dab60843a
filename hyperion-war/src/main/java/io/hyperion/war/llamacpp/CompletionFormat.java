package io.hyperion.war.llamacpp;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Parameter;
import io.hyperion.war.json.Fields;
import io.hyperion.war.wire.ParameterFields;
import io.hyperion.war.wire.WireCall;
import io.hyperion.war.wire.WireFormat;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Turns the fields of a {@code completion} request into a {@link GenerateRequest}, for HTTP and the WebSocket alike. A field of
 * llama.cpp's that would change the text, and that is not served yet, is refused unless its value leaves the text as it is: a caller who
 * asks for a grammar must not get text without one.
 */
public final class CompletionFormat implements WireFormat {
    /** The parameters whose names and values are the same here: the others have values that llama.cpp takes for an absent one. */
    private static final Set<Parameter> SAME = EnumSet.complementOf(EnumSet.of(
            Parameter.MAX_TOKENS,
            Parameter.DO_SAMPLE,
            Parameter.TOP_K,
            Parameter.SEED,
            Parameter.DRY_BASE,
            Parameter.ID_SLOT,
            Parameter.T_MAX_PREDICT_MS));

    private static final Set<String> OWN = Set.of(
            "prompt",
            "n_predict",
            "top_k",
            "seed",
            "dry_base",
            "id_slot",
            "slot_id",
            "t_max_predict_ms",
            "stream",
            "model");

    /** What llama.cpp knows and is not served yet, with the values that switch it off. */
    private static final Map<String, Predicate<Object>> NOT_SERVED = Map.ofEntries(
            Map.entry("system_prompt", ""::equals),
            Map.entry("json_schema", value -> false),
            Map.entry("image_data", CompletionFormat::isEmptyList),
            Map.entry("response_fields", CompletionFormat::isEmptyList));

    private static final Set<String> FIELDS = Stream.of(
                    SAME.stream().map(Parameter::wireName), OWN.stream(), NOT_SERVED.keySet().stream())
            .flatMap(names -> names)
            .collect(Collectors.toUnmodifiableSet());

    private final HyperionClient client;

    /**
     * @param client the caller's way to the models
     */
    public CompletionFormat(HyperionClient client) {
        this.client = client;
    }

    @Override
    public Set<String> fields() {
        return FIELDS;
    }

    @Override
    public WireCall read(Fields fields) {
        fields.names().forEach(name -> refuseIfNotServed(name, fields));
        GenerateRequest.Builder request = GenerateRequest.builder();
        fields.text("model").ifPresent(request::model);
        request.prompt(prompt(fields));
        request.parameters(parameters(fields));
        return new CompletionCall(client, request.build(), fields.bool("stream"));
    }

    private static void refuseIfNotServed(String name, Fields fields) {
        Predicate<Object> isOff = NOT_SERVED.getOrDefault(name, value -> true);
        if (fields.any(name).filter(isOff.negate()).isPresent()) {
            throw new InvalidRequestException(
                    ErrorCode.UNKNOWN_VALUE, name, "'" + name + "' is not supported yet: leave it out");
        }
    }

    private static String prompt(Fields fields) {
        if (fields.any("prompt").filter(List.class::isInstance).isPresent()) {
            throw new InvalidRequestException(
                    ErrorCode.WRONG_TYPE,
                    "prompt",
                    "'prompt' must be a string: lists of strings and tokens are not supported yet");
        }
        return fields.requireText("prompt");
    }

    private static GenerateParameters parameters(Fields fields) {
        GenerateParameters.Builder parameters = GenerateParameters.builder();
        // -1 is "as long as it takes", which is what an absent limit means here.
        fields.whole("n_predict", -1, Integer.MAX_VALUE).ifPresent(value -> {
            if (value >= 0) {
                parameters.maxTokens((int) value);
            }
        });
        ParameterFields.read(fields, SAME, parameters);
        fields.whole("top_k", -1, Integer.MAX_VALUE).ifPresent(value -> parameters.topK((int) Math.max(0, value)));
        // llama.cpp's two ways to ask for a random seed: -1, and the same number taken as one without a sign.
        fields.whole("seed", -1, GenerateParameters.MAX_SEED).ifPresent(value -> {
            if (value >= 0 && value != GenerateParameters.MAX_SEED) {
                parameters.seed(value);
            }
        });
        // llama.cpp takes its default for what is no base.
        fields.number("dry_base").ifPresent(value -> {
            if (!(value >= 0 && value < Parameter.DRY_BASE.min())) {
                parameters.dryBase(value);
            }
        });
        // -1 is "never", as 0 is.
        fields.whole("t_max_predict_ms", -1, Integer.MAX_VALUE)
                .ifPresent(value -> parameters.maxPredictMillis((int) Math.max(0, value)));
        // Its older name first.
        for (String name : List.of("slot_id", "id_slot")) {
            fields.whole(name, -1, Integer.MAX_VALUE).ifPresent(value -> parameters.slot((int) value));
        }
        return parameters.build();
    }

    private static boolean isEmptyList(Object value) {
        return value instanceof List<?> list && list.isEmpty();
    }
}
