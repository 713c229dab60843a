package io.hyperion.war.llamacpp;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.Prompt;
import io.hyperion.war.json.Fields;
import io.hyperion.war.wire.PromptFields;
import io.hyperion.war.wire.WireCall;
import io.hyperion.war.wire.WireFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Turns the fields of a {@code completion} request into requests for each of its prompts, for HTTP and the WebSocket alike. */
public final class CompletionFormat implements WireFormat {
    static final String PROMPT = "prompt";

    private static final Set<String> FIELDS = Stream.concat(
                    CompletionOptions.FIELDS.stream(), Stream.of(PROMPT, SystemPrompt.NAME))
            .collect(Collectors.toUnmodifiableSet());

    private final HyperionClient client;
    private final Session session;
    private final Optional<String> model;

    /**
     * @param client the caller's way to the models
     * @param session what is remembered of the caller
     * @param model the model of requests that name none; empty for the default one
     */
    public CompletionFormat(HyperionClient client, Session session, Optional<String> model) {
        this.client = client;
        this.session = session;
        this.model = model;
    }

    @Override
    public Set<String> fields() {
        return FIELDS;
    }

    @Override
    public WireCall read(Fields fields) {
        List<Prompt> prompts = PromptFields.read(fields, PROMPT);
        Optional<SystemPrompt> asked = SystemPrompt.read(fields);
        SystemPrompt before = asked.orElseGet(session::systemPrompt);
        GenerateRequest first = request(fields, before.before(prompts.get(0)));
        // Options are read once: they may be long, and there may be many prompts.
        List<GenerateRequest> requests = prompts.stream()
                .map(prompt -> first.toBuilder().prompt(before.before(prompt)).build())
                .toList();
        CompletionCall call = new CompletionCall(
                client, session, requests, prompts, fields.bool("stream"), ResponseFields.read(fields));
        // Last of all: what is refused changes nothing.
        asked.ifPresent(session::systemPrompt);
        return call;
    }

    private GenerateRequest request(Fields fields, Prompt prompt) {
        GenerateRequest.Builder builder = GenerateRequest.builder().prompt(prompt);
        ModelName.of(fields, model).ifPresent(builder::model);
        CompletionOptions.read(fields, builder);
        return withSlot(builder.build(), session);
    }

    /** {@return the request, which prefers the slot that the session had, unless it names one itself} */
    static GenerateRequest withSlot(GenerateRequest request, Session session) {
        GenerateParameters parameters = request.parameters();
        boolean namesOne =
                parameters.slot().orElse(-1) >= 0 || parameters.preferredSlot().orElse(-1) >= 0;
        if (namesOne || session.slot(request.model()).isEmpty()) {
            return request;
        }
        return request.toBuilder()
                .parameters(parameters.toBuilder()
                        .preferredSlot(session.slot(request.model()).getAsInt())
                        .build())
                .build();
    }
}
