package io.hyperion.core.engine;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.hyperion.api.BusyException;
import io.hyperion.api.ContextExceededException;
import io.hyperion.api.Embedding;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerationTimeoutException;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.RerankReply;
import io.hyperion.api.RerankRequest;
import io.hyperion.core.gguf.GgufFile;
import io.hyperion.core.gguf.ModelFileValidator;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.LoadProgress;
import io.hyperion.core.llama.Pooling;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A loaded model that makes vectors")
@Timeout(60)
class LoadedEmbedderTest {
    private static final int WIDTH = 64;
    private static final Offset<Float> NEARLY = within(1e-3f);
    private static final List<String> TEXTS = List.of(
            "The dog barks.",
            "A cat!",
            "once upon a time",
            "Zo\u00eb \u4f60 \u0001 ?",
            "q",
            "the dog and the cat and the dog and the cat and the dog");

    private static LlamaLibrary library;
    private static Path bert;
    private static Path llama;
    private static Path reranker;

    @BeforeAll
    static void open(@TempDir Path directory) throws LlamaException {
        library = LlamaLibrary.open();
        bert = TinyModel.bert().write(directory.resolve("bert.gguf"));
        llama = TinyModel.llama().write(directory.resolve("llama.gguf"));
        reranker = TinyModel.reranker().write(directory.resolve("reranker.gguf"));
    }

    @AfterAll
    static void close() {
        library.close();
    }

    private static LoadedEmbedder load(Path file, Pooling pooling, int batchSize) throws LlamaException {
        return LoadedEmbedder.load(
                library,
                "m",
                file,
                new EmbeddingSettings(batchSize, 1, 0, 4, Duration.ofMinutes(10), pooling, file != llama),
                EngineListener.NONE,
                LoadProgress.NONE);
    }

    private static CompletableFuture<EmbeddingReply> begin(LoadedEmbedder model, EmbeddingRequest request) {
        CompletableFuture<EmbeddingReply> reply = new CompletableFuture<>();
        model.embed(request, System.nanoTime(), reply);
        return reply;
    }

    private static List<Embedding> embed(LoadedEmbedder model, boolean normalize, List<String> texts) {
        return begin(
                        model,
                        EmbeddingRequest.builder()
                                .texts(texts)
                                .normalize(normalize)
                                .build())
                .join()
                .embeddings();
    }

