package io.hyperion.war.neuroengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.BusyException;
import io.hyperion.api.Completion;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.GenerationTimeoutException;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.Timings;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Streams that are asked for piece by piece")
class PollingStreamsTests {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(5);

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final BlockingQueue<Begun> begun = new LinkedBlockingQueue<>();
    private final PollingStreams streams = streams(new PollingStreams.Limits(4, 2, LONG));

    /** The engine: tells what the test says. */
    private final HyperionClient client = (HyperionClient) Proxy.newProxyInstance(
            HyperionClient.class.getClassLoader(),
            new Class<?>[] {HyperionClient.class},
            (proxy, method, arguments) -> {
                if (((GenerateRequest) arguments[0])
                        .model()
                        .filter("nobody"::equals)
                        .isPresent()) {
                    throw new ModelNotFoundException(ErrorCode.MODEL_NOT_FOUND, "no");
                }
                Begun generation = new Begun((GenerateListener) arguments[1], new CountDownLatch(1));
                begun.add(generation);
                return (Generation) generation.cancelled::countDown;
            });

    @AfterEach
    void shutDown() {
        scheduler.shutdownNow();
    }

    @Test
    @DisplayName("give so many pieces with each call, and an empty text at the end")
    void pieces() throws InterruptedException {
        PollingStream stream = open("me", "k", "x");
        GenerateListener engine = begun.remove().listener;
        List.of("a", "b", "c", "d", "e").forEach(engine::onText);
        engine.onDone(reply());

        assertThat(stream.take(2, LONG, LONG)).isEqualTo("ab");
        assertThat(open("me", "k", "x")).isSameAs(stream);
        assertThat(stream.take(2, LONG, LONG)).isEqualTo("cd");
        assertThat(stream.take(2, LONG, LONG)).isEqualTo("e");
        assertThat(stream.isTold()).isFalse();
        assertThat(stream.take(2, LONG, LONG)).isEmpty();
        assertThat(stream.isTold()).isTrue();
        assertThat(begun).isEmpty();
    }

    @Test
    @DisplayName("begin anew under the same key after the end was told")
    void anew() {
        PollingStream stream = open("me", "k", "x");

        streams.remove("me", "k", stream);

        assertThat(open("me", "k", "y")).isNotSameAs(stream);
        assertThat(begun).hasSize(2);
    }

    @Test
    @DisplayName("give what there is rather than wait long for more, and never nothing before the end")
    void lingers() throws InterruptedException {
        PollingStream stream = open("me", "k", "x");
        GenerateListener engine = begun.remove().listener;

        assertThatThrownBy(() -> stream.take(2, SHORT, SHORT)).isInstanceOf(GenerationTimeoutException.class);
        assertThat(stream.isTold()).isFalse();
        engine.onText("a");
        assertThat(stream.take(2, LONG, SHORT)).isEqualTo("a");
    }

    @Test
    @DisplayName("wait for text that is to come")
    void waits() throws InterruptedException {
        PollingStream stream = open("me", "k", "x");
        GenerateListener engine = begun.remove().listener;

        CompletableFuture<String> text = taking(stream, 2);
        engine.onText("a");
        engine.onText("b");

        assertThat(text.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo("ab");
    }

    @Test
    @DisplayName("give the text that came before a failure, and then the failure")
    void failure() throws InterruptedException {
        PollingStream stream = open("me", "k", "x");
        GenerateListener engine = begun.remove().listener;
        engine.onText("a");
        engine.onError(new EngineException(ErrorCode.ENGINE_FAILURE, "broken"));

        assertThat(stream.take(5, LONG, LONG)).isEqualTo("a");
        assertThatThrownBy(() -> stream.take(5, LONG, LONG)).hasMessage("broken");
        assertThat(stream.isTold()).isTrue();
    }

    @Test
    @DisplayName("are asked for by one call at a time")
    void oneAtATime() throws Exception {
        PollingStream stream = open("me", "k", "x");
        CompletableFuture<String> first = taking(stream, 1);
        // The first call is inside when it is not idle any more.
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!stream.idle().isZero() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }

        assertThatThrownBy(() -> stream.take(1, LONG, LONG)).isInstanceOf(BusyException.class);
        begun.remove().listener.onText("a");
        assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo("a");
    }

