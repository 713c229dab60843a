package io.hyperion.war.wire;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One generation in a protocol without streams.
 *
 * @param request what to generate
 * @param answer how its result is told
 */
public record WholeAnswer(GenerateRequest request, Function<GenerateReply, JsonObject> answer) implements WireCall {
    @Override
    public List<GenerateRequest> requests() {
        return List.of(request);
    }

    @Override
    public Optional<Boolean> stream() {
        return Optional.of(false);
    }

    @Override
    public JsonObject piece(int generation, GenerateEvent piece) {
        throw new IllegalStateException("Pieces come in streams only");
    }

    @Override
    public JsonValue reply(List<GenerateReply> replies) {
        return answer.apply(replies.get(0));
    }

    @Override
    public List<JsonObject> streamEnd(List<GenerateReply> replies) {
        throw new IllegalStateException("This is no stream");
    }
}
