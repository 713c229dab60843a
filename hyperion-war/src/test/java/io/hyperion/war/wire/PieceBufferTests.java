package io.hyperion.war.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.Completion;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Timings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A piece buffer")
class PieceBufferTests {
    private static final GenerateReply REPLY = new GenerateReply(
            "m",
            "p",
            1,
            0,
            0,
            List.of(new Completion("abc", 3, FinishReason.STOP, Optional.empty(), false, List.of())),
            new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO));

    private final AtomicInteger signals = new AtomicInteger();
    private final PieceBuffer buffer = new PieceBuffer(true, signals::incrementAndGet);

    @Test
    @DisplayName("joins what nobody took, and gives the end after the text")
    void joins() {
        buffer.onText("a");
        buffer.onText("b");
        buffer.onText("c");
        buffer.onDone(REPLY);

        assertThat(buffer.end()).isEmpty();
        assertThat(buffer.poll()).contains(new PieceBuffer.Piece(new GenerateEvent.Piece("abc")));
        assertThat(buffer.poll()).contains(new PieceBuffer.Done(REPLY));
        assertThat(buffer.end()).contains(new PieceBuffer.Done(REPLY));
    }

    @Test
    @DisplayName("signals when something is there that was not before")
    void signals() {
        buffer.onStart();
        assertThat(signals).hasValue(1);
        assertThat(buffer.poll()).isEmpty();
        buffer.onText("a");
        buffer.onText("b");
        assertThat(signals).hasValue(2);
        buffer.poll();
        buffer.onText("c");
        assertThat(signals).hasValue(3);
        buffer.onDone(REPLY);
        assertThat(signals).hasValue(4);
    }

    @Test
    @DisplayName("keeps no text when only the end is wanted")
    void endOnly() {
        PieceBuffer plain = new PieceBuffer(false, () -> {});
        plain.onText("a");
        assertThat(plain.poll()).isEmpty();
        plain.onDone(REPLY);
        assertThat(plain.poll()).contains(new PieceBuffer.Done(REPLY));
    }

    @Test
    @DisplayName("gives an error as the end")
    void fails() {
        EngineException error = new EngineException(ErrorCode.ENGINE_FAILURE, "broken");
        buffer.onText("a");
        buffer.onError(error);

        assertThat(buffer.poll()).contains(new PieceBuffer.Piece(new GenerateEvent.Piece("a")));
        assertThat(buffer.poll()).contains(new PieceBuffer.Failed(error));
    }

    @Test
    @DisplayName("wakes who waits for it, and lets him go when his patience ends")
    void waits() throws Exception {
        assertThat(buffer.await(Duration.ofMillis(1))).isEmpty();
        CompletableFuture<Optional<PieceBuffer.Taken>> waiting = new CompletableFuture<>();
        Thread taker = new Thread(() -> {
            try {
                waiting.complete(buffer.await(Duration.ofMinutes(1)));
            } catch (InterruptedException e) {
                waiting.completeExceptionally(e);
            }
        });
        taker.start();
        buffer.onText("a");

        assertThat(waiting.get(10, TimeUnit.SECONDS)).contains(new PieceBuffer.Piece(new GenerateEvent.Piece("a")));
        taker.join();
    }

    @Test
    @DisplayName("cancels the generation, even one that is attached later")
    void cancels() {
        AtomicInteger cancelled = new AtomicInteger();
        buffer.cancel();
        buffer.attach(cancelled::incrementAndGet);
        assertThat(cancelled).hasValue(1);
        buffer.cancel();
        assertThat(cancelled).hasValue(2);
    }
}
