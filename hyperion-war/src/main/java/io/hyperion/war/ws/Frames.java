package io.hyperion.war.ws;

import io.hyperion.api.HyperionException;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.RetryHints;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.List;

/** The frames that go to the caller. */
final class Frames {
    private Frames() {}

    static JsonObjectBuilder token(JsonValue id, String text) {
        return event(id, "token").add("text", text);
    }

    static JsonObjectBuilder done(JsonValue id, JsonObject result) {
        JsonObjectBuilder frame = event(id, "done");
        result.forEach(frame::add);
        return frame;
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
