package io.hyperion.core.engine;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.Prompt;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.LoadProgress;
import io.hyperion.core.llama.Pooling;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A loop in which something is thrown that nobody expects")
@Timeout(60)
class FailingLoopTest {
    private static final TinyModel MODEL = TinyModel.llama().uint32("llama.context_length", 1024);
    private static final ModelRequest REQUEST = new ModelRequest(
            new Prompt.Raw("once upon a time"),
            GenerateParameters.builder().ignoreEos(true).maxTokens(20).build());

    @TempDir
    Path directory;

    private final CountDownLatch allAreQueued = new CountDownLatch(1);

    private boolean failsAtSteps;
    private boolean failsAtEnds;

    /** Even to log it fails, in the thread of a loop. */
    private static final class Unspeakable extends Error {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            if (Thread.currentThread().getName().startsWith("hyperion-")) {
                throw this;
            }
            return "unspeakable";
        }
    }

    private final EngineListener failing = new EngineListener() {
        @Override
        public void onStep(StepFigures step) {
            awaitAll();
            if (failsAtSteps) {
                throw new Unspeakable();
            }
        }

        @Override
        public void onEnded(RequestFigures request) {
            if (failsAtEnds) {
                throw new Unspeakable();
            }
        }
    };

    private interface Unfinished extends GenerateListener {
        @Override
        default void onText(String text) {}

        @Override
        default void onDone(GenerateReply reply) {
            throw new AssertionError("It has not failed");
        }
    }

    private void awaitAll() {
        try {
            if (!allAreQueued.await(30, SECONDS)) {
                throw new IllegalStateException("Nobody has queued them");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The Java machine itself would tell of the threads' ends, where Maven listens for the results of the tests. */
    @BeforeAll
    static void silenceThreads() {
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {});
    }

    @AfterAll
    static void hearThreads() {
        Thread.setDefaultUncaughtExceptionHandler(null);
    }

    private LoadedModelRig rig() {
        return new LoadedModelRig(MODEL, directory, 2048, 2, failing);
    }

    private static EngineException failureOf(LoadedModelRig.Result result) {
        return catchThrowableOfType(EngineException.class, () -> LoadedModelRig.await(result));
    }

    private static void awaitEnd(ServedModel model, String name) throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("hyperion-" + name)) {
                thread.join();
            }
        }
        assertThat(model.isServing()).isFalse();
    }

    @Test
    @DisplayName("tells all requests, running and waiting, of their end, whatever is thrown at the end of each")
    void allHear() throws InterruptedException {
        failsAtSteps = true;
        failsAtEnds = true;
        try (LoadedModelRig rig = rig()) {
            List<LoadedModelRig.Result> results =
                    IntStream.range(0, 5).mapToObj(i -> rig.submit(REQUEST)).toList();
            allAreQueued.countDown();
            assertThat(results)
                    .extracting(FailingLoopTest::failureOf)
                    .doesNotContainNull()
                    .extracting(HyperionException::code)
                    .containsOnly(ErrorCode.ENGINE_FAILURE);
            awaitEnd(rig.model(), "tiny");
            assertThatThrownBy(() -> rig.submit(REQUEST)).isInstanceOf(ModelUnavailableException.class);
        }
    }

    @Test
    @DisplayName("tells the others when the listener of one throws while it is told")
    void listenerThrowsAtTheEnd() throws InterruptedException {
        failsAtSteps = true;
        CompletableFuture<HyperionException> told = new CompletableFuture<>();
        try (LoadedModelRig rig = rig()) {
            rig.model().submit(REQUEST, new Unfinished() {
                @Override
                public void onError(HyperionException error) {
                    told.complete(error);
                    throw new Unspeakable();
                }
            });
            List<LoadedModelRig.Result> others =
                    IntStream.range(0, 4).mapToObj(i -> rig.submit(REQUEST)).toList();
            allAreQueued.countDown();
            assertThat(told.orTimeout(30, SECONDS).join()).isInstanceOf(EngineException.class);
            assertThat(others).extracting(FailingLoopTest::failureOf).doesNotContainNull();
            awaitEnd(rig.model(), "tiny");
        }
    }

    @Test
    @DisplayName("gives a request its reply although counting it fails, and fails the others")
    void replyIsGiven() throws InterruptedException {
        failsAtEnds = true;
        try (LoadedModelRig rig = rig()) {
            LoadedModelRig.Result first = rig.submit(REQUEST);
            ModelRequest longer = new ModelRequest(
                    REQUEST.prompt(),
                    GenerateParameters.builder().ignoreEos(true).maxTokens(500).build());
            LoadedModelRig.Result second = rig.submit(longer);
            LoadedModelRig.Result third = rig.submit(longer);
            allAreQueued.countDown();
            GenerateReply reply = LoadedModelRig.await(first);
            assertThat(reply.completionTokens()).isEqualTo(20);
            assertThat(failureOf(second)).isNotNull();
            assertThat(failureOf(third)).isNotNull();
            awaitEnd(rig.model(), "tiny");
        }
    }

    @Test
    @DisplayName("lives on when the listener of a request throws what is not even an exception or an error")
    void livesOn() {
        allAreQueued.countDown();
        try (LoadedModelRig rig = rig()) {
            CompletableFuture<HyperionException> told = new CompletableFuture<>();
            rig.model().submit(REQUEST, new Unfinished() {
                @Override
                public void onText(String text) {
                    FailingLoopTest.<RuntimeException>throwUnchecked(new IOException("not declared"));
                }

                @Override
                public void onError(HyperionException error) {
                    told.complete(error);
                }
            });
            assertThat(told.orTimeout(30, SECONDS).join())
                    .hasMessageContaining("not declared")
                    .hasRootCauseInstanceOf(IOException.class);
            assertThat(rig.generate(REQUEST).completionTokens()).isEqualTo(20);
            assertThat(rig.model().isServing()).isTrue();
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwUnchecked(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    @DisplayName("that makes vectors fails all requests as well")
    void embeddings() throws LlamaException, InterruptedException {
        failsAtSteps = true;
        failsAtEnds = true;
        EmbeddingSettings settings = new EmbeddingSettings(64, 1, 0, 4, Duration.ofMinutes(10), Pooling.MEAN, true);
        try (LlamaLibrary library = LlamaLibrary.open();
                LoadedEmbedder model = LoadedEmbedder.load(
                        library,
                        "m",
                        TinyModel.bert().write(directory.resolve("bert.gguf")),
                        settings,
                        failing,
                        LoadProgress.NONE)) {
            List<CompletableFuture<EmbeddingReply>> replies = IntStream.range(0, 5)
                    .mapToObj(i -> {
                        CompletableFuture<EmbeddingReply> reply = new CompletableFuture<>();
                        model.embed(
                                EmbeddingRequest.builder()
                                        .texts(List.of("once upon a time"))
                                        .build(),
                                System.nanoTime(),
                                reply);
                        return reply;
                    })
                    .toList();
            allAreQueued.countDown();
            for (CompletableFuture<EmbeddingReply> reply : replies) {
                assertThat(catchThrowableOfType(CompletionException.class, () -> reply.orTimeout(30, SECONDS)
                                .join()))
                        .hasCauseInstanceOf(EngineException.class);
            }
            awaitEnd(model, "m");
        }
    }
}
