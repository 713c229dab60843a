package io.hyperion.examples.assistant;

import io.hyperion.api.HyperionException;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.List;

/**
 * What went wrong, as problem details for HTTP (RFC 9457).
 *
 * @param status the HTTP status
 * @param title what went wrong, coarsely
 * @param detail what went wrong, in words for the user; empty if the errors say all
 * @param code Hyperion's code for it; empty for what is not Hyperion's
 * @param errors the fields that are to blame
 * @param retrySeconds after how many seconds it is worth trying again; 0 if that is not known, or time does not help
 */
record Problem(int status, String title, String detail, String code, List<FieldError> errors, long retrySeconds) {
    private static final String TYPE = "application/problem+json";

    Problem {
        errors = List.copyOf(errors);
    }

    /**
     * @param field the name of the field
     * @param message what is wrong with it
     */
    record FieldError(String field, String message) {}

    /** {@return the problem that fields of the inquiry are} */
    static Problem ofFields(List<FieldError> errors) {
        return new Problem(400, "The ticket is not valid", "", "", errors, 0);
    }

    /** {@return the problem that a request is before it is an inquiry} */
    static Problem ofRequest(int status, String detail) {
        return new Problem(status, "The request is not valid", detail, "", List.of(), 0);
    }

    /** {@return the problem that an error of Hyperion is} */
    static Problem of(HyperionException error) {
        int status =
                switch (error.kind()) {
                    case INVALID_REQUEST, CONTEXT_EXCEEDED -> 400;
                    case UNAUTHORISED -> 401;
                    case FORBIDDEN -> 403;
                    case NOT_FOUND -> 404;
                    case BUSY -> 429;
                    case UNAVAILABLE, CANCELLED -> 503;
                    case TIMEOUT -> 504;
                    case ENGINE_FAILURE -> 500;
                };
        String title =
                switch (error.kind()) {
                    case INVALID_REQUEST -> "The model cannot be asked like this";
                    case CONTEXT_EXCEEDED -> "The ticket is too long for the model";
                    case UNAUTHORISED, FORBIDDEN -> "The models may not be used";
                    case NOT_FOUND -> "There is no such model";
                    case BUSY -> "The model has too much to do";
                    case UNAVAILABLE -> "The model is not available";
                    case TIMEOUT -> "The model takes too long";
                    case CANCELLED -> "The answer was cancelled";
                    case ENGINE_FAILURE -> "The model failed";
                };
        List<FieldError> errors = error.parameter()
                .filter(parameter -> parameter.equals("template"))
                .map(parameter -> List.of(new FieldError(parameter, error.getMessage())))
                .orElse(List.of());
        // Rounded up and at least 1: 0 makes clients come back at once.
        long seconds = error.retryAfter()
                .map(estimate -> Math.max(1, estimate.plusMillis(999).toSeconds()))
                .orElse(0L);
        return new Problem(status, title, error.getMessage(), error.code().code(), errors, seconds);
    }

    /** {@return it as JSON} */
    JsonObject json() {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("type", "about:blank")
                .add("title", title)
                .add("status", status);
        if (!detail.isEmpty()) {
            json.add("detail", detail);
        }
        if (!code.isEmpty()) {
            json.add("code", code);
        }
        if (!errors.isEmpty()) {
            JsonArrayBuilder list = Json.createArrayBuilder();
            errors.forEach(error -> list.add(
                    Json.createObjectBuilder().add("field", error.field()).add("message", error.message())));
            json.add("errors", list);
        }
        return json.build();
    }

    /** {@return the answer that tells it} */
    Response response() {
        Response.ResponseBuilder response = Response.status(status).type(TYPE).entity(json().toString());
        if (retrySeconds > 0) {
            response.header(HttpHeaders.RETRY_AFTER, retrySeconds);
        }
        return response.build();
    }
}
