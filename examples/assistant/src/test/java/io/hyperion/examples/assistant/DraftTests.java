package io.hyperion.examples.assistant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.BusyException;
import io.hyperion.api.Completion;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Timings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A draft")
class DraftTests {
    private final AtomicInteger cancels = new AtomicInteger();
    private final Draft draft = new Draft(Duration.ofMillis(20));

    @BeforeEach
    void begin() {
        draft.begin(cancels::incrementAndGet);
    }

    @Test
    @DisplayName("that is refused before it has begun is an error and no stream")
    void refused() {
        BusyException busy = new BusyException(ErrorCode.QUEUE_FULL, "Full", Duration.ofSeconds(1));
        draft.onError(busy);

        assertThatThrownBy(draft::awaitBegin).isSameAs(busy);
    }

    @Test
    @DisplayName("that fails later ends with the error, behind the words that came before")
    void failed() throws InterruptedException {
        draft.onStart();
        draft.awaitBegin();
        draft.onText("Hello");
        draft.onError(new EngineException(ErrorCode.ENGINE_FAILURE, "Out of luck"));

        assertThat(written())
                .startsWith("event: token\ndata: {\"text\":\"Hello\"}\n\nevent: error\ndata: {")
                .contains("Out of luck", "HYP-9001")
                .endsWith("}\n\n");
    }

    @Test
    @DisplayName("is written with what came meanwhile as one piece, and no line break within it")
    void joined() throws InterruptedException {
        draft.onStart();
        draft.onText("One\n");
        draft.onText("\ntwo");
        draft.onDone(reply());
        draft.awaitBegin();

        assertThat(written())
                .startsWith("event: token\ndata: {\"text\":\"One\\n\\ntwo\"}\n\nevent: done\ndata: {")
                .contains("\"model\":\"m\"", "\"finishReason\":\"stop\"", "\"tokens\":3");
    }

    @Test
    @DisplayName("that nobody reads any more is cancelled")
    void gone() throws InterruptedException {
        draft.onStart();
        draft.awaitBegin();
        draft.onText("Hello");
        draft.writeTo(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("gone");
            }
        });

        assertThat(cancels).hasPositiveValue();
    }

    @Test
    @DisplayName("that is silent for long shows that it is still there, and goes on")
    void silent() throws InterruptedException, ExecutionException, TimeoutException {
        LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
        OutputStream out = new OutputStream() {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes) {
                events.add(new String(bytes, StandardCharsets.UTF_8));
            }
        };
        draft.onStart();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> draft.writeTo(out));

        assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo(":\n\n");
        draft.onDone(reply());
        writer.get(10, TimeUnit.SECONDS);
        assertThat(events).last().asString().startsWith("event: done");
    }

    @Test
    @DisplayName("that waits for the model when the server ends is cancelled")
    void interrupted() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(draft::awaitBegin).isInstanceOf(InterruptedException.class);
        assertThat(cancels).hasValue(1);
    }

    private String written() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        draft.writeTo(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static GenerateReply reply() {
        Completion completion = new Completion("", 3, FinishReason.STOP, Optional.empty(), false, List.of());
        Timings none = new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO);
        return new GenerateReply("m", "", 10, 0, 0, List.of(completion), none);
    }
}
