package io.hyperion.war.hyperion;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.WireCall;
import jakarta.json.JsonObject;
import java.util.Optional;

/** One {@code generate} request, and how its results are told. */
record GenerateCall(GenerateRequest request, Optional<Boolean> stream) implements WireCall {
    @Override
    public JsonObject piece(GenerateEvent.Piece piece) {
        return Json.object().add("text", piece.text()).build();
    }

    @Override
    public JsonObject reply(GenerateReply reply) {
        // The first eight fields are those of Hyperion's first clients, in their order; success is a string to them.
        return Json.object()
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
                .build();
    }

    @Override
    public JsonObject streamEnd(GenerateReply reply) {
        return reply(reply);
    }
}
