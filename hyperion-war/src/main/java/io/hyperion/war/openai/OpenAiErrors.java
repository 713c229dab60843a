package io.hyperion.war.openai;

import io.hyperion.api.ErrorKind;
import io.hyperion.api.HyperionException;
import io.hyperion.war.http.ErrorFormat;
import io.hyperion.war.http.ErrorPaths;
import io.hyperion.war.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How OpenAI tells an error: {@code {"error":{"message":"…","type":"invalid_request_error","param":"top_p","code":"invalid_value"}}}. The
 * message names the field and the limit; {@code param} is null if no field is to blame.
 */
@ApplicationScoped
public class OpenAiErrors implements ErrorPaths {
    /** Of errors before it is known what was asked for. */
    static final ErrorFormat FORMAT = ofPrompt("messages");

    /** Fields that have another name here than in the rest of Hyperion. */
    private static final Map<String, String> NAMES = Map.of(
            "template", "chat_template",
            "template_vars", "chat_template_kwargs",
            "n_probs", "top_logprobs",
            "input_prefix", "prompt",
            "input_suffix", "suffix");

    /** What is below OpenAI's paths, but is another protocol's. */
    private static final Set<String> OTHERS = Set.of("v1/rerank", "v1/reranking");

    /**
     * @param prompt the field that the prompt is in
     * @return the format
     */
    static ErrorFormat ofPrompt(String prompt) {
        return (error, status) -> format(error, status, prompt);
    }

    @Override
    public boolean claims(String path) {
        String tail = path.startsWith("openai/") ? path.substring("openai/".length()) : path;
        return (tail.equals("v1") || tail.startsWith("v1/")) && !OTHERS.contains(path);
    }

    @Override
    public ErrorFormat errorFormat() {
        return FORMAT;
    }

    private static JsonObject format(HyperionException error, int status, String prompt) {
        Optional<String> parameter =
                switch (error.kind()) {
                    case CONTEXT_EXCEEDED -> Optional.of(prompt);
                    case NOT_FOUND -> Optional.of("model");
                    // What is wrong with a path or a method is no field's fault.
                    default -> status == 404 || status == 405 ? Optional.empty() : error.parameter();
                };
        JsonValue param = parameter
                .map(name -> NAMES.getOrDefault(name, name))
                .map(Json::value)
                .orElse(JsonValue.NULL);
        return Json.object()
                .add(
                        "error",
                        Json.object()
                                .add("message", error.getMessage())
                                .add("type", type(error.kind(), status))
                                .add("param", param)
                                .add("code", code(error, status)))
                .build();
    }

    private static String type(ErrorKind kind, int status) {
        if (kind == ErrorKind.BUSY) {
            return "requests";
        }
        return status < 500 ? "invalid_request_error" : "server_error";
    }

    private static String code(HyperionException error, int status) {
        return switch (error.kind()) {
            case INVALID_REQUEST -> invalid(error, status);
            case CONTEXT_EXCEEDED -> "context_length_exceeded";
            case NOT_FOUND -> "model_not_found";
            case UNAUTHORISED -> "invalid_api_key";
            case FORBIDDEN -> "permission_denied";
            case BUSY -> "rate_limit_exceeded";
            case UNAVAILABLE, CANCELLED -> "service_unavailable";
            case TIMEOUT -> "timeout";
            case ENGINE_FAILURE -> "server_error";
        };
    }

    private static String invalid(HyperionException error, int status) {
        if (status == 404) {
            return "unknown_url";
        }
        if (status == 405) {
            return "method_not_supported";
        }
        return switch (error.code()) {
            case MISSING_FIELD -> "missing_required_parameter";
            case WRONG_TYPE -> "invalid_type";
            case NOT_SUPPORTED, NEEDS_RELOAD -> "unsupported_value";
            case INVALID_JSON -> "invalid_json";
            case TOO_LARGE -> "request_too_large";
            default -> "invalid_value";
        };
    }
}