    private static double length(float[] vector) {
        double sum = 0;
        for (float value : vector) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    @Nested
    @DisplayName("gives")
    class Gives {
        @ParameterizedTest
        @EnumSource(
                value = Pooling.class,
                names = {"MEAN", "CLS", "LAST"})
        @DisplayName(
                "the same vectors for texts together as for each alone, whether they see all of a text or what came before")
        void togetherAsAlone(Pooling pooling) throws LlamaException {
            for (Path file : List.of(bert, llama)) {
                try (LoadedEmbedder model = load(file, pooling, 128)) {
                    List<Embedding> together = embed(model, false, TEXTS);
                    for (int i = 0; i < TEXTS.size(); i++) {
                        Embedding alone =
                                embed(model, false, List.of(TEXTS.get(i))).get(0);
                        assertThat(together.get(i).vector()).hasSize(WIDTH);
                        assertThat(together.get(i).vector())
                                .as("%s of %s", TEXTS.get(i), file)
                                .containsExactly(alone.vector(), NEARLY);
                        assertThat(together.get(i).tokens()).isEqualTo(alone.tokens());
                    }
                    // The first token of all texts is the same, and of one that sees only what came before so is its
                    // vector.
                    boolean same = pooling == Pooling.CLS && file == llama;
                    assertThat(Arrays.equals(
                                    together.get(0).vector(), together.get(5).vector()))
                            .isEqualTo(same);
                }
            }
        }

        @ParameterizedTest
        @EnumSource(
                value = Pooling.class,
                names = {"MEAN", "CLS", "LAST"})
        @DisplayName("by each pooling what that makes of the vectors of the tokens")
        void poolings(Pooling pooling) throws LlamaException {
            for (Path file : List.of(bert, llama)) {
                List<Embedding> tokens;
                try (LoadedEmbedder model = load(file, Pooling.NONE, 128)) {
                    tokens = embed(model, false, TEXTS);
                }
                try (LoadedEmbedder model = load(file, pooling, 128)) {
                    List<Embedding> pooled = embed(model, false, TEXTS);
                    for (int i = 0; i < TEXTS.size(); i++) {
                        float[][] each = tokens.get(i).vectors();
                        assertThat(each.length)
                                .isEqualTo(tokens.get(i).tokens())
                                .isGreaterThan(1);
                        float[] expected =
                                switch (pooling) {
                                    case CLS -> each[0];
                                    case LAST -> each[each.length - 1];
                                    default -> mean(each);
                                };
                        assertThat(pooled.get(i).vector())
                                .as("%s of %s", TEXTS.get(i), file)
                                .containsExactly(expected, NEARLY);
                    }
                }
            }
        }

        private float[] mean(float[][] vectors) {
            float[] mean = new float[vectors[0].length];
            for (float[] vector : vectors) {
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += vector[i] / vectors.length;
                }
            }
            return mean;
        }

        @ParameterizedTest
        @ValueSource(strings = {"nomic-bert", "jina-bert-v2", "sentencepiece"})
        @DisplayName("the same vectors together as alone with each kind of encoder and vocabulary")
        void kinds(String kind, @TempDir Path directory) throws Exception {
            Path file = TinyModel.encoder(kind).write(directory.resolve("model.gguf"));
            ModelFileValidator.validate(GgufFile.read(file));
            try (LoadedEmbedder model = load(file, Pooling.MEAN, 128)) {
                List<Embedding> together = embed(model, false, TEXTS);
                for (int i = 0; i < TEXTS.size(); i++) {
                    assertThat(embed(model, false, List.of(TEXTS.get(i))).get(0).vector())
                            .as(TEXTS.get(i))
                            .containsExactly(together.get(i).vector(), NEARLY);
                }
                boolean positions = !Arrays.equals(
                        embed(model, false, List.of("a b c")).get(0).vector(),
                        embed(model, false, List.of("c b a")).get(0).vector());
                assertThat(positions).isTrue();
                // Capitals are the same as small letters to all of these.
                assertThat(embed(model, false, List.of("A")).get(0).vector())
                        .containsExactly(
                                embed(model, false, List.of("a")).get(0).vector(), NEARLY);
            }
        }

        @Test
        @DisplayName("vectors of the length 1 if they are to be normalised, in the direction of those that are not")
        void normalises() throws LlamaException {
            for (Pooling pooling : List.of(Pooling.MEAN, Pooling.NONE)) {
                try (LoadedEmbedder model = load(bert, pooling, 128)) {
                    List<Embedding> raw = embed(model, false, TEXTS);
                    List<Embedding> normalised = embed(model, true, TEXTS);
                    for (int i = 0; i < TEXTS.size(); i++) {
                        for (int v = 0; v < raw.get(i).vectors().length; v++) {
                            float[] vector = raw.get(i).vectors()[v];
                            float[] unit = normalised.get(i).vectors()[v];
                            double length = length(vector);
                            assertThat(length).isNotCloseTo(1, within(0.01));
                            assertThat(length(unit)).isCloseTo(1, within(1e-5));
                            for (int k = 0; k < unit.length; k++) {
                                assertThat(unit[k]).isCloseTo((float) (vector[k] / length), NEARLY);
                            }
                        }
                    }
                }
            }
        }

        @Test
        @DisplayName("documents in the order of their scores, of each of which the others have no part")
        void reranks() throws LlamaException {
            try (LoadedEmbedder model = load(reranker, Pooling.RANK, 128)) {
                RerankReply all = rerank(model, RerankRequest.builder().documents(TEXTS));
                assertThat(all.results()).hasSize(TEXTS.size());
                assertThat(all.results())
                        .extracting(RerankReply.Result::index)
                        .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
                assertThat(all.results())
                        .extracting(RerankReply.Result::score)
                        .isSortedAccordingTo(Collections.reverseOrder())
                        .doesNotHaveDuplicates();
                for (RerankReply.Result result : all.results()) {
                    RerankReply alone = rerank(model, RerankRequest.builder().document(TEXTS.get(result.index())));
                    assertThat(alone.results().get(0).score()).isCloseTo(result.score(), NEARLY);
                }
                RerankReply best =
                        rerank(model, RerankRequest.builder().documents(TEXTS).topN(2));
                assertThat(best.results())
                        .extracting(RerankReply.Result::index)
                        .isEqualTo(all.results().subList(0, 2).stream()
                                .map(RerankReply.Result::index)
                                .toList());
                // [CLS] the dog [SEP] q [SEP]
                assertThat(rerank(model, RerankRequest.builder().document("q")).tokens())
                        .isEqualTo(6);
            }
        }

        private RerankReply rerank(LoadedEmbedder model, RerankRequest.Builder request) {
            CompletableFuture<RerankReply> reply = new CompletableFuture<>();
            model.rerank(request.query("the dog").build(), System.nanoTime(), reply);
            return reply.join();
        }
    }

