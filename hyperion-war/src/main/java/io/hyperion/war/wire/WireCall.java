package io.hyperion.war.wire;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Optional;

/** One generation asked for in a {@link WireFormat}, and how its results are told. */
public interface WireCall {
    /** {@return what to generate} */
    GenerateRequest request();

    /** {@return whether pieces are wanted as they come; empty if the caller does not say} */
    Optional<Boolean> stream();

    /**
     * @param piece a piece of a completion
     * @return how a stream over HTTP tells it
     */
    JsonObject piece(GenerateEvent.Piece piece);

    /**
     * Adds what a piece says beside its text: which completion it belongs to if there are several, and probabilities.
     *
     * @param event gets it
     * @param piece the piece
     */
    void addDetails(JsonObjectBuilder event, GenerateEvent.Piece piece);

    /**
     * @param reply the result
     * @return how a single answer tells it
     */
    JsonObject reply(GenerateReply reply);

    /**
     * @param reply the result
     * @return how the end of a stream over HTTP tells it, the pieces having been told before
     */
    JsonObject streamEnd(GenerateReply reply);
}
