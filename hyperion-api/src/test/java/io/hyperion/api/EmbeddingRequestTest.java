package io.hyperion.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A request for embeddings or reranking")
class EmbeddingRequestTest {
    private static void refused(ThrowingCallable build, ErrorCode code, String parameter, String... parts) {
        InvalidRequestException refusal = catchThrowableOfType(InvalidRequestException.class, build);
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.parameter()).contains(parameter);
        assertThat(refusal).hasMessageContainingAll(parts);
    }

    @Test
    @DisplayName("is normalised, for the default model, and without a time limit unless it says otherwise")
    void defaults() {
        EmbeddingRequest request = EmbeddingRequest.builder().text("a").build();
        assertThat(request.model()).isEmpty();
        assertThat(request.inputs()).containsExactly(new EmbeddingRequest.Text("a"));
        assertThat(request.normalize()).isTrue();
        assertThat(request.timeout()).isEmpty();
        RerankRequest rerank = RerankRequest.builder().query("q").document("a").build();
        assertThat(rerank.topN()).isEmpty();
    }

    @Test
    @DisplayName("tells which text is wrong, and which limit it breaks")
    void wrongTexts() {
        refused(() -> EmbeddingRequest.builder().build(), ErrorCode.MISSING_FIELD, "input", "at least one");
        refused(
                () -> EmbeddingRequest.builder().text("a").text("").build(),
                ErrorCode.EMPTY_PROMPT,
                "input[1]",
                "'input[1]' must not be empty");
        refused(
                () -> EmbeddingRequest.builder().text("a\0").build(),
                ErrorCode.INVALID_TEXT,
                "input[0]",
                "NUL character at index 1");
        refused(
                () -> EmbeddingRequest.builder()
                        .texts(Collections.nCopies(2049, "a"))
                        .build(),
                ErrorCode.OUT_OF_RANGE,
                "input",
                "2048",
                "2049");
        refused(
                () -> EmbeddingRequest.builder().text("a".repeat(1048577)).build(),
                ErrorCode.OUT_OF_RANGE,
                "input[0]",
                "1048576",
                "1048577");
        refused(
                () -> EmbeddingRequest.builder().timeout(Duration.ZERO),
                ErrorCode.OUT_OF_RANGE,
                "timeout",
                "above zero");
    }

    @Test
    @DisplayName("may have tokens for texts, some and none of them negative")
    void tokens() {
        EmbeddingRequest request = EmbeddingRequest.builder()
                .text("a")
                .tokens(List.of(5, 0))
                .texts(List.of("b"))
                .build();
        assertThat(request.inputs())
                .containsExactly(
                        new EmbeddingRequest.Text("a"),
                        new EmbeddingRequest.Tokens(List.of(5, 0)),
                        new EmbeddingRequest.Text("b"));
        refused(
                () -> EmbeddingRequest.builder().tokens(List.of()).build(),
                ErrorCode.EMPTY_PROMPT,
                "input[0]",
                "'input[0]' must not be empty");
        refused(
                () -> EmbeddingRequest.builder()
                        .text("a")
                        .tokens(List.of(5, -1))
                        .build(),
                ErrorCode.OUT_OF_RANGE,
                "input[1]",
                "token -1");
        refused(
                () -> EmbeddingRequest.builder()
                        .tokens(Collections.nCopies(1048577, 1))
                        .build(),
                ErrorCode.OUT_OF_RANGE,
                "input[0]",
                "1048576",
                "1048577");
    }

    @Test
    @DisplayName("to rerank needs a query and documents")
    void rerank() {
        refused(() -> RerankRequest.builder().document("a").build(), ErrorCode.MISSING_FIELD, "query", "missing");
        refused(() -> RerankRequest.builder().query("q").build(), ErrorCode.MISSING_FIELD, "documents", "at least one");
        refused(
                () -> RerankRequest.builder().query("").document("a").build(),
                ErrorCode.EMPTY_PROMPT,
                "query",
                "must not be empty");
        refused(
                () -> RerankRequest.builder().query("q").document("\uD800").build(),
                ErrorCode.INVALID_TEXT,
                "documents[0]",
                "unpaired surrogate");
        refused(() -> RerankRequest.builder().topN(0), ErrorCode.OUT_OF_RANGE, "top_n", "at least 1");
    }

    @Test
    @DisplayName("whose model keeps one vector for each token has none for the whole text")
    void noPooling() {
        assertThat(new Embedding(new float[][] {{1, 2}}, 5).vector()).containsExactly(1, 2);
        assertThat(catchThrowableOfType(
                        IllegalStateException.class, () -> new Embedding(new float[][] {{1, 2}, {3, 4}}, 2).vector()))
                .hasMessageContaining("pooling 'none'");
    }
}
