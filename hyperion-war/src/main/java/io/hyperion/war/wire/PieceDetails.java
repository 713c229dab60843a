package io.hyperion.war.wire;

import io.hyperion.api.GenerateEvent;
import io.hyperion.war.json.Json;
import jakarta.json.JsonObjectBuilder;

/** What a piece of Hyperion's and llama.cpp's streams says beside its text. */
public final class PieceDetails {
    private PieceDetails() {}

    /**
     * Adds what a piece belongs to where that is not clear, its probabilities, tokens and timings if they are there, and the tool call that it
     * is of. The {@code index} of a call with several prompts is that of the prompt, and {@code completion} that of one of several
     * completions; that of a call with one prompt is that of the completion.
     *
     * @param event gets it
     * @param call the call
     * @param generation which of the call's generations the piece belongs to
     * @param piece the piece
     */
    public static void add(JsonObjectBuilder event, WireCall call, int generation, GenerateEvent piece) {
        String index = "index";
        if (call.requests().size() > 1) {
            event.add(index, generation);
            index = "completion";
        }
        if (piece instanceof GenerateEvent.Piece text) {
            addIndex(event, index, text.completion(), text.completions() > 1);
            if (!text.probabilities().isEmpty()) {
                event.add("completion_probabilities", Probabilities.list(text.probabilities()));
            }
            if (!text.tokens().isEmpty()) {
                event.add("tokens", Json.numbers(text.tokens()));
            }
            text.progress().ifPresent(progress -> event.add("timings", TimingFields.of(progress)));
        } else if (piece instanceof GenerateEvent.ToolCallPiece toolCall) {
            boolean several = call.requests().get(generation).parameters().n().orElse(1) > 1;
            addIndex(event, index, toolCall.completion(), several);
            event.add(
                    "tool_call",
                    Json.object()
                            .add("index", toolCall.index())
                            .add("id", toolCall.id())
                            .add("name", toolCall.name())
                            .add("arguments", toolCall.arguments()));
        }
    }

    private static void addIndex(JsonObjectBuilder event, String name, int completion, boolean several) {
        if (several || completion > 0) {
            event.add(name, completion);
        }
    }
}
