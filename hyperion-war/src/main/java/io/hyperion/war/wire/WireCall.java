package io.hyperion.war.wire;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Optional;

/** What was asked for in a {@link WireFormat}: one generation, or one for each of several prompts, and how the results are told. */
public interface WireCall {
    /** {@return what to generate; at least one request} */
    List<GenerateRequest> requests();

    /** {@return whether pieces are wanted as they come; empty if the caller does not say} */
    Optional<Boolean> stream();

    /** {@return what a stream over HTTP tells before all else, once the request has a sequence} */
    default List<JsonObject> streamBegin() {
        return List.of();
    }

    /**
     * @param generation which of the {@link #requests()} it belongs to
     * @param piece a {@link GenerateEvent.Piece} or a {@link GenerateEvent.ToolCallPiece}
     * @return how a stream over HTTP tells it
     */
    JsonObject piece(int generation, GenerateEvent piece);

    /**
     * @param replies the result of each request
     * @return how a single answer tells them
     */
    JsonValue reply(List<GenerateReply> replies);

    /**
     * @param replies the result of each request
     * @return how the end of a stream over HTTP tells them, the pieces having been told before
     */
    List<JsonObject> streamEnd(List<GenerateReply> replies);
}
