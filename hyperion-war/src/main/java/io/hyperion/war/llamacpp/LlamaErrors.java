package io.hyperion.war.llamacpp;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionException;
import io.hyperion.war.http.ErrorFormat;
import io.hyperion.war.http.ErrorPaths;
import io.hyperion.war.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.JsonObject;
import java.util.Set;

/**
 * How llama.cpp's server tells an error: {@code {"error":{"code":400,"message":"…","type":"invalid_request_error"}}}. The message names
 * the field and the limit. What a model or the server is not set up for has the status 501.
 */
@ApplicationScoped
public class LlamaErrors implements ErrorPaths {
    /** The format; it has no state. */
    static final ErrorFormat FORMAT = new Format();

    private static final int NOT_IMPLEMENTED = 501;

    /** The first parts of the paths. */
    private static final Set<String> PATHS = Set.of(
            "completion",
            "completions",
            "infill",
            "tokenize",
            "detokenize",
            "apply-template",
            "embedding",
            "embeddings",
            "rerank",
            "reranking",
            "props",
            "slots",
            "metrics");

    /** The paths that are below another protocol's. */
    private static final Set<String> VERSIONED = Set.of("v1/rerank", "v1/reranking");

    @Override
    public boolean claims(String path) {
        return PATHS.contains(path.split("/", 2)[0]) || VERSIONED.contains(path);
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
            case NOT_IMPLEMENTED -> "not_supported_error";
            default -> status < 500 ? "invalid_request_error" : "server_error";
        };
    }

    private static final class Format implements ErrorFormat {
        @Override
        public JsonObject format(HyperionException error, int status) {
            return Json.object()
                    .add(
                            "error",
                            Json.object()
                                    .add("code", status)
                                    .add("message", error.getMessage())
                                    .add("type", type(status)))
                    .build();
        }

        @Override
        public int status(HyperionException error) {
            boolean notSetUp = error.code() == ErrorCode.NOT_SUPPORTED || error.code() == ErrorCode.SAVING_IS_OFF;
            return notSetUp ? NOT_IMPLEMENTED : ErrorFormat.super.status(error);
        }
    }
}
