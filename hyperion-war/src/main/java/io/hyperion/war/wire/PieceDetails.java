package io.hyperion.war.wire;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateParameters;
import io.hyperion.war.json.Json;
import jakarta.json.JsonObjectBuilder;

/** What a piece of Hyperion's and llama.cpp's streams says beside its text. */
public final class PieceDetails {
    private PieceDetails() {}

    /**
     * Adds which completion a piece belongs to if there are several, its probabilities, tokens and timings if they are there, and the call that
     * it is of.
     *
     * @param event gets it
     * @param piece the piece
     * @param parameters what the request asked for
     */
    public static void add(JsonObjectBuilder event, GenerateEvent piece, GenerateParameters parameters) {
        if (piece instanceof GenerateEvent.Piece text) {
            addIndex(event, text.completion(), text.completions() > 1);
            if (!text.probabilities().isEmpty()) {
                event.add("completion_probabilities", Probabilities.list(text.probabilities()));
            }
            if (!text.tokens().isEmpty()) {
                event.add("tokens", Json.numbers(text.tokens()));
            }
            text.progress().ifPresent(progress -> event.add("timings", TimingFields.of(progress)));
        } else if (piece instanceof GenerateEvent.ToolCallPiece call) {
            addIndex(event, call.completion(), parameters.n().orElse(1) > 1);
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
