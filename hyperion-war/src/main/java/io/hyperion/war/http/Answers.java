package io.hyperion.war.http;

import io.hyperion.api.HyperionException;
import io.hyperion.war.wire.RetryHints;
import jakarta.json.JsonValue;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Makes the HTTP answers: JSON with its length, errors with their status, hints in {@code Warning} headers. */
public final class Answers {
    /** The code of an error, which the forms of other protocols have no place for. */
    private static final String CODE_HEADER = "Hyperion-Error";

    /** The field that is to blame, likewise. */
    private static final String PARAMETER_HEADER = "Hyperion-Parameter";

    private static final String CHALLENGE = "Bearer realm=\"Hyperion\"";

    private Answers() {}

    /**
     * @param status the status
     * @param body the body
     * @return the answer
     */
    public static Response.ResponseBuilder json(int status, JsonValue body) {
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.CONTENT_LENGTH, bytes.length)
                .entity(bytes);
    }

    /**
     * @param error the error
     * @param format the protocol's way to tell it
     * @return the answer, with {@code Retry-After} where it is worth trying again
     */
    public static Response.ResponseBuilder error(HyperionException error, ErrorFormat format) {
        return error(error, format.status(error), format);
    }

    /**
     * @param error the error
     * @param status the status, where HTTP has one that says more than the error's kind
     * @param format the protocol's way to tell it
     * @return the answer
     */
    public static Response.ResponseBuilder error(HyperionException error, int status, ErrorFormat format) {
        Response.ResponseBuilder answer = json(status, format.format(error, status));
        if (status == 401) {
            answer.header(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE);
        }
        RetryHints.seconds(error).ifPresent(seconds -> answer.header(HttpHeaders.RETRY_AFTER, seconds));
        answer.header(CODE_HEADER, error.code().code());
        error.parameter().ifPresent(parameter -> answer.header(PARAMETER_HEADER, quotable(parameter)));
        return answer;
    }

    /**
     * Sends an error before JAX-RS has the request.
     *
     * @param response where it goes
     * @param error the error
     * @param format the protocol's way to tell it
     * @throws IOException if it cannot be sent
     */
    public static void send(HttpServletResponse response, HyperionException error, ErrorFormat format)
            throws IOException {
        int status = format.status(error);
        byte[] body = format.format(error, status).toString().getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        if (status == 401) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, CHALLENGE);
        }
        response.setHeader(CODE_HEADER, error.code().code());
        response.setContentType(MediaType.APPLICATION_JSON);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /**
     * Adds hints, one {@code Warning} header each.
     *
     * @param answer the answer
     * @param hints the hints
     * @return the same answer
     */
    public static Response.ResponseBuilder warn(Response.ResponseBuilder answer, List<String> hints) {
        hints.forEach(hint -> answer.header("Warning", "299 - \"" + quotable(hint) + "\""));
        return answer;
    }

    /** A header holds printable ASCII only, and within quotes neither a quote nor a backslash. */
    private static String quotable(String hint) {
        return hint.replaceAll("[^ -~]|[\"\\\\]", "?");
    }
}
