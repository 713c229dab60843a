package io.hyperion.core.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.RerankReply;
import io.hyperion.api.RerankRequest;
import io.hyperion.api.TokenizeReply;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.model.HyperionConfiguration;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The in-process client, asked for vectors")
@Timeout(60)
class EmbeddingTest {
    @TempDir
    private static Path directory;

    private static InProcessClient client;

    @BeforeAll
    static void open() {
        TinyModel.bert().write(directory.resolve("bert.gguf"));
        TinyModel.reranker().write(directory.resolve("reranker.gguf"));
        TinyModel.llama().write(directory.resolve("llama.gguf"));
        client = client(
                "bert.path", "bert.gguf",
                "reranker.path", "reranker.gguf",
                "text.path", "llama.gguf",
                "vectors.path", "llama.gguf",
                "vectors.embeddings", "true",
                "tokens.path", "bert.gguf",
                "tokens.pooling", "none");
    }

    @AfterAll
    static void close() {
        client.close();
    }

    private static InProcessClient client(String... keysAndValues) {
        Map<String, String> properties = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            boolean path = keysAndValues[i].endsWith(".path");
            properties.put(
                    "hyperion.models." + keysAndValues[i],
                    path ? directory.resolve(keysAndValues[i + 1]).toString() : keysAndValues[i + 1]);
            if (path) {
                properties.put("hyperion.models." + keysAndValues[i].replace(".path", ".threads"), "1");
            }
        }
        return InProcessClient.open(HyperionConfiguration.of(properties));
    }

    private static EmbeddingRequest texts(String model, String... texts) {
        return EmbeddingRequest.builder().model(model).texts(List.of(texts)).build();
    }

    private static double product(float[] a, float[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }

    private static void notSupported(ThrowingCallable call, String... parts) {
        InvalidRequestException refusal = catchThrowableOfType(InvalidRequestException.class, call);
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_SUPPORTED);
        assertThat(refusal.parameter()).contains("model");
        assertThat(refusal).hasMessageContainingAll(parts);
    }

    @Test
    @DisplayName("gives one for each text, the same for the same text, with its tokens and the time they took")
    void embeds() {
        EmbeddingReply reply = client.embed(texts("bert", "the dog barks", "a cat", "the dog barks"));
        assertThat(reply.model()).isEqualTo("bert");
        assertThat(reply.embeddings()).hasSize(3);
        float[] dog = reply.embeddings().get(0).vector();
        assertThat(product(dog, reply.embeddings().get(2).vector())).isCloseTo(1, within(1e-4));
        assertThat(product(dog, reply.embeddings().get(1).vector())).isLessThan(0.99);
        // [CLS] the dog barks [SEP], [CLS] a cat [SEP]
        assertThat(reply.tokens()).isEqualTo(5 + 4 + 5);
        assertThat(reply.timings().prompt()).isPositive();
        assertThat(reply.timings().generation()).isZero();
        assertThat(client.model("bert").state()).isEqualTo(ModelState.LOADED);
        assertThat(client.model("bert").contextSize()).isEqualTo(64);
    }

    @Test
    @DisplayName("gives those of tokens as they are, and refuses tokens that the model does not have")
    void ofTokens() {
        TokenizeReply whole = client.tokenize(new TokenizeRequest(Optional.of("bert"), "the dog barks", true, true));
        assertThat(whole.tokens()).hasSize(5);
        EmbeddingRequest.Builder request = EmbeddingRequest.builder().model("bert");
        EmbeddingReply reply = client.embed(request.text("the dog barks")
                .tokens(whole.ids())
                .tokens(whole.ids().subList(1, 4))
                .build());
        float[] text = reply.embeddings().get(0).vector();
        assertThat(product(text, reply.embeddings().get(1).vector())).isCloseTo(1, within(1e-4));
        assertThat(product(text, reply.embeddings().get(2).vector())).isLessThan(0.999);
        assertThat(reply.tokens()).isEqualTo(5 + 5 + 3);
        int size = client.model("bert").details().orElseThrow().vocabularySize();
        InvalidRequestException refusal = catchThrowableOfType(
                InvalidRequestException.class,
                () -> client.embed(EmbeddingRequest.builder()
                        .model("bert")
                        .text("a")
                        .tokens(List.of(1, size))
                        .build()));
        assertThat(refusal.code()).isEqualTo(ErrorCode.OUT_OF_RANGE);
        assertThat(refusal.parameter()).contains("input[1]");
        assertThat(refusal).hasMessageContaining(size + " at index 1");
    }

    @Test
    @DisplayName("turns texts into tokens and back, also as the first request of all")
    void tokenizes() {
        try (InProcessClient fresh = client("bert.path", "bert.gguf")) {
            TokenizeReply reply = fresh.tokenize(TokenizeRequest.of("the dog barks"));
            assertThat(reply.model()).isEqualTo("bert");
            assertThat(reply.tokens()).hasSize(3);
            assertThat(fresh.detokenize(DetokenizeRequest.of(reply.ids()))).isEqualTo(" the dog barks");
            assertThat(fresh.model("bert").state()).isEqualTo(ModelState.LOADED);
        }
    }

    @Test
    @DisplayName("gives one for each token where the model is set up so")
    void tokens() {
        EmbeddingReply reply = client.embed(texts("tokens", "the dog barks"));
        assertThat(reply.embeddings().get(0).vectors()).hasDimensions(5, 64);
    }

    @Test
    @DisplayName("gives those of a generating model that is set up for it")
    void generating() {
        EmbeddingReply reply = client.embed(texts("vectors", "once upon a time"));
        float[] vector = reply.embeddings().get(0).vector();
        assertThat(product(vector, vector)).isCloseTo(1, within(1e-4));
    }

    @Test
    @DisplayName("gives them in the background, to many requests at once that came while the model was loaded")
    void background() throws Exception {
        try (InProcessClient fresh = client("bert.path", "bert.gguf")) {
            List<CompletableFuture<EmbeddingReply>> replies = IntStream.range(0, 50)
                    .mapToObj(i ->
                            fresh.embedAsync(texts("bert", "q ".repeat(1 + i))).toCompletableFuture())
                    .toList();
            for (int i = 0; i < 50; i++) {
                assertThat(replies.get(i).get(30, SECONDS).tokens()).isEqualTo(3 + i);
            }
        }
    }

    @Test
    @DisplayName("scores documents with a model that is made for it")
    void reranks() throws Exception {
        RerankRequest request = RerankRequest.builder()
                .model("reranker")
                .query("the dog")
                .documents(List.of("a cat", "the dog barks", "once upon a time"))
                .topN(2)
                .build();
        RerankReply reply = client.rerank(request);
        assertThat(reply.model()).isEqualTo("reranker");
        assertThat(reply.results()).hasSize(2);
        assertThat(reply.results().get(0).score())
                .isGreaterThan(reply.results().get(1).score());
        // [CLS] the dog [SEP] and 2, 3 and 4 tokens [SEP]
        assertThat(reply.tokens()).isEqualTo(3 * 5 + 2 + 3 + 4);
        assertThat(client.rerankAsync(request)
                        .toCompletableFuture()
                        .get(30, SECONDS)
                        .results())
                .extracting(RerankReply.Result::index)
                .isEqualTo(
                        reply.results().stream().map(RerankReply.Result::index).toList());
    }

    @Test
    @DisplayName("says what a model is set up for that is asked for something else, and what to set")
    void notSupported() throws Exception {
        RerankRequest.Builder rerank = RerankRequest.builder().query("q").document("d");
        notSupported(
                () -> client.embed(texts("text", "a")),
                "The model 'text' is set up to generate text",
                "hyperion.models.text.embeddings=true");
        notSupported(() -> client.rerank(rerank.model("text").build()), "set up to generate text", "made for it");
        notSupported(() -> client.rerank(rerank.model("bert").build()), "set up to make vectors by pooling mean");
        notSupported(
                () -> client.embed(texts("reranker", "a")),
                "set up to rerank",
                "hyperion.models.reranker.pooling to mean, cls, last or none");
        notSupported(
                () -> client.generate(
                        GenerateRequest.builder().model("bert").prompt("a").build()),
                "The model 'bert' is set up for embeddings or reranking and does not generate text");
        ExecutionException failure =
                catchThrowableOfType(ExecutionException.class, () -> client.embedAsync(texts("text", "a"))
                        .toCompletableFuture()
                        .get(30, SECONDS));
        assertThat(((HyperionException) failure.getCause()).code()).isEqualTo(ErrorCode.NOT_SUPPORTED);
        assertThat(catchThrowableOfType(ModelNotFoundException.class, () -> client.embed(texts("none", "a"))))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "bert.gguf, embeddings, false, 'bert can do nothing else'",
        "llama.gguf, pooling, mean, 'takes hyperion.models.m.embeddings=true'",
        "llama.gguf, pooling, rank, 'takes hyperion.models.m.embeddings=true'",
        "bert.gguf, pooling, rank, 'has no classifier'",
        "bert.gguf, pooling, sum, 'hyperion.models.m.pooling must be one of none, mean, cls, last, rank, but is'",
        "bert.gguf, embeddings, yes, 'neither true nor false'",
    })
    @DisplayName("does not serve a model that is set up for what its file is not made for")
    void wrongSetUp(String file, String key, String value, String reason) {
        try (InProcessClient wrong = client("m.path", file, "m." + key, value)) {
            ModelUnavailableException refusal =
                    catchThrowableOfType(ModelUnavailableException.class, () -> wrong.embed(texts("m", "a")));
            assertThat(refusal.code()).isEqualTo(ErrorCode.MODEL_FAILED);
            assertThat(refusal).hasMessageContaining(reason);
        }
    }

    @Test
    @DisplayName("takes longer texts where the context is larger, up to what the model was trained with")
    void contextSize() {
        try (InProcessClient sized = client(
                "small.path",
                "bert.gguf",
                "small.context-size",
                "8",
                "small.batch-size",
                "4",
                "large.path",
                "bert.gguf",
                "large.context-size",
                "4096",
                "large.batch-size",
                "4")) {
            assertThat(sized.embed(texts("small", "q q q q q q")).tokens()).isEqualTo(8);
            assertThat(catchThrowableOfType(
                            HyperionException.class, () -> sized.embed(texts("small", "q q q q q q q"))))
                    .hasMessageContaining("9 tokens")
                    .hasMessageContaining("at most 8");
            assertThat(sized.embed(texts("large", "q ".repeat(62))).tokens()).isEqualTo(64);
            assertThat(catchThrowableOfType(
                            HyperionException.class, () -> sized.embed(texts("large", "q ".repeat(63)))))
                    .hasMessageContaining("at most 64");
        }
    }

    @Test
    @DisplayName("cancels when the waiting thread is interrupted")
    void interrupt() throws Exception {
        EmbeddingRequest huge = EmbeddingRequest.builder()
                .model("bert")
                .texts(Collections.nCopies(2048, "q ".repeat(60)))
                .build();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            GenerationCancelledException cancelled =
                    catchThrowableOfType(GenerationCancelledException.class, () -> client.embed(huge));
            interrupted.complete(cancelled != null && Thread.currentThread().isInterrupted());
        });
        waiting.start();
        waiting.interrupt();
        assertThat(interrupted.get(30, SECONDS)).isTrue();
        assertThat(client.embed(texts("bert", "a")).embeddings()).hasSize(1);
    }

    @Test
    @DisplayName("ends all requests when it is closed, those included that wait for the model")
    void closes() throws Exception {
        InProcessClient closing = client("bert.path", "bert.gguf");
        CompletableFuture<EmbeddingReply> reply = closing.embedAsync(EmbeddingRequest.builder()
                        .texts(Collections.nCopies(2048, "q ".repeat(60)))
                        .build())
                .toCompletableFuture();
        closing.close();
        ExecutionException failure = catchThrowableOfType(ExecutionException.class, () -> reply.get(30, SECONDS));
        assertThat(failure.getCause()).isInstanceOf(ModelUnavailableException.class);
        assertThat(catchThrowableOfType(ModelUnavailableException.class, () -> closing.embed(texts("bert", "a"))))
                .isNotNull();
    }
}
