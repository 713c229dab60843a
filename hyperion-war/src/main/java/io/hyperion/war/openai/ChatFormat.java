package io.hyperion.war.openai;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelInfo;
import io.hyperion.war.json.Fields;
import io.hyperion.war.wire.MessageFields;
import io.hyperion.war.wire.ResponseFormatFields;
import io.hyperion.war.wire.ToolFields;
import io.hyperion.war.wire.WireCall;
import io.hyperion.war.wire.WireFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Turns the fields of a chat completion into a {@link GenerateRequest}. What would change the reply and is not served is refused; what
 * only tells OpenAI how to run or bill a request is let through.
 */
final class ChatFormat implements WireFormat {
    private static final int MAX_TOP_LOGPROBS = 20;

    private static final String REASONING = "reasoning_effort";

    private static final Set<String> OWN = Set.of(
            "model",
            "messages",
            "stream",
            "stream_options",
            "max_completion_tokens",
            "logprobs",
            "top_logprobs",
            "chat_template",
            "chat_template_kwargs",
            REASONING);

    /** What OpenAI knows and a reply here is the same without, whatever the value. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "metadata",
            "prediction",
            "prompt_cache_key",
            "prompt_cache_options",
            "prompt_cache_retention",
            "safety_identifier",
            "service_tier",
            "store",
            "user",
            "verbosity");

    /** What OpenAI knows and is not served, with the values that leave the reply as it is, and what to do instead. */
    private static final Map<String, Refused> REFUSED = Map.of(
            "audio", new Refused(value -> false, "replies are text"),
            "modalities", new Refused(List.of("text")::equals, "replies are text: leave it out, or send [\"text\"]"),
            "moderation", new Refused(value -> false, "there is no moderation"),
            "web_search_options", new Refused(value -> false, "models here do not search the web"),
            "functions", new Refused(value -> false, "send 'tools' instead"),
            "function_call", new Refused(value -> false, "send 'tool_choice' instead"));

    private static final Set<String> FIELDS = Stream.of(
                    OWN, WITHOUT_EFFECT, REFUSED.keySet(), ToolFields.NAMES, ResponseFormatFields.NAMES)
            .flatMap(Set::stream)
            .collect(Collectors.collectingAndThen(Collectors.toSet(), names -> {
                names.addAll(OpenAiParameters.NAMES);
                return Set.copyOf(names);
            }));

    /** Why a field is refused, and with which values it is not. */
    private record Refused(Predicate<Object> harmless, String instead) {}

    private final HyperionClient client;

    /**
     * @param client the caller's way to the models
     */
    ChatFormat(HyperionClient client) {
        this.client = client;
    }

    @Override
    public Set<String> fields() {
        return FIELDS;
    }

    @Override
    public WireCall read(Fields sent) {
        Fields fields = sent.numbered();
        REFUSED.forEach((name, refused) -> refuse(fields, name, refused));
        ModelInfo model = Envelope.model(client, fields);
        GenerateRequest.Builder request = GenerateRequest.builder()
                .model(model.name())
                .messages(MessageFields.read(fields).orElseThrow(() -> fields.missing("messages")));
        OptionalInt alternatives = alternatives(fields);
        request.parameters(parameters(fields, alternatives));
        ToolFields.read(fields, request);
        ResponseFormatFields.read(fields, request);
        fields.text("chat_template").ifPresent(request::template);
        // Templates of models that can think more or less know it by this name.
        fields.text(REASONING).ifPresent(effort -> request.templateVariable(REASONING, effort));
        fields.map("chat_template_kwargs").ifPresent(variables -> variables.forEach(request::templateVariable));
        Optional<Boolean> stream = fields.bool("stream");
        boolean usage = OpenAiParameters.includeUsage(fields);
        return new ChatCall(request.build(), stream, Envelope.of("chatcmpl-", model), usage, alternatives);
    }

    private static void refuse(Fields fields, String name, Refused refused) {
        if (fields.any(name).filter(refused.harmless().negate()).isPresent()) {
            throw new InvalidRequestException(
                    ErrorCode.NOT_SUPPORTED, name, "'" + name + "' is not supported: " + refused.instead());
        }
    }

    private static GenerateParameters parameters(Fields fields, OptionalInt alternatives) {
        GenerateParameters.Builder parameters = OpenAiParameters.read(fields);
        OpenAiParameters.maxTokens(fields, List.of("max_completion_tokens", "max_tokens"))
                .ifPresent(parameters::maxTokens);
        // The engine tells a token's own probability together with that of at least one other.
        alternatives.ifPresent(count -> parameters.logProbabilities(Math.max(1, count)));
        return parameters.build();
    }

    /** How many alternatives of each token are wanted; empty if nothing is to be told of probabilities. */
    private static OptionalInt alternatives(Fields fields) {
        boolean wanted = fields.bool("logprobs").orElse(false);
        int alternatives =
                (int) fields.whole("top_logprobs", 0, MAX_TOP_LOGPROBS).orElse(0);
        if (alternatives > 0 && !wanted) {
            throw new InvalidRequestException(
                    ErrorCode.CONFLICT, "top_logprobs", "'top_logprobs' needs 'logprobs' to be true");
        }
        return wanted ? OptionalInt.of(alternatives) : OptionalInt.empty();
    }
}
