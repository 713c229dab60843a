package io.hyperion.war.openai;

import io.hyperion.api.Completion;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Parameter;
import io.hyperion.api.TokenProbability;
import io.hyperion.api.ToolChoice;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.TimingFields;
import io.hyperion.war.wire.ToolFields;
import io.hyperion.war.wire.WireCall;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** One chat completion, and how its results are told. Its stream is told by one thread. */
final class ChatCall implements WireCall {
    private static final String WHOLE = "chat.completion";
    private static final String CHUNK = "chat.completion.chunk";
    private static final String CONTENT = "content";

    private final GenerateRequest request;
    private final Optional<Boolean> stream;
    private final Envelope envelope;
    private final boolean includeUsage;
    private final OptionalInt alternatives;

    /** The tool calls whose ids and names a stream has told: a later piece tells only what is new. */
    private final Set<CallPlace> begun = new HashSet<>();

    private record CallPlace(int choice, int call) {}

    /**
     * @param request what to generate
     * @param stream whether as a stream
     * @param envelope what all events have in common
     * @param includeUsage whether a stream tells at its end how many tokens there were
     * @param alternatives of how many other tokens the probabilities are told; empty if none are told at all
     */
    ChatCall(
            GenerateRequest request,
            Optional<Boolean> stream,
            Envelope envelope,
            boolean includeUsage,
            OptionalInt alternatives) {
        this.request = request;
        this.stream = stream;
        this.envelope = envelope;
        this.includeUsage = includeUsage;
        this.alternatives = alternatives;
    }

    @Override
    public List<GenerateRequest> requests() {
        return List.of(request);
    }

    @Override
    public Optional<Boolean> stream() {
        return stream;
    }

    @Override
    public JsonObject reply(List<GenerateReply> replies) {
        GenerateReply reply = replies.get(0);
        JsonArrayBuilder choices = Json.list();
        int index = 0;
        for (Completion completion : reply.completions()) {
            choices.add(Json.object()
                    .add("index", index++)
                    .add("message", message(completion))
                    .add("logprobs", logprobs(completion.probabilities()))
                    .add("finish_reason", finishReason(completion)));
        }
        JsonObjectBuilder told = envelope.told(WHOLE, choices).add("usage", Envelope.usage(replies));
        return addTimings(told, reply).build();
    }

    private static JsonObjectBuilder message(Completion completion) {
        JsonObjectBuilder message = Json.object().add("role", "assistant");
        if (completion.toolCalls().isEmpty()) {
            return message.add(CONTENT, completion.text()).addNull("refusal");
        }
        message.add(CONTENT, completion.text().isEmpty() ? JsonValue.NULL : Json.value(completion.text()));
        return message.addNull("refusal").add("tool_calls", ToolFields.list(completion.toolCalls()));
    }

    @Override
    public List<JsonObject> streamBegin() {
        // A model that may call tools may have nothing else to say.
        boolean silent = !request.tools().isEmpty() && request.toolChoice() != ToolChoice.NONE;
        List<JsonObject> events = new ArrayList<>();
        for (int i = 0; i < request.parameters().n().orElse(1); i++) {
            events.add(event(
                            i,
                            Json.object()
                                    .add("role", "assistant")
                                    .add(CONTENT, silent ? JsonValue.NULL : Json.value(""))
                                    .addNull("refusal"),
                            JsonValue.NULL,
                            JsonValue.NULL)
                    .build());
        }
        return events;
    }

    @Override
    public JsonObject piece(int generation, GenerateEvent piece) {
        if (piece instanceof GenerateEvent.ToolCallPiece call) {
            return event(
                            call.completion(),
                            Json.object().add("tool_calls", Json.list().add(delta(call))),
                            JsonValue.NULL,
                            JsonValue.NULL)
                    .build();
        }
        GenerateEvent.Piece text = (GenerateEvent.Piece) piece;
        JsonObjectBuilder event = event(
                text.completion(),
                Json.object().add(CONTENT, text.text()),
                logprobs(text.probabilities()),
                JsonValue.NULL);
        text.progress().ifPresent(progress -> event.add("timings", TimingFields.of(progress)));
        return event.build();
    }

    private JsonObjectBuilder delta(GenerateEvent.ToolCallPiece call) {
        JsonObjectBuilder delta = Json.object().add("index", call.index());
        JsonObjectBuilder function = Json.object();
        if (begun.add(new CallPlace(call.completion(), call.index()))) {
            delta.add("id", call.id()).add("type", "function");
            function.add("name", call.name());
        }
        return delta.add("function", function.add("arguments", call.arguments()));
    }

    @Override
    public List<JsonObject> streamEnd(List<GenerateReply> replies) {
        GenerateReply reply = replies.get(0);
        List<JsonObject> events = new ArrayList<>();
        for (int i = 0; i < reply.completions().size(); i++) {
            JsonObjectBuilder event = event(
                    i,
                    Json.object(),
                    JsonValue.NULL,
                    finishReason(reply.completions().get(i)));
            events.add((i + 1 == reply.completions().size() ? addTimings(event, reply) : event).build());
        }
        if (includeUsage) {
            events.add(envelope.told(CHUNK, Json.list())
                    .add("usage", Envelope.usage(replies))
                    .build());
        }
        return events;
    }

    private JsonObjectBuilder event(int choice, JsonObjectBuilder delta, JsonValue logprobs, JsonValue finishReason) {
        JsonObjectBuilder told = Json.object()
                .add("index", choice)
                .add("delta", delta)
                .add("logprobs", logprobs)
                .add("finish_reason", finishReason);
        return envelope.event(CHUNK, told, includeUsage);
    }

    private JsonObjectBuilder addTimings(JsonObjectBuilder told, GenerateReply reply) {
        return request.parameters().truth(Parameter.TIMINGS_PER_TOKEN)
                ? told.add("timings", TimingFields.of(reply))
                : told;
    }

    private JsonValue logprobs(List<TokenProbability> tokens) {
        return tokens.isEmpty() || alternatives.isEmpty()
                ? JsonValue.NULL
                : Logprobs.chat(tokens, alternatives.getAsInt());
    }

    private static JsonValue finishReason(Completion completion) {
        return Json.value(
                switch (completion.finishReason()) {
                    case STOP -> "stop";
                    case TOOL_CALLS -> "tool_calls";
                    // Whoever cancelled it does not read this; to anybody else it is a text that is not complete.
                    case LENGTH, CANCELLED -> "length";
                });
    }
}
