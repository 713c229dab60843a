package io.hyperion.war.hyperion;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Parameter;
import io.hyperion.api.Prompt;
import io.hyperion.war.json.Fields;
import io.hyperion.war.wire.MessageFields;
import io.hyperion.war.wire.ParameterFields;
import io.hyperion.war.wire.PromptFields;
import io.hyperion.war.wire.ResponseFormatFields;
import io.hyperion.war.wire.TimeoutFields;
import io.hyperion.war.wire.ToolFields;
import io.hyperion.war.wire.WireCall;
import io.hyperion.war.wire.WireFormat;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Turns the fields of a {@code generate} request into a {@link GenerateRequest}, for HTTP and the WebSocket alike. */
public final class GenerateFormat implements WireFormat {
    /** The format; it has no state. */
    public static final GenerateFormat INSTANCE = new GenerateFormat();

    private static final String PROMPT = "prompt";
    private static final String INFILL = "infill";

    private static final String LOADER = "llama.cpp";

    /** What the example of Hyperion's first documentation sends. */
    private static final String LOADER_AS_FIRST_SPELLED = "lamma.cpp";

    private static final Set<Parameter> PARAMETERS = EnumSet.allOf(Parameter.class);

    private static final Set<String> OWN =
            Set.of("model", "messages", PROMPT, INFILL, "stream", "loader", "template", "template_vars", "timeout");

    private static final Set<String> FIELDS = Stream.of(
                    OWN.stream(),
                    ToolFields.NAMES.stream(),
                    ResponseFormatFields.NAMES.stream(),
                    PARAMETERS.stream().map(Parameter::wireName))
            .flatMap(names -> names)
            .collect(Collectors.toUnmodifiableSet());

    private GenerateFormat() {}

    @Override
    public Set<String> fields() {
        return FIELDS;
    }

    @Override
    public WireCall read(Fields fields) {
        GenerateRequest.Builder request = GenerateRequest.builder();
        fields.text("model").ifPresent(request::model);
        MessageFields.read(fields).ifPresent(request::messages);
        prompt(fields).ifPresent(request::prompt);
        fields.text("loader").ifPresent(GenerateFormat::requireLoader);
        request.parameters(parameters(fields));
        fields.text("template").ifPresent(request::template);
        fields.map("template_vars").ifPresent(variables -> variables.forEach(request::templateVariable));
        ToolFields.read(fields, request);
        ResponseFormatFields.read(fields, request);
        TimeoutFields.read(fields).ifPresent(request::timeout);
        return new GenerateCall(request.build(), fields.bool("stream"));
    }

    private static GenerateParameters parameters(Fields fields) {
        GenerateParameters.Builder parameters = GenerateParameters.builder();
        ParameterFields.read(fields, PARAMETERS, parameters);
        return parameters.build();
    }

    private static void requireLoader(String loader) {
        if (!loader.equals(LOADER) && !loader.equals(LOADER_AS_FIRST_SPELLED)) {
            throw new InvalidRequestException(
                    ErrorCode.UNKNOWN_VALUE,
                    "loader",
                    "Unknown 'loader' '" + Excerpts.of(loader) + "'; the only one is '" + LOADER + "'");
        }
    }

    /** What is not a conversation: a text, tokens, or a gap. */
    private static Optional<Prompt> prompt(Fields fields) {
        Optional<Prompt> gap = fields.object(INFILL).map(GenerateFormat::infill);
        if (!fields.has(PROMPT)) {
            return gap;
        }
        if (gap.isPresent()) {
            throw new InvalidRequestException(
                    ErrorCode.CONFLICT, INFILL, "'prompt' and 'infill' exclude each other: send one of them");
        }
        return Optional.of(PromptFields.readOne(fields, PROMPT));
    }

    private static Prompt infill(Fields gap) {
        return new Prompt.Infill(
                gap.requireText("prefix"),
                gap.requireText("suffix"),
                gap.text("begin").orElse(""),
                gap.objects("extra").orElse(List.of()).stream()
                        .map(file -> new Prompt.Extra(file.text("name").orElse(""), file.requireText("text")))
                        .toList());
    }
}