    @Nested
    @DisplayName("packs")
    class Packs {
        @Test
        @DisplayName("texts into as few steps as they fit")
        void fewSteps() throws LlamaException {
            try (LoadedEmbedder model = load(bert, Pooling.MEAN, 64)) {
                // With [CLS] and [SEP], these have 3 tokens: 21 of them fill a step of 64.
                embed(model, true, Collections.nCopies(21, "q"));
                assertThat(model.figures().steps()).isEqualTo(1);
                embed(model, true, Collections.nCopies(22, "q"));
                assertThat(model.figures().steps()).isEqualTo(3);
                // Of 62 and 2, 61 and 3, 60 and 4 ...: two fill a step, if the long ones find the right short ones.
                List<String> pairs = new ArrayList<>();
                for (int i = 1; i <= 10; i++) {
                    pairs.add("q ".repeat(i));
                    pairs.add("q ".repeat(60 - i));
                }
                Collections.shuffle(pairs, new Random(7));
                embed(model, true, pairs);
                assertThat(model.figures().steps()).isEqualTo(13);
            }
        }

        @Test
        @DisplayName("no more texts into a step than there are sequences, however short")
        void manyTexts() throws LlamaException {
            try (LoadedEmbedder model = load(bert, Pooling.LAST, 2048)) {
                List<Embedding> embeddings = embed(model, true, Collections.nCopies(600, "q"));
                assertThat(model.figures().steps()).isEqualTo(3);
                assertThat(embeddings).hasSize(600);
                float[] first = embeddings.get(0).vector();
                assertThat(embeddings)
                        .allSatisfy(embedding -> assertThat(embedding.vector()).containsExactly(first, NEARLY));
            }
        }

        @Test
        @DisplayName("the texts of several requests into one step, and lets no long request stall a short one")
        void severalRequests() throws Exception {
            try (LoadedEmbedder model = load(bert, Pooling.MEAN, 64)) {
                Gate gate = new Gate(model);
                CompletableFuture<EmbeddingReply> huge = begin(
                        model,
                        EmbeddingRequest.builder()
                                .texts(Collections.nCopies(2000, "q q q q q q q"))
                                .build());
                CompletableFuture<EmbeddingReply> small =
                        begin(model, EmbeddingRequest.builder().text("q").build());
                CompletableFuture<EmbeddingReply> other =
                        begin(model, EmbeddingRequest.builder().text("the").build());
                long before = model.figures().steps();
                CompletableFuture<Long> steps =
                        small.thenCombine(other, (a, b) -> model.figures().steps());
                gate.open();
                assertThat(steps.get(30, SECONDS) - before).isLessThanOrEqualTo(3);
                assertThat(huge.get(30, SECONDS).embeddings()).hasSize(2000);
            }
        }
    }

