package io.hyperion.core.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.RequestOutcome;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.model.HyperionConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A model that is loaded and unloaded when asked")
@Timeout(60)
class LoadingTest {
    private static final Optional<String> TEXT = Optional.of("text");
    private static final Optional<String> VECTORS = Optional.of("vectors");
    private static final List<Optional<String>> BOTH = List.of(TEXT, VECTORS);

    private Path textFile;
    private InProcessClient client;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        textFile = TinyModel.llama().uint32("llama.context_length", 2048).write(directory.resolve("text.gguf"));
        Path vectorFile = TinyModel.bert().write(directory.resolve("vectors.gguf"));
        client = InProcessClient.open(HyperionConfiguration.of(Map.of(
                "hyperion.models.text.path", textFile.toString(),
                "hyperion.models.text.slots", "1",
                "hyperion.models.vectors.path", vectorFile.toString())));
    }

    @AfterEach
    void close() {
        client.close();
    }

    private static GenerateRequest brief() {
        return GenerateRequest.builder()
                .model("text")
                .prompt("abc")
                .temperature(0)
                .maxTokens(3)
                .build();
    }

    /** Goes on for far longer than a test may. */
    private static GenerateRequest endless() {
        return brief().toBuilder()
                .parameters(GenerateParameters.builder()
                        .ignoreEos(true)
                        .contextShift(true)
                        .maxTokens(100_000_000)
                        .build())
                .build();
    }

    private static EmbeddingRequest text() {
        return EmbeddingRequest.builder().model("vectors").text("once").build();
    }

    private ModelState state(Optional<String> model) {
        return client.model(model.orElseThrow()).state();
    }

    private static ErrorCode codeOf(Throwable error) {
        return ((HyperionException) error).code();
    }

    @Test
    @DisplayName(
            "is loaded when that returns, serves, is gone when it is unloaded, and comes back with the next request")
    void rounds() {
        GenerateReply first = client.generate(brief());
        float[] vector = client.embed(text()).embeddings().get(0).vector();
        for (int i = 0; i < 3; i++) {
            for (Optional<String> model : BOTH) {
                client.load(model);
                client.load(model);
                assertThat(client.isServing(model)).isTrue();
                assertThat(state(model)).isEqualTo(ModelState.LOADED);
                client.unload(model);
                client.unload(model);
                assertThat(client.isServing(model)).isFalse();
                assertThat(state(model)).isEqualTo(ModelState.READY);
            }
            assertThat(client.generate(brief()).text()).isEqualTo(first.text());
            assertThat(client.embed(text()).embeddings().get(0).vector()).isEqualTo(vector);
        }
    }

    @Test
    @DisplayName("keeps its figures when it is unloaded")
    void figures() {
        client.generate(brief());
        client.embed(text());
        // The loop counts a request when it has told its end.
        while (client.figures("vectors").endedRequests() == 0) {
            Thread.onSpinWait();
        }
        for (Optional<String> model : BOTH) {
            ModelFigures before = client.figures(model.orElseThrow());
            client.unload(model);
            assertThat(client.figures(model.orElseThrow())).isEqualTo(before.past());
        }
        client.generate(brief());
        assertThat(client.figures("text").requests()).containsEntry(RequestOutcome.LENGTH, 2L);
    }

    @Test
    @DisplayName("ends what is under way and what waits when it is unloaded, and serves at once who then tries again")
    void endsRequests() throws Exception {
        RecordingListener running = new RecordingListener();
        CompletableFuture<GenerateReply> again = new CompletableFuture<>();
        RecordingListener persistent = new RecordingListener() {
            @Override
            public void onError(HyperionException error) {
                super.onError(error);
                client.generateAsync(brief()).whenComplete((reply, failure) -> again.complete(reply));
            }
        };
        client.stream(endless(), running);
        assertThat(running.firstPiece.await(30, SECONDS)).isTrue();
        client.stream(endless(), persistent);
        client.unload(TEXT);
        for (RecordingListener listener : List.of(running, persistent)) {
            assertThatThrownBy(() -> listener.reply.get(30, SECONDS))
                    .cause()
                    .isInstanceOf(ModelUnavailableException.class)
                    .extracting(LoadingTest::codeOf)
                    .isEqualTo(ErrorCode.SHUTTING_DOWN);
        }
        assertThat(again.get(30, SECONDS).completionTokens()).isEqualTo(3);
    }

    @Test
    @DisplayName("ends what waits for it to be loaded when it is unloaded meanwhile")
    void unloadWhileLoading() {
        List<CompletableFuture<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(client.generateAsync(endless()).toCompletableFuture());
            waiting.add(client.embedAsync(text()).toCompletableFuture());
            BOTH.forEach(client::unload);
            assertThat(client.isServing(TEXT)).isFalse();
            assertThat(client.isServing(VECTORS)).isFalse();
        }
        // The vectors may have been made before.
        assertThat(waiting).allSatisfy(request -> assertThat(request).isDone());
        for (int i = 0; i < waiting.size(); i += 2) {
            assertThatThrownBy(waiting.get(i)::join)
                    .cause()
                    .extracting(LoadingTest::codeOf)
                    .isEqualTo(ErrorCode.SHUTTING_DOWN);
        }
    }

    @Test
    @DisplayName("reads its file again when it is loaded after that has changed, even into one of the other kind")
    void changedFile(@TempDir Path directory) throws IOException {
        client.load(TEXT);
        byte[] sound = Files.readAllBytes(textFile);
        // A file of its own, and not these very bytes, which are mapped.
        Path garbage = Files.writeString(directory.resolve("garbage"), "not a model at all");
        Files.move(garbage, textFile, StandardCopyOption.REPLACE_EXISTING);
        assertThat(client.generate(brief()).completionTokens()).isEqualTo(3);

        client.unload(TEXT);
        assertThat(state(TEXT)).isEqualTo(ModelState.FAILED);
        assertThatThrownBy(() -> client.load(TEXT))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("text.gguf: at offset 0")
                .extracting(LoadingTest::codeOf)
                .isEqualTo(ErrorCode.MODEL_FAILED);

        Files.write(textFile, sound);
        client.load(TEXT);
        client.unload(TEXT);
        Path bert = TinyModel.bert().write(directory.resolve("bert.gguf"));
        Files.move(bert, textFile, StandardCopyOption.REPLACE_EXISTING);
        client.load(TEXT);
        assertThat(client.embed(EmbeddingRequest.builder()
                                .model("text")
                                .text("once")
                                .build())
                        .embeddings())
                .hasSize(1);
        assertThatThrownBy(() -> client.generate(brief())).hasMessageContaining("does not generate text");
    }

    @Test
    @DisplayName("goes on to load when the thread that waits for it is interrupted, and ends that thread's waiting")
    void interrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> client.load(TEXT)).isInstanceOf(GenerationCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
        client.load(TEXT);
        Thread.currentThread().interrupt();
        client.unload(TEXT);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(state(TEXT)).isEqualTo(ModelState.READY);
    }

    @Test
    @DisplayName("is no worse for an interrupt of the thread that reads its file")
    void interruptedReader() throws IOException {
        Thread.currentThread().interrupt();
        try (InProcessClient other = InProcessClient.open(textFile)) {
            assertThat(Thread.interrupted()).isTrue();
            assertThat(other.model("default").state()).isEqualTo(ModelState.READY);
        }
    }

    @Test
    @DisplayName("cannot be waited for by its own listener, and tells so instead of waiting for ever")
    void ownListener() {
        for (Runnable waiting :
                List.<Runnable>of(() -> client.unload(TEXT), () -> client.close(), () -> client.generate(brief()))) {
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            RecordingListener listener = new RecordingListener() {
                @Override
                public void onText(String piece) {
                    try {
                        waiting.run();
                        thrown.complete(new AssertionError("It returned"));
                    } catch (IllegalStateException e) {
                        thrown.complete(e);
                    }
                }
            };
            client.stream(brief(), listener);
            assertThat(thrown.join()).hasMessageContaining("A listener cannot wait for the model that calls it");
            assertThat(listener.reply.join().completionTokens()).isEqualTo(3);
        }
        assertThat(client.generate(brief()).completionTokens()).isEqualTo(3);
    }

    @Test
    @DisplayName("is not loaded any more once the client is closed, and unloading it then does nothing")
    void closed() {
        client.load(TEXT);
        client.close();
        assertThat(client.isServing(TEXT)).isFalse();
        HyperionException error = catchThrowableOfType(HyperionException.class, () -> client.load(TEXT));
        assertThat(error.code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
        client.unload(TEXT);
        assertThatThrownBy(() -> client.load(Optional.of("other"))).isInstanceOf(ModelNotFoundException.class);
    }

    @Test
    @DisplayName("serves or refuses each of many threads' requests while others load, unload and at last close it")
    void manyThreads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            CountDownLatch served = new CountDownLatch(300);
            List<Future<Void>> ends = new ArrayList<>();
            for (int seed = 0; seed < 8; seed++) {
                Random random = new Random(seed);
                ends.add(threads.submit(() -> {
                    while (use(random)) {
                        served.countDown();
                    }
                    return null;
                }));
            }
            assertThat(served.await(30, SECONDS)).isTrue();
            client.close();
            for (Future<Void> end : ends) {
                end.get(30, SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        for (Optional<String> model : BOTH) {
            assertThat(client.isServing(model)).isFalse();
            assertThat(state(model)).isEqualTo(ModelState.READY);
            assertThat(client.figures(model.orElseThrow()).endedRequests()).isPositive();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().matches("hyperion-(text|vectors|load-.*)"));
    }

    /** {@return false once the client is closed} */
    private boolean use(Random random) {
        Optional<String> model = BOTH.get(random.nextInt(2));
        long ended = client.figures(model.orElseThrow()).endedRequests();
        try {
            switch (random.nextInt(6)) {
                case 0 -> client.unload(model);
                case 1 -> client.load(model);
                case 2 ->
                    assertThat(client.tokenize(new TokenizeRequest(TEXT, "abc", false, true))
                                    .tokens())
                            .isNotEmpty();
                case 3 -> assertThat(client.embed(text()).embeddings()).hasSize(1);
                default ->
                    assertThat(client.generate(brief()).completionTokens()).isEqualTo(3);
            }
        } catch (ModelUnavailableException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
        }
        assertThat(client.figures(model.orElseThrow()).endedRequests()).isGreaterThanOrEqualTo(ended);
        try {
            client.properties(model);
            return true;
        } catch (ModelUnavailableException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
            return false;
        }
    }
}
