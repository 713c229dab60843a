package io.hyperion.war.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.BusyException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import io.hyperion.war.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A stream of how far something is")
class ProgressStreamTests {
    private static final String HALF =
            "event: progress\ndata: {\"model\":\"m\",\"state\":\"loading\",\"fraction\":0.5,\"bytes\":0,\"bytes_per_second\":0}\n\n";

    private final CompletableFuture<String> result = new CompletableFuture<>();
    private final ProgressStream<String> stream =
            new ProgressStream<>(value -> Json.object().add("name", value).build());

    @Test
    @DisplayName("tells the latest of what was heard, and then the result")
    void latest() {
        stream.follow(result);
        stream.accept(far(0.25));
        stream.accept(far(0.5));
        result.complete("m");

        assertThat(written()).isEqualTo(HALF + "event: done\ndata: {\"name\":\"m\"}\n\n");
        assertThat(stream.refusal()).isEmpty();
    }

    @Test
    @DisplayName("goes on while there is something to tell")
    void goesOn() throws IOException {
        stream.follow(result);
        stream.accept(far(0.25));
        StringBuilder seen = new StringBuilder();
        stream.write(new OutputStream() {
            private int events;

            @Override
            public void write(int b) {
                throw new AssertionError("Events are written whole");
            }

            @Override
            public void write(byte[] bytes) {
                seen.append(new String(bytes, StandardCharsets.UTF_8));
                if (++events == 1) {
                    stream.accept(far(0.5));
                } else if (events == 2) {
                    result.complete("m");
                }
            }
        });

        assertThat(seen.toString().split("\n\n")).hasSize(3);
        assertThat(seen).contains("0.25").contains(HALF).endsWith("event: done\ndata: {\"name\":\"m\"}\n\n");
    }

    @Test
    @DisplayName("tells why there is no result, and knows it before it begins if that is so")
    void failed() {
        BusyException busy = new BusyException(ErrorCode.NO_ROOM, "full", Duration.ofSeconds(2));
        result.completeExceptionally(busy);
        stream.follow(result.thenApply(value -> value));

        assertThat(stream.refusal()).containsSame(busy);
        assertThat(written())
                .isEqualTo(
                        "event: error\ndata: {\"success\":\"false\",\"error\":{\"code\":\"HYP-5004\",\"message\":\"full\"}}\n\n");
    }

    @Test
    @DisplayName("keeps what nobody can mend to the log")
    void broken() {
        result.completeExceptionally(new IllegalStateException("secret"));
        stream.follow(result);

        assertThat(written()).contains("HYP-9001").doesNotContain("secret");
    }

    @Test
    @DisplayName("ends the waiting when its reader has gone, which is no failure")
    void gone() {
        stream.follow(result);
        stream.accept(far(0.5));
        stream.write(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("gone");
            }
        });

        assertThat(result).isCancelled();
        assertThat(stream.refusal().map(HyperionException::code)).contains(ErrorCode.CANCELLED);
    }

    private String written() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        stream.write(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static ModelProgress far(double fraction) {
        return ModelProgress.of("m", ModelState.LOADING, OptionalDouble.of(fraction));
    }
}
