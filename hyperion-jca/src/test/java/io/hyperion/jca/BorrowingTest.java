package io.hyperion.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.BusyException;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.GenerationTimeoutException;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import jakarta.resource.ResourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A request to a pool")
@Timeout(60)
class BorrowingTest {
    private static final GenerateRequest HELLO =
            GenerateRequest.builder().user("Hello").temperature(0).maxTokens(4).build();

    private static final GenerateRequest LONG = GenerateRequest.builder()
            .user("Hello")
            .parameters(
                    GenerateParameters.builder().maxTokens(400).ignoreEos(true).build())
            .build();

    private final HyperionResourceAdapter adapter = new HyperionResourceAdapter();

    @AfterEach
    void stop() {
        adapter.stop();
    }

    private HyperionConnectionFactory one(TestPool pool) throws ResourceException {
        return one(pool, 256);
    }

    private HyperionConnectionFactory one(TestPool pool, int queueCapacity) throws ResourceException {
        HyperionManagedConnectionFactory factory = Factories.demo(adapter);
        factory.setSlots(1);
        factory.setQueueCapacity(queueCapacity);
        return (HyperionConnectionFactory) factory.createConnectionFactory(pool);
    }

    private static Consumer<HyperionException> code(ErrorCode code) {
        return e -> assertThat(e.code()).isEqualTo(code);
    }

    @Test
    @DisplayName("is told busy when the pool's own time to wait is over, whatever words the server has for that")
    void exhausted() throws ResourceException {
        TestPool pool = new TestPool(1, Duration.ofMillis(30));
        HyperionConnectionFactory connections = one(pool);
        try (HyperionConnection held = connections.getConnection()) {
            assertThat(held.slot()).isZero();
            assertThatThrownBy(() -> connections.client().generate(HELLO))
                    .isInstanceOfSatisfying(BusyException.class, code(ErrorCode.POOL_EXHAUSTED)::accept)
                    .isInstanceOfSatisfying(
                            BusyException.class, e -> assertThat(e.retryAfter()).isPresent())
                    .hasMessageContaining("HYPRA-1050");
        }
        assertThat(connections.client().generate(HELLO).text()).isNotEmpty();
    }

    @Test
    @DisplayName("waits for a connection and has it when it comes back, and its waiting counts as time in the queue")
    void waits() throws Exception {
        TestPool pool = new TestPool(1, Duration.ofSeconds(20));
        HyperionConnectionFactory connections = one(pool);
        HyperionConnection held = connections.getConnection();
        CompletableFuture<GenerateReply> reply =
                connections.client().generateAsync(HELLO).toCompletableFuture();
        pool.awaitWaiting(1);
        long begin = System.nanoTime();
        assertThat(reply).isNotDone();
        Duration atLeast = Duration.ofNanos(System.nanoTime() - begin);
        held.close();
        assertThat(reply.get(20, TimeUnit.SECONDS).timings().queue()).isGreaterThanOrEqualTo(atLeast);
        assertThat(pool.used()).isZero();
    }

    @Test
    @DisplayName("is refused at once when more than the queue's capacity wait")
    void queueFull() throws Exception {
        TestPool pool = new TestPool(1, Duration.ofSeconds(20));
        HyperionConnectionFactory connections = one(pool, 1);
        HyperionClient client = connections.client();
        HyperionConnection held = connections.getConnection();
        CompletableFuture<GenerateReply> first = client.generateAsync(HELLO).toCompletableFuture();
        CompletableFuture<GenerateReply> second = client.generateAsync(HELLO).toCompletableFuture();
        pool.awaitWaiting(2);
        assertThatThrownBy(() -> client.generate(HELLO))
                .isInstanceOfSatisfying(BusyException.class, code(ErrorCode.QUEUE_FULL)::accept)
                .hasMessageContaining("queueCapacity");
        held.close();
        assertThat(first.get(20, TimeUnit.SECONDS).text())
                .isEqualTo(second.get(20, TimeUnit.SECONDS).text());
        assertThat(client.generate(HELLO).text()).isNotEmpty();
    }

    @Test
    @DisplayName("counts no more when its end is told, so that the next is not refused for it")
    void countsNoMore() throws Exception {
        HyperionClient client = one(new TestPool(1, Duration.ofSeconds(20)), 0).client();
        CompletableFuture<GenerateReply> second = new CompletableFuture<>();
        client.stream(HELLO, new GenerateListener() {
            @Override
            public void onText(String text) {
                // The end is what counts.
            }

            @Override
            public void onDone(GenerateReply reply) {
                client.generateAsync(HELLO).whenComplete((next, error) -> {
                    if (error == null) {
                        second.complete(next);
                    } else {
                        second.completeExceptionally(error);
                    }
                });
            }

            @Override
            public void onError(HyperionException error) {
                second.completeExceptionally(error);
            }
        });
        assertThat(second.get(20, TimeUnit.SECONDS).text()).isNotEmpty();
    }

