package io.hyperion.war.llamacpp;

import io.hyperion.war.http.ErrorFormat;
import io.hyperion.war.http.ErrorPaths;
import io.hyperion.war.json.Json;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * How llama.cpp's server tells an error: {@code {"error":{"code":400,"message":"…","type":"invalid_request_error"}}}. The message names
 * the field and the limit.
 */
@ApplicationScoped
public class LlamaErrors implements ErrorPaths {
    static final ErrorFormat FORMAT = (error, status) -> Json.object()
            .add(
                    "error",
                    Json.object()
                            .add("code", status)
                            .add("message", error.getMessage())
                            .add("type", type(status)))
            .build();

    @Override
    public boolean claims(String path) {
        return path.equals("completion") || path.startsWith("completion/");
    }

    @Override
    public ErrorFormat errorFormat() {
        return FORMAT;
    }

    private static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 429, 503 -> "unavailable_error";
            default -> status < 500 ? "invalid_request_error" : "server_error";
        };
    }
}
