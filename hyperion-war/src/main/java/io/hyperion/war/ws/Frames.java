package io.hyperion.war.ws;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.PieceDetails;
import io.hyperion.war.wire.ProgressFields;
import io.hyperion.war.wire.RetryHints;
import io.hyperion.war.wire.WireCall;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.List;

/** The frames that go to the caller. */
final class Frames {
    private Frames() {}

    static String progress(JsonValue id, ModelProgress progress) {
        JsonObjectBuilder frame = event(id, "progress");
        ProgressFields.of(progress).forEach(frame::add);
        return frame.build().toString();
    }

    static String token(JsonValue id, WireCall call, int generation, GenerateEvent piece) {
        JsonObjectBuilder frame = event(id, "token");
        if (piece instanceof GenerateEvent.Piece text) {
            frame.add("text", text.text());
        }
        PieceDetails.add(frame, call, generation, piece);
        return frame.build().toString();
    }

    /** The fields of a lone result are the frame's own; several results are a list in it. */
    static JsonObjectBuilder done(JsonValue id, JsonValue result) {
        JsonObjectBuilder frame = event(id, "done");
        if (result instanceof JsonObject one) {
            one.forEach(frame::add);
            return frame;
        }
        return frame.add("results", result);
    }

    static String error(JsonValue id, HyperionException error, List<String> hints) {
        JsonObjectBuilder frame =
                event(id, "error").add("code", error.code().code()).add("message", error.getMessage());
        error.parameter().ifPresent(parameter -> frame.add("parameter", parameter));
        RetryHints.seconds(error).ifPresent(seconds -> frame.add("retry_after", seconds));
        return warn(frame, hints).build().toString();
    }

    static JsonObjectBuilder warn(JsonObjectBuilder frame, List<String> hints) {
        return hints.isEmpty() ? frame : frame.add("warning", String.join(" ", hints));
    }

    private static JsonObjectBuilder event(JsonValue id, String event) {
        return Json.object().add("id", id).add("event", event);
    }
}
