package io.hyperion.examples.assistant;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.BusyException;
import io.hyperion.api.ContextExceededException;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.ForbiddenException;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.GenerationTimeoutException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.UnauthorisedException;
import io.hyperion.api.UnreadableReplyException;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.ws.rs.core.Response;
import java.io.StringReader;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("An error of Hyperion")
class ProblemTests {
    static Stream<Arguments> errors() {
        return Stream.of(
                Arguments.of(new InvalidRequestException(ErrorCode.NOT_SUPPORTED, "model", "No text"), 400),
                Arguments.of(new ContextExceededException(ErrorCode.CONTEXT_EXCEEDED, "Too long"), 400),
                Arguments.of(new UnauthorisedException(ErrorCode.UNAUTHORISED, "Who?"), 401),
                Arguments.of(new ForbiddenException(ErrorCode.FORBIDDEN, "model", "No"), 403),
                Arguments.of(new ModelNotFoundException(ErrorCode.MODEL_NOT_FOUND, "None"), 404),
                Arguments.of(new BusyException(ErrorCode.QUEUE_FULL, "Full", Duration.ofMillis(1)), 429),
                Arguments.of(new ModelUnavailableException(ErrorCode.NOT_DEPLOYED, "Not here"), 503),
                Arguments.of(new GenerationCancelledException(ErrorCode.CANCELLED, "Cancelled"), 503),
                Arguments.of(new GenerationTimeoutException(ErrorCode.TIMEOUT, "Over"), 504),
                Arguments.of(new UnreadableReplyException(ErrorCode.INCOMPLETE_REPLY, "Cut", "{"), 500),
                Arguments.of(new EngineException(ErrorCode.ENGINE_FAILURE, "Failed"), 500));
    }

    @ParameterizedTest(name = "{1}: {0}")
    @MethodSource("errors")
    @DisplayName("keeps its words and its code, and gets a status of its kind")
    void told(HyperionException error, int status) {
        try (Response response = new HyperionErrors().toResponse(error)) {
            JsonObject problem = json(response);

            assertThat(response.getStatus()).isEqualTo(status);
            assertThat(response.getMediaType()).hasToString("application/problem+json");
            assertThat(problem.getInt("status")).isEqualTo(status);
            assertThat(problem.getString("title")).isNotBlank();
            assertThat(problem.getString("detail")).isEqualTo(error.getMessage());
            assertThat(problem.getString("code")).isEqualTo(error.code().code());
            assertThat(problem).doesNotContainKey("errors");
        }
    }

    @Test
    @DisplayName("that time will mend tells when to come back, in whole seconds and never at once")
    void retryAfter() {
        assertThat(retryAfter(new BusyException(ErrorCode.QUEUE_FULL, "Full", Duration.ofMillis(1))))
                .isEqualTo("1");
        assertThat(retryAfter(new BusyException(ErrorCode.QUEUE_FULL, "Full", Duration.ofMillis(2001))))
                .isEqualTo("3");
        assertThat(retryAfter(new ModelUnavailableException(ErrorCode.NOT_DEPLOYED, "Not here")))
                .isNull();
    }

    @Test
    @DisplayName("that blames the template is told at that field")
    void template() {
        try (Response response = new HyperionErrors()
                .toResponse(new InvalidRequestException(ErrorCode.UNSUPPORTED_TEMPLATE, "template", "Unknown"))) {
            JsonObject error = json(response).getJsonArray("errors").getJsonObject(0);

            assertThat(error.getString("field")).isEqualTo("template");
            assertThat(error.getString("message")).isEqualTo("Unknown");
        }
    }

    private static String retryAfter(HyperionException error) {
        try (Response response = new HyperionErrors().toResponse(error)) {
            return response.getHeaderString("Retry-After");
        }
    }

    private static JsonObject json(Response response) {
        return Json.createReader(new StringReader((String) response.getEntity()))
                .readObject();
    }
}