    @Test
    @DisplayName("ends at once when it is cancelled while it waits, and makes room for others")
    void cancelledWhileWaiting() throws Exception {
        TestPool pool = new TestPool(1, Duration.ofSeconds(20));
        HyperionConnectionFactory connections = one(pool);
        HyperionConnection held = connections.getConnection();
        Recorder recorder = new Recorder();
        Generation generation = connections.client().stream(HELLO, recorder);
        pool.awaitWaiting(1);
        generation.cancel();
        generation.cancel();
        assertThat(recorder.reply.get(0, TimeUnit.SECONDS).finishReason()).isEqualTo(FinishReason.CANCELLED);
        pool.awaitWaiting(0);
        held.close();
        assertThat(connections.client().generate(HELLO).text()).isNotEmpty();
        assertThat(pool.used()).isZero();
    }

    @Test
    @DisplayName("ends soon when it is cancelled while it runs, and gives its connection back")
    void cancelledWhileRunning() throws Exception {
        TestPool pool = new TestPool(1, Duration.ofSeconds(20));
        HyperionConnectionFactory connections = one(pool);
        Recorder recorder = new Recorder();
        Generation generation = connections.client().stream(LONG, recorder);
        recorder.firstPiece.await();
        assertThat(pool.used()).isEqualTo(1);
        generation.cancel();
        GenerateReply reply = recorder.reply.get(20, TimeUnit.SECONDS);
        assertThat(reply.finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(reply.completionTokens()).isLessThan(400);
        assertThat(pool.used()).isZero();
    }

    @Test
    @DisplayName("ends when its own time is over before there is a connection")
    void timesOutWhileWaiting() throws Exception {
        TestPool pool = new TestPool(1, Duration.ofSeconds(20));
        HyperionConnectionFactory connections = one(pool);
        HyperionConnection held = connections.getConnection();
        GenerateRequest impatient =
                HELLO.toBuilder().timeout(Duration.ofMillis(30)).build();
        assertThatThrownBy(() -> connections.client().generate(impatient))
                .isInstanceOf(GenerationTimeoutException.class)
                .hasMessageContaining("HYPRA-1053");
        pool.awaitWaiting(0);
        held.close();
    }

    @Test
    @DisplayName("that a listener makes and waits for is refused, since it would stop the model for all")
    void waitingListener() throws Exception {
        HyperionManagedConnectionFactory factory = Factories.demo(adapter);
        TestPool pool = new TestPool(2, Duration.ofSeconds(20));
        HyperionClient client = ((HyperionConnectionFactory) factory.createConnectionFactory(pool)).client();
        Recorder recorder = new Recorder() {
            @Override
            public void onText(String text) {
                client.generate(HELLO);
            }
        };
        client.stream(HELLO, recorder);
        assertThatThrownBy(() -> recorder.reply.get(20, TimeUnit.SECONDS))
                .hasMessageContaining("A listener cannot wait for the model that calls it");
        assertThat(pool.used()).isZero();
        assertThat(client.generate(HELLO).text()).isNotEmpty();
    }

    @Test
    @DisplayName("is told that the adapter is stopped when that happens while it waits")
    void stoppedWhileWaiting() throws Exception {
        TestPool pool = new TestPool(1, Duration.ofSeconds(20));
        HyperionConnectionFactory connections = one(pool);
        HyperionConnection held = connections.getConnection();
        Recorder recorder = new Recorder();
        connections.client().stream(HELLO, recorder);
        pool.awaitWaiting(1);
        adapter.stop();
        assertThatThrownBy(() -> recorder.reply.get(20, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(ModelUnavailableException.class, code(ErrorCode.SHUTTING_DOWN)::accept);
        held.close();
    }

    @Test
    @DisplayName("is cancelled by an interrupt of the thread that waits for its reply")
    void interrupted() throws Exception {
        TestPool pool = new TestPool(1, Duration.ofSeconds(20));
        HyperionConnectionFactory connections = one(pool);
        HyperionConnection held = connections.getConnection();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                connections.client().generate(HELLO);
                thrown.complete(new AssertionError("There was a reply"));
            } catch (HyperionException e) {
                thrown.complete(e);
            }
        });
        caller.start();
        pool.awaitWaiting(1);
        caller.interrupt();
        assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(GenerationCancelledException.class);
        pool.awaitWaiting(0);
        held.close();
    }