    @Test
    @DisplayName("are those of who has opened them: the same key of another is another")
    void owners() {
        assertThat(open("me", "k", "x")).isNotSameAs(open("you", "k", "x"));
        assertThat(begun).hasSize(2);
    }

    @Test
    @DisplayName("are not mixed up with another message or model under the same key")
    void anotherMessage() {
        open("me", "k", "x");

        InvalidRequestException error = catchThrowableOfType(InvalidRequestException.class, () -> open("me", "k", "y"));
        assertThat(error.code()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(error.parameter()).contains("streamkey");
        assertThat(error.getMessage()).doesNotContain("'k'");
        assertThat(begun).hasSize(1);
    }

    @Test
    @DisplayName("are not many, of one and of all; what has ended makes room")
    void limits() {
        open("a", "1", "x");
        open("a", "2", "x");
        assertThatThrownBy(() -> open("a", "3", "x")).isInstanceOf(BusyException.class);
        open("b", "1", "x");
        open("b", "2", "x");
        assertThatThrownBy(() -> open("c", "1", "x")).isInstanceOf(BusyException.class);

        begun.remove().listener.onDone(reply());
        open("c", "1", "x");
        assertThat(streams.size()).isEqualTo(4);
        assertThat(begun).hasSize(4);
    }

    @Test
    @DisplayName("leave nothing behind when they are refused")
    void refused() {
        assertThatThrownBy(() -> streams.of("me", "k", request("nobody", "x"), client))
                .isInstanceOf(ModelNotFoundException.class);

        assertThat(streams.size()).isZero();
    }

    @Test
    @DisplayName("end when nobody asks for them")
    void idle() throws InterruptedException {
        PollingStreams impatient = streams(new PollingStreams.Limits(4, 4, Duration.ofMillis(20)));

        impatient.of("me", "k", request("tiny", "x"), client);

        assertThat(begun.remove().cancelled.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(impatient.size()).isZero();
    }

    @Test
    @DisplayName("are kept as long as somebody waits for them, however long that is")
    void notIdle() throws Exception {
        PollingStreams impatient = streams(new PollingStreams.Limits(4, 4, Duration.ofMillis(20)));
        PollingStream stream = impatient.of("me", "k", request("tiny", "x"), client);
        CompletableFuture<String> text = taking(stream, 1);
        Begun generation = begun.remove();

        assertThat(generation.cancelled.await(200, TimeUnit.MILLISECONDS)).isFalse();
        generation.listener.onText("a");
        assertThat(text.get(30, TimeUnit.SECONDS)).isEqualTo("a");
        assertThat(generation.cancelled.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @DisplayName("end with the server, and none begins any more")
    void close() {
        open("me", "k", "x");

        streams.close();

        assertThat(begun.remove().cancelled.getCount()).isZero();
        assertThat(streams.size()).isZero();
        assertThatThrownBy(() -> open("me", "k", "x")).isInstanceOf(ModelUnavailableException.class);
    }

    private PollingStreams streams(PollingStreams.Limits limits) {
        return new PollingStreams(scheduler, limits);
    }

    private PollingStream open(String owner, String key, String message) {
        return streams.of(owner, key, request("tiny", message), client);
    }

    private static GenerateRequest request(String model, String message) {
        return GenerateRequest.builder().model(model).user(message).build();
    }

    private static CompletableFuture<String> taking(PollingStream stream, int count) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return stream.take(count, LONG, LONG);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static GenerateReply reply() {
        return new GenerateReply(
                "tiny",
                "",
                1,
                0,
                0,
                List.of(new Completion("", 1, FinishReason.STOP, Optional.empty(), false, List.of())),
                new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO));
    }

    private record Begun(GenerateListener listener, CountDownLatch cancelled) {}
}
