package io.hyperion.war.openai;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.Prompt;
import io.hyperion.war.json.Fields;
import io.hyperion.war.wire.PromptFields;
import io.hyperion.war.wire.ResponseFormatFields;
import io.hyperion.war.wire.WireCall;
import io.hyperion.war.wire.WireFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Turns the fields of a completion into a {@link GenerateRequest} for each of its prompts. */
final class CompletionsFormat implements WireFormat {
    /** How many tokens there are at most if the caller does not say, as OpenAI has it. */
    private static final int MAX_TOKENS = 16;

    private static final int MAX_LOGPROBS = 5;

    private static final String SUFFIX = "suffix";
    private static final String PROMPT = "prompt";

    private static final Set<String> OWN =
            Set.of("model", PROMPT, SUFFIX, "echo", "logprobs", "stream", "stream_options");

    /** What OpenAI knows and a reply here is the same without, whatever the value. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("user");

    private static final Set<String> FIELDS = Stream.of(
                    OWN, WITHOUT_EFFECT, ResponseFormatFields.NAMES, OpenAiParameters.NAMES)
            .flatMap(Set::stream)
            .collect(Collectors.toUnmodifiableSet());

    private final HyperionClient client;

    /**
     * @param client the caller's way to the models
     */
    CompletionsFormat(HyperionClient client) {
        this.client = client;
    }

    @Override
    public Set<String> fields() {
        return FIELDS;
    }

    @Override
    public WireCall read(Fields sent) {
        Fields fields = sent.numbered();
        ModelInfo model = Envelope.model(client, fields);
        OptionalInt logprobs = fields.whole("logprobs", 0, MAX_LOGPROBS).stream()
                .mapToInt(Math::toIntExact)
                .findFirst();
        boolean echo = fields.bool("echo").orElse(false);
        if (echo && logprobs.isPresent()) {
            throw new InvalidRequestException(
                    ErrorCode.NOT_SUPPORTED,
                    "logprobs",
                    "'logprobs' with 'echo' is not supported: there are no probabilities of the prompt");
        }
        GenerateRequest.Builder request = GenerateRequest.builder().model(model.name());
        request.parameters(parameters(fields, logprobs));
        ResponseFormatFields.read(fields, request);
        List<GenerateRequest> requests = prompts(fields).stream()
                .map(prompt -> request.prompt(prompt).build())
                .toList();
        Optional<Boolean> stream = fields.bool("stream");
        return new CompletionsCall(
                client,
                requests,
                stream,
                Envelope.of("cmpl-", model),
                OpenAiParameters.includeUsage(fields),
                echo,
                logprobs);
    }

    private static GenerateParameters parameters(Fields fields, OptionalInt logprobs) {
        GenerateParameters.Builder parameters = OpenAiParameters.read(fields);
        if (!fields.has("max_tokens")) {
            parameters.maxTokens(MAX_TOKENS);
        }
        OpenAiParameters.maxTokens(fields, List.of("max_tokens")).ifPresent(parameters::maxTokens);
        // The engine tells a token's own probability together with that of at least one other.
        logprobs.ifPresent(alternatives -> parameters.logProbabilities(Math.max(1, alternatives)));
        return parameters.build();
    }

    private static List<Prompt> prompts(Fields fields) {
        Optional<String> suffix = fields.text(SUFFIX).filter(text -> !text.isEmpty());
        if (suffix.isEmpty()) {
            return PromptFields.read(fields, PROMPT);
        }
        if (!fields.isText(PROMPT) && fields.has(PROMPT)) {
            throw new InvalidRequestException(
                    ErrorCode.NOT_SUPPORTED, SUFFIX, "'suffix' needs a 'prompt' that is one string");
        }
        return List.of(new Prompt.Infill(fields.requireText(PROMPT), suffix.get(), "", List.of()));
    }
}