    @Test
    @DisplayName("is told the model's reason when that cannot be loaded, though the server keeps it to itself")
    void modelFails(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("broken.gguf");
        Files.writeString(file, "no model");
        HyperionManagedConnectionFactory factory = Factories.demo(adapter);
        factory.setModelPath(file.toString());
        HyperionClient client = ((HyperionConnectionFactory)
                        factory.createConnectionFactory(new TestPool(1, Duration.ofSeconds(20))))
                .client();
        assertThatThrownBy(() -> client.generate(HELLO))
                .isInstanceOfSatisfying(ModelUnavailableException.class, code(ErrorCode.MODEL_FAILED)::accept)
                .hasMessageContaining("GGUF");
        assertThat(client.model("demo").state()).isEqualTo(ModelState.FAILED);
        assertThat(client.model("demo").reason()).isPresent();
        copyDemo(file);
        assertThat(client.generate(HELLO).text()).isNotEmpty();
        assertThat(client.model("demo").state()).isEqualTo(ModelState.LOADED);
    }

    private static void copyDemo(Path file) throws IOException {
        Files.write(file, Files.readAllBytes(Path.of(Factories.DEMO_MODEL)));
    }

    @Test
    @DisplayName("is told busy, and both numbers, when the pool is larger than the model")
    void poolTooLarge() throws ResourceException {
        HyperionManagedConnectionFactory factory = Factories.demo(adapter);
        HyperionConnectionFactory connections =
                (HyperionConnectionFactory) factory.createConnectionFactory(new TestPool(3, Duration.ofSeconds(20)));
        HyperionConnection first = connections.getConnection();
        HyperionConnection second = connections.getConnection();
        assertThat(first.slot()).isNotEqualTo(second.slot());
        assertThatThrownBy(() -> connections.client().generate(HELLO))
                .isInstanceOfSatisfying(BusyException.class, code(ErrorCode.POOL_EXHAUSTED)::accept)
                .hasMessageContaining("all 2 slots of model 'demo'")
                .hasMessageContaining("maximum size to 2");
        assertThatThrownBy(() -> factory.createManagedConnection(null, null))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("HYPRA-1031");
        first.close();
        assertThat(connections.client().generate(HELLO).text()).isNotEmpty();
        second.close();
    }

    @Test
    @DisplayName("that the model refuses gives its connection back")
    void refused() throws ResourceException {
        TestPool pool = new TestPool(1, Duration.ofSeconds(20));
        HyperionClient client = one(pool).client();
        EmbeddingRequest embedding = EmbeddingRequest.builder().text("Hello").build();
        assertThatThrownBy(() -> client.embed(embedding))
                .isInstanceOfSatisfying(HyperionException.class, code(ErrorCode.NOT_SUPPORTED)::accept);
        assertThat(pool.used()).isZero();
        assertThat(pool.idle()).isEqualTo(1);
    }

    @Test
    @DisplayName("that a model which stopped serving fails makes the pool discard its connection")
    void modelDies() throws Exception {
        TestPool pool = new TestPool(1, Duration.ofSeconds(20));
        HyperionManagedConnectionFactory factory = Factories.demo(adapter);
        HyperionConnectionFactory connections = (HyperionConnectionFactory) factory.createConnectionFactory(pool);
        Recorder recorder = new Recorder();
        connections.client().stream(LONG, recorder);
        recorder.firstPiece.await();
        factory.pool().model().client().unload(Optional.empty());
        assertThatThrownBy(() -> recorder.reply.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(ModelUnavailableException.class);
        assertThat(pool.errors()).hasSize(1).first().isInstanceOf(ModelUnavailableException.class);
        assertThat(pool.used() + pool.idle()).isZero();
        assertThat(connections.client().generate(HELLO).text()).isNotEmpty();
    }

    /** Hears of a generation. */
    private static class Recorder implements GenerateListener {
        private final CountDownLatch firstPiece = new CountDownLatch(1);
        private final CompletableFuture<GenerateReply> reply = new CompletableFuture<>();

        @Override
        public void onText(String text) {
            firstPiece.countDown();
        }

        @Override
        public void onDone(GenerateReply whole) {
            reply.complete(whole);
        }

        @Override
        public void onError(HyperionException error) {
            reply.completeExceptionally(error);
        }
    }
}
