package io.hyperion.war.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.BusyException;
import io.hyperion.api.ContextExceededException;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.ForbiddenException;
import io.hyperion.api.GenerationTimeoutException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.UnauthorisedException;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("An error for OpenAI's clients")
class OpenAiErrorsTests {
    static Stream<Arguments> errors() {
        return Stream.of(
                error(wrong(ErrorCode.OUT_OF_RANGE, "top_p"), 400, "invalid_request_error", "top_p", "invalid_value"),
                error(wrong(ErrorCode.WRONG_TYPE, ""), 400, "invalid_request_error", null, "invalid_type"),
                error(wrong(ErrorCode.UNKNOWN_VALUE, "path"), 404, "invalid_request_error", null, "unknown_url"),
                error(
                        wrong(ErrorCode.UNKNOWN_VALUE, "method"),
                        405,
                        "invalid_request_error",
                        null,
                        "method_not_supported"),
                error(
                        wrong(ErrorCode.UNSUPPORTED_TEMPLATE, "template"),
                        400,
                        "invalid_request_error",
                        "chat_template",
                        "invalid_value"),
                error(
                        new ContextExceededException(ErrorCode.CONTEXT_EXCEEDED, "m"),
                        400,
                        "invalid_request_error",
                        "messages",
                        "context_length_exceeded"),
                error(
                        new ModelNotFoundException(ErrorCode.MODEL_NOT_FOUND, "m"),
                        404,
                        "invalid_request_error",
                        "model",
                        "model_not_found"),
                error(
                        new UnauthorisedException(ErrorCode.UNAUTHORISED, "m"),
                        401,
                        "invalid_request_error",
                        null,
                        "invalid_api_key"),
                error(
                        new ForbiddenException(ErrorCode.FORBIDDEN, "model", "m"),
                        403,
                        "invalid_request_error",
                        "model",
                        "permission_denied"),
                error(
                        new BusyException(ErrorCode.QUEUE_FULL, "m", Duration.ofSeconds(2)),
                        429,
                        "requests",
                        null,
                        "rate_limit_exceeded"),
                error(
                        new ModelUnavailableException(ErrorCode.MODEL_FAILED, "m"),
                        503,
                        "server_error",
                        null,
                        "service_unavailable"),
                error(new GenerationTimeoutException(ErrorCode.TIMEOUT, "m"), 504, "server_error", null, "timeout"),
                error(new EngineException(ErrorCode.ENGINE_FAILURE, "m"), 500, "server_error", null, "server_error"));
    }

    @ParameterizedTest(name = "{1} {4}")
    @MethodSource("errors")
    @DisplayName("has a type, a code, and the field to blame")
    void formats(HyperionException error, int status, String type, String param, String code) {
        JsonObject told = OpenAiErrors.FORMAT.format(error, status).getJsonObject("error");

        assertThat(told.getString("message")).isEqualTo(error.getMessage());
        assertThat(told.getString("type")).isEqualTo(type);
        assertThat(told.getString("param", null)).isEqualTo(param);
        assertThat(told.getString("code")).isEqualTo(code);
    }

    @Test
    @DisplayName("blames the field that the prompt is in when that is too long")
    void prompt() {
        ContextExceededException error = new ContextExceededException(ErrorCode.CONTEXT_EXCEEDED, "m");

        assertThat(OpenAiErrors.ofPrompt("input")
                        .format(error, 400)
                        .getJsonObject("error")
                        .getString("param"))
                .isEqualTo("input");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "v1,true",
        "v1/nope,true",
        "openai/v1/models/x,true",
        "v10,false",
        "v1/rerank,false",
        "v1/reranking,false",
        "openai,false",
        "generate,false",
        "x/v1,false"
    })
    @DisplayName("is told under OpenAI's paths and no others")
    void paths(String path, boolean claimed) {
        assertThat(new OpenAiErrors().claims(path)).isEqualTo(claimed);
    }

    private static InvalidRequestException wrong(ErrorCode code, String parameter) {
        return new InvalidRequestException(code, parameter, "wrong");
    }

    private static Arguments error(HyperionException error, int status, String type, String param, String code) {
        return Arguments.of(error, status, type, param, code);
    }
}
