package io.hyperion.war.http;

import jakarta.json.JsonObject;

/** How a protocol puts its messages into Server-Sent Events. */
public enum EventStyle {
    /** Every event has a name: {@code token}, {@code done} or {@code error}. */
    NAMED("event: token\ndata: ", "event: done\ndata: ", "event: error\ndata: "),
    /** As llama.cpp: data alone, but an error in a field of its own. */
    PLAIN("data: ", "data: ", "error: ");

    private static final String END = "\n\n";

    private final String token;
    private final String done;
    private final String error;

    EventStyle(String token, String done, String error) {
        this.token = token;
        this.done = done;
        this.error = error;
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
}
