package io.hyperion.war.hyperion;

import io.hyperion.api.Completion;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.PieceDetails;
import io.hyperion.war.wire.Probabilities;
import io.hyperion.war.wire.TimingFields;
import io.hyperion.war.wire.ToolFields;
import io.hyperion.war.wire.WireCall;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.Optional;

/** One {@code generate} request, and how its results are told. */
record GenerateCall(GenerateRequest request, Optional<Boolean> stream) implements WireCall {
    @Override
    public List<GenerateRequest> requests() {
        return List.of(request);
    }

    @Override
    public JsonObject piece(int generation, GenerateEvent piece) {
        JsonObjectBuilder event = Json.object();
        if (piece instanceof GenerateEvent.Piece text) {
            event.add("text", text.text());
        }
        PieceDetails.add(event, this, generation, piece);
        return event.build();
    }

    @Override
    public JsonObject reply(List<GenerateReply> replies) {
        GenerateReply reply = replies.get(0);
        // The first eight fields are those of Hyperion's first clients, in their order; success is a string to them.
        JsonObjectBuilder result = Json.object()
                .add("success", "true")
                .add("output", reply.text())
                .add("prompt", reply.prompt())
                .add("prompt_tokens", reply.promptTokens())
                .add("completion_tokens", reply.completionTokens())
                .add("execution_time", reply.timings().total().toNanos() / 1e9)
                .add("tokens_per_second", reply.tokensPerSecond())
                .add("method", "model.generate")
                .add("model", reply.model())
                .add("finish_reason", reply.finishReason().wireName())
                .add("cached_tokens", reply.cachedTokens())
                .add("slot", reply.slot())
                .add("timings", TimingFields.of(reply));
        addDetails(result, reply.completion());
        if (reply.completions().size() > 1) {
            JsonArrayBuilder completions = Json.list();
            int index = 0;
            for (Completion completion : reply.completions()) {
                JsonObjectBuilder one = Json.object()
                        .add("index", index++)
                        .add("output", completion.text())
                        .add("completion_tokens", completion.tokens())
                        .add("finish_reason", completion.finishReason().wireName());
                addDetails(one, completion);
                completions.add(one);
            }
            result.add("completions", completions);
        }
        return result.build();
    }

    private void addDetails(JsonObjectBuilder target, Completion completion) {
        target.add("truncated", completion.truncated());
        completion.stopString().ifPresent(stop -> target.add("stop_string", stop));
        if (!completion.toolCalls().isEmpty()) {
            target.add("tool_calls", ToolFields.list(completion.toolCalls()));
        }
        if (!completion.probabilities().isEmpty()) {
            target.add("completion_probabilities", Probabilities.list(completion.probabilities()));
        }
        if (!completion.tokenIds().isEmpty()) {
            target.add("tokens", Json.numbers(completion.tokenIds()));
        }
    }

    @Override
    public List<JsonObject> streamEnd(List<GenerateReply> replies) {
        return List.of(reply(replies));
    }
}
