package io.hyperion.war.wire;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.Parameter;
import io.hyperion.war.json.Json;
import jakarta.json.JsonObjectBuilder;

/** What a piece of Hyperion's and llama.cpp's streams says beside its text. */
public final class PieceDetails {
    private PieceDetails() {}

    /**
     * Adds which completion a piece belongs to if there are several, probabilities, and the call that it is of.
     *
     * @param event gets it
     * @param piece the piece
     * @param parameters what the request asked for
     */
    public static void add(JsonObjectBuilder event, GenerateEvent piece, GenerateParameters parameters) {
        boolean several = parameters.n().orElse(1) > 1;
        if (piece instanceof GenerateEvent.Piece text) {
            addIndex(event, text.completion(), several);
            if (!text.probabilities().isEmpty()) {
                event.add(
                        "completion_probabilities",
                        Probabilities.list(text.probabilities(), parameters.truth(Parameter.POST_SAMPLING_PROBS)));
            }
        } else if (piece instanceof GenerateEvent.ToolCallPiece call) {
            addIndex(event, call.completion(), several);
            event.add(
                    "tool_call",
                    Json.object()
                            .add("index", call.index())
                            .add("id", call.id())
                            .add("name", call.name())
                            .add("arguments", call.arguments()));
        }
    }

    private static void addIndex(JsonObjectBuilder event, int completion, boolean several) {
        if (several || completion > 0) {
            event.add("index", completion);
        }
    }
}
