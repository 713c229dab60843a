package io.hyperion.war.wire;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Parameter;
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
    default void addDetails(JsonObjectBuilder event, GenerateEvent.Piece piece) {
        GenerateParameters parameters = request().parameters();
        if (parameters.n().orElse(1) > 1 || piece.completion() > 0) {
            event.add("index", piece.completion());
        }
        if (!piece.probabilities().isEmpty()) {
            event.add(
                    "completion_probabilities",
                    Probabilities.list(piece.probabilities(), parameters.truth(Parameter.POST_SAMPLING_PROBS)));
        }
    }

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
