package io.hyperion.war.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.Completion;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import io.hyperion.api.Timings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
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
    private final PieceBuffer buffer = new PieceBuffer(1, true, signals::incrementAndGet);
    private final GenerateListener ear = buffer.listener(0);

    @Test
    @DisplayName("joins what nobody took, and gives the end after the text")
    void joins() {
        ear.onText("a");
        ear.onText("b");
        ear.onText("c");
        ear.onDone(REPLY);

        assertThat(buffer.end()).isEmpty();
        assertThat(buffer.poll()).contains(new PieceBuffer.Piece(0, new GenerateEvent.Piece("abc")));
        assertThat(buffer.poll()).contains(new PieceBuffer.Done(List.of(REPLY)));
        assertThat(buffer.end()).contains(new PieceBuffer.Done(List.of(REPLY)));
    }

    @Test
    @DisplayName("signals when something is there that was not before")
    void signals() {
        ear.onStart();
        assertThat(signals).hasValue(1);
        assertThat(buffer.poll()).isEmpty();
        ear.onText("a");
        ear.onText("b");
        assertThat(signals).hasValue(2);
        buffer.poll();
        ear.onText("c");
        assertThat(signals).hasValue(3);
        ear.onDone(REPLY);
        assertThat(signals).hasValue(4);
    }

    @Test
    @DisplayName("gives how far the model is as it was told last, and forgets it when the request starts")
    void waiting() {
        ear.onWaiting(far(0.1));
        ear.onWaiting(far(0.2));
        assertThat(signals).hasValue(2);
        assertThat(buffer.isWaiting()).isTrue();
        assertThat(buffer.hasMore()).isTrue();
        assertThat(buffer.poll()).contains(new PieceBuffer.Waiting(far(0.2)));
        assertThat(buffer.poll()).isEmpty();
        assertThat(buffer.isWaiting()).isTrue();

        ear.onWaiting(far(0.3));
        ear.onStart();
        assertThat(buffer.isWaiting()).isFalse();
        assertThat(buffer.poll()).isEmpty();
    }

    @Test
    @DisplayName("gives the end and not how far the model was when the waiting is in vain")
    void waitingInVain() {
        EngineException error = new EngineException(ErrorCode.ENGINE_FAILURE, "broken");
        ear.onWaiting(far(0.1));
        ear.onError(error);
        ear.onWaiting(far(0.2));

        assertThat(buffer.end()).contains(new PieceBuffer.Failed(error));
        assertThat(buffer.poll()).contains(new PieceBuffer.Failed(error));
        assertThat(buffer.isWaiting()).isFalse();
    }

    @Test
    @DisplayName("wakes who waits for it with how far the model is")
    void awaitsProgress() throws InterruptedException {
        ear.onWaiting(far(0.5));

        assertThat(buffer.await(Duration.ofMinutes(1))).contains(new PieceBuffer.Waiting(far(0.5)));
        assertThat(buffer.await(Duration.ofMillis(1))).isEmpty();
    }

    private static ModelProgress far(double fraction) {
        return ModelProgress.of("m", ModelState.LOADING, OptionalDouble.of(fraction));
    }

    @Test
    @DisplayName("keeps no text when only the end is wanted")
    void endOnly() {
        PieceBuffer plain = new PieceBuffer(1, false, () -> {});
        plain.listener(0).onWaiting(far(0.5));
        plain.listener(0).onText("a");
        assertThat(plain.poll()).isEmpty();
        plain.listener(0).onDone(REPLY);
        assertThat(plain.poll()).contains(new PieceBuffer.Done(List.of(REPLY)));
    }

    @Test
    @DisplayName("gives an error as the end")
    void fails() {
        EngineException error = new EngineException(ErrorCode.ENGINE_FAILURE, "broken");
        ear.onText("a");
        ear.onError(error);

        assertThat(buffer.poll()).contains(new PieceBuffer.Piece(0, new GenerateEvent.Piece("a")));
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
        ear.onText("a");

        assertThat(waiting.get(10, TimeUnit.SECONDS)).contains(new PieceBuffer.Piece(0, new GenerateEvent.Piece("a")));
        taker.join();
    }

    @Test
    @DisplayName("cancels the generation, even one that is attached later")
    void cancels() {
        AtomicInteger cancelled = new AtomicInteger();
        buffer.cancel();
        buffer.attach(0, cancelled::incrementAndGet);
        assertThat(cancelled).hasValue(1);
        buffer.cancel();
        assertThat(cancelled).hasValue(2);
    }

    @Test
    @DisplayName("ends when all generations of a call have, and tells their pieces apart")
    void several() {
        PieceBuffer two = new PieceBuffer(2, true, () -> {});
        two.listener(1).onText("b");
        two.listener(1).onDone(REPLY);
        assertThat(two.poll()).contains(new PieceBuffer.Piece(1, new GenerateEvent.Piece("b")));
        assertThat(two.poll()).isEmpty();
        two.listener(0).onDone(REPLY);
        assertThat(two.poll()).contains(new PieceBuffer.Done(List.of(REPLY, REPLY)));
    }

    @Test
    @DisplayName("fails as a whole when one generation of a call does, and cancels the others")
    void failsTogether() {
        EngineException error = new EngineException(ErrorCode.ENGINE_FAILURE, "broken");
        AtomicInteger cancelled = new AtomicInteger();
        PieceBuffer two = new PieceBuffer(2, true, () -> {});
        two.attach(0, cancelled::incrementAndGet);
        two.listener(1).onError(error);
        two.listener(0).onText("late");
        two.listener(0).onDone(REPLY);

        assertThat(cancelled).hasValue(1);
        assertThat(two.poll()).contains(new PieceBuffer.Failed(error));
    }

    @Test
    @DisplayName("joins the arguments of a tool call, and keeps them apart from the text")
    void toolCalls() {
        ear.onToolCall(new GenerateEvent.ToolCallPiece(0, 0, "c", "add", "{\"a\""));
        ear.onText("text");
        ear.onToolCall(new GenerateEvent.ToolCallPiece(0, 0, "c", "add", ":1}"));

        assertThat(buffer.poll())
                .contains(new PieceBuffer.Piece(0, new GenerateEvent.ToolCallPiece(0, 0, "c", "add", "{\"a\":1}")));
        assertThat(buffer.poll()).contains(new PieceBuffer.Piece(0, new GenerateEvent.Piece("text")));
    }
}
