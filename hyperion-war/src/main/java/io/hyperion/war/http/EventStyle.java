package io.hyperion.war.http;

import io.hyperion.api.ModelProgress;
import io.hyperion.war.wire.ProgressFields;
import jakarta.json.JsonObject;

/** How a protocol puts its messages into Server-Sent Events. */
public enum EventStyle {
    /** Every event has a name: {@code progress}, {@code token}, {@code done} or {@code error}. */
    NAMED("event: token\ndata: ", "event: done\ndata: ", "event: error\ndata: ") {
        @Override
        String progress(ModelProgress progress) {
            return "event: progress\ndata: " + ProgressFields.of(progress) + END;
        }
    },
    /** As llama.cpp: data alone, but an error in a field of its own. */
    PLAIN("data: ", "data: ", "error: "),
    /** As OpenAI: data alone, and a last event that is no JSON. */
    MARKED("data: ", "data: ", "data: ", "data: [DONE]\n\n");

    private static final String END = "\n\n";

    private final String token;
    private final String done;
    private final String error;
    private final String mark;

    EventStyle(String token, String done, String error) {
        this(token, done, error, "");
    }

    EventStyle(String token, String done, String error, String mark) {
        this.token = token;
        this.done = done;
        this.error = error;
        this.mark = mark;
    }

    /** How far the model is that is waited for: a comment where the protocol has no event for it. */
    String progress(ModelProgress progress) {
        return ": " + ProgressFields.inWords(progress) + END;
    }

    String token(JsonObject data) {
        return token + data + END;
    }

    String done(JsonObject data) {
        return done + data + END;
    }

    String error(JsonObject data) {
        return error + data + END;
    }

    /** {@return what comes behind the last event of a stream that ended well} */
    String mark() {
        return mark;
    }
}
