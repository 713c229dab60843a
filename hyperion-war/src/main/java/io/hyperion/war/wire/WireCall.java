package io.hyperion.war.wire;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import jakarta.json.JsonObject;
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