    /** Holds the loop back in an action that depends on a reply, so that requests gather. */
    private static final class Gate {
        private final CountDownLatch opened = new CountDownLatch(1);

        Gate(LoadedEmbedder model) throws InterruptedException {
            CountDownLatch held = new CountDownLatch(1);
            CompletableFuture<EmbeddingReply> reply = new CompletableFuture<>();
            reply.thenAccept(done -> {
                held.countDown();
                awaitOpen();
            });
            model.embed(EmbeddingRequest.builder().text("a").build(), System.nanoTime(), reply);
            assertThat(held.await(30, SECONDS)).isTrue();
        }

        private void awaitOpen() {
            try {
                assertThat(opened.await(30, SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void open() {
            opened.countDown();
        }
    }

    @Nested
    @DisplayName("refuses")
    class Refuses {
        @Test
        @DisplayName("a text that is longer than its context, with both numbers, and takes one that just fits")
        void tooLong() throws LlamaException {
            try (LoadedEmbedder model = load(bert, Pooling.MEAN, 128)) {
                assertThat(model.maxTokens()).isEqualTo(64);
                assertThat(embed(model, true, List.of("q ".repeat(62))).get(0).tokens())
                        .isEqualTo(64);
                ContextExceededException refusal = catchThrowableOfType(
                        ContextExceededException.class, () -> embed(model, true, List.of("a", "q ".repeat(63))));
                assertThat(refusal.code()).isEqualTo(ErrorCode.CONTEXT_EXCEEDED);
                assertThat(refusal).hasMessage("'input[1]' has 65 tokens, but model 'm' takes texts of at most 64");
                assertThat(model.figures().steps()).isEqualTo(1);
            }
        }

        @Test
        @DisplayName("a text that is longer than its batch, though the model could take it")
        void longerThanBatch() throws LlamaException {
            try (LoadedEmbedder model = load(llama, Pooling.MEAN, 32)) {
                assertThat(model.maxTokens()).isEqualTo(32);
                assertThat(catchThrowableOfType(
                                ContextExceededException.class, () -> embed(model, true, List.of("q".repeat(40)))))
                        .hasMessageContaining("at most 32");
                assertThat(embed(model, true, List.of("q".repeat(30)))).hasSize(1);
            }
        }

        @Test
        @DisplayName("requests beyond its queue at once")
        void busy() throws Exception {
            try (LoadedEmbedder model = load(bert, Pooling.MEAN, 64)) {
                Gate gate = new Gate(model);
                EmbeddingRequest request = EmbeddingRequest.builder().text("q").build();
                List<CompletableFuture<EmbeddingReply>> queued = IntStream.range(0, 5)
                        .mapToObj(i -> begin(model, request))
                        .toList();
                BusyException refusal = catchThrowableOfType(BusyException.class, () -> begin(model, request));
                assertThat(refusal.code()).isEqualTo(ErrorCode.QUEUE_FULL);
                assertThat(refusal).hasMessageContaining("5 requests are waiting");
                gate.open();
                for (CompletableFuture<EmbeddingReply> reply : queued) {
                    assertThat(reply.get(30, SECONDS).embeddings()).hasSize(1);
                }
                assertThat(begin(model, request).get(30, SECONDS).tokens()).isEqualTo(3);
            }
        }
    }

    @Nested
    @DisplayName("ends")
    class Ends {
        private final EmbeddingRequest huge = EmbeddingRequest.builder()
                .texts(Collections.nCopies(2000, "q ".repeat(60)))
                .build();

        @Test
        @DisplayName("a request that is cancelled within a step")
        void cancel() throws Exception {
            try (LoadedEmbedder model = load(bert, Pooling.MEAN, 64)) {
                Gate gate = new Gate(model);
                CompletableFuture<EmbeddingReply> reply = begin(model, huge);
                reply.cancel(true);
                long before = model.figures().steps();
                gate.open();
                assertThat(embed(model, true, List.of("q"))).hasSize(1);
                assertThat(model.figures().steps() - before).isLessThanOrEqualTo(2);
            }
        }

        @Test
        @DisplayName("a request whose time is over")
        void timeout() throws Exception {
            try (LoadedEmbedder model = load(bert, Pooling.MEAN, 64)) {
                CompletableFuture<EmbeddingReply> reply = new CompletableFuture<>();
                long longAgo = System.nanoTime() - Duration.ofHours(1).toNanos();
                model.embed(
                        EmbeddingRequest.builder()
                                .text("q")
                                .timeout(Duration.ofMinutes(1))
                                .build(),
                        longAgo,
                        reply);
                ExecutionException failure =
                        catchThrowableOfType(ExecutionException.class, () -> reply.get(30, SECONDS));
                assertThat(failure).hasCauseInstanceOf(GenerationTimeoutException.class);
                assertThat(failure).hasMessageContaining("PT1M");
                assertThat(model.figures().steps()).isZero();
            }
        }

        @Test
        @DisplayName("a request that has waited longer than the limit that is set for all")
        void queueTimeout() throws Exception {
            try (LoadedEmbedder model = load(bert, Pooling.MEAN, 64)) {
                CompletableFuture<EmbeddingReply> reply = new CompletableFuture<>();
                long longAgo = System.nanoTime() - Duration.ofMinutes(11).toNanos();
                model.embed(EmbeddingRequest.builder().text("q").build(), longAgo, reply);
                ExecutionException failure =
                        catchThrowableOfType(ExecutionException.class, () -> reply.get(30, SECONDS));
                assertThat(failure.getCause()).isInstanceOfSatisfying(ModelUnavailableException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.QUEUE_TIMEOUT);
                    assertThat(error.retryAfter().orElseThrow())
                            .isBetween(Duration.ofSeconds(1), Duration.ofMinutes(1));
                });
                assertThat(failure).hasMessageContaining("600 seconds");
            }
        }

        @Test
        @DisplayName("all requests when it is closed, and its thread")
        void close() throws Exception {
            LoadedEmbedder model = load(bert, Pooling.MEAN, 64);
            CompletableFuture<EmbeddingReply> reply = begin(model, huge);
            model.close();
            model.close();
            assertThat(model.isServing()).isFalse();
            ExecutionException failure = catchThrowableOfType(ExecutionException.class, () -> reply.get(30, SECONDS));
            assertThat(failure).hasCauseInstanceOf(ModelUnavailableException.class);
            ModelUnavailableException refusal =
                    catchThrowableOfType(ModelUnavailableException.class, () -> embed(model, true, List.of("q")));
            assertThat(refusal.code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
        }
    }

    @Test
    @DisplayName("says so when its weights are damaged, and goes on serving")
    void damagedWeights(@TempDir Path directory) throws Exception {
        Path file =
                TinyModel.bert().float32("bert.attention.layer_norm_epsilon", 0).write(directory.resolve("x.gguf"));
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, bytes.length - 256, bytes.length, (byte) 0xFF);
        Files.write(file, bytes);
        try (LoadedEmbedder model = load(file, Pooling.MEAN, 64)) {
            for (int i = 0; i < 2; i++) {
                ExecutionException failure = catchThrowableOfType(ExecutionException.class, () -> begin(
                                model, EmbeddingRequest.builder().text("q").build())
                        .get(30, SECONDS));
                assertThat(failure).hasMessageContaining("its weights are damaged");
            }
        }
    }
}
