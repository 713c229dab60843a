package io.hyperion.war.http;

import io.hyperion.api.HyperionException;
import io.hyperion.war.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;

/** How a protocol tells an error. */
public interface ErrorFormat {
    /**
     * Hyperion's own way, which is also that of all paths no protocol has claimed:
     * {@code {"success":"false","error":{"code":"HYP-1003","message":"…","parameter":"top_p"}}}; no parameter if none is to blame.
     */
    ErrorFormat HYPERION = (error, status) -> {
        JsonObjectBuilder details =
                Json.object().add("code", error.code().code()).add("message", error.getMessage());
        error.parameter().ifPresent(parameter -> details.add("parameter", parameter));
        return Json.object().add("success", "false").add("error", details).build();
    };

    /**
     * @param error the error
     * @param status the status that it is sent with
     * @return the body to send
     */
    JsonObject format(HyperionException error, int status);

    /**
     * @param error the error
     * @return the status that the protocol has for it
     */
    default int status(HyperionException error) {
        return switch (error.kind()) {
            case INVALID_REQUEST, CONTEXT_EXCEEDED -> 400;
            case UNAUTHORISED -> 401;
            case FORBIDDEN -> 403;
            case NOT_FOUND -> 404;
            case BUSY -> 429;
            case ENGINE_FAILURE -> 500;
            // Whoever cancelled a request himself does not wait for its answer: who sees this one may try again.
            case UNAVAILABLE, CANCELLED -> 503;
            case TIMEOUT -> 504;
        };
    }
}
