package io.hyperion.war.hyperion;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.Embedding;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.LogitBias;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.RequestOutcome;
import io.hyperion.api.Timings;
import io.hyperion.war.json.JsonInput;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Hyperion's protocol")
class HyperionFormatsTests {
    private static final EmbeddingReply VECTORS = new EmbeddingReply(
            "tiny",
            List.of(new Embedding(new float[][] {{0.1f, -2}, {1, 0}}, 3)),
            new Timings(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ZERO));

    @Test
    @DisplayName("tells vectors as numbers, with the count of tokens and the times")
    void vectors() {
        EmbedCall call =
                EmbedCall.read(JsonInput.object("{\"input\":[\"a\",[1,2]],\"normalize\":false,\"timeout\":2}"));

        assertThat(call.request().inputs()).hasSize(2);
        assertThat(call.request().normalize()).isFalse();
        assertThat(call.request().timeout()).hasValue(Duration.ofSeconds(2));
        assertThat(call.reply(VECTORS).toString())
                .isEqualTo("{\"success\":\"true\",\"model\":\"tiny\",\"embeddings\":[{\"tokens\":3,"
                        + "\"vectors\":[[0.1,-2.0],[1.0,0.0]]}],\"timings\":{\"prompt_ms\":2.0,\"queue_ms\":1.0}}");
    }

    @Test
    @DisplayName("tells vectors as their bytes in Base64, if that is asked for")
    void base64() {
        EmbedCall call = EmbedCall.read(JsonInput.object("{\"input\":\"a\",\"encoding_format\":\"base64\"}"));

        assertThat(call.reply(VECTORS)
                        .getJsonArray("embeddings")
                        .getJsonObject(0)
                        .getJsonArray("vectors")
                        .toString())
                .isEqualTo("[\"zczMPQAAAMA=\",\"AACAPwAAAAA=\"]");
    }

    @Test
    @DisplayName("tells the properties of a model, and of its defaults those that are set")
    void properties() {
        GenerateParameters defaults = GenerateParameters.builder()
                .temperature(0.5)
                .stop("x")
                .logitBias(List.of(LogitBias.of(7, LogitBias.BANNED)))
                .build();

        assertThat(PropertiesResource.told(new ModelProperties(
                                "tiny",
                                "a.gguf",
                                "llama.cpp",
                                10,
                                5,
                                2,
                                Optional.empty(),
                                "<s>",
                                "",
                                Optional.of("mean"),
                                defaults))
                        .toString())
                .isEqualTo("{\"model\":\"tiny\",\"file\":\"a.gguf\",\"engine\":\"llama.cpp\",\"context_size\":10,"
                        + "\"request_limit\":5,\"slots\":2,\"begin_token\":\"<s>\",\"end_token\":\"\",\"pooling\":\"mean\","
                        + "\"defaults\":{\"temperature\":0.5,\"logit_bias\":[[7,false]],\"stop\":[\"x\"]}}");
    }

    @Test
    @DisplayName("tells the figures of a model, all outcomes of requests included")
    void figures() {
        ModelFigures figures = new ModelFigures(
                Map.of(RequestOutcome.TIMED_OUT, 2L),
                1,
                2,
                3,
                4,
                5,
                6,
                7,
                8,
                9,
                Duration.ofMillis(10),
                Duration.ZERO,
                12,
                Duration.ofSeconds(13),
                14);

        assertThat(FiguresFormat.one(figures).toString())
                .isEqualTo(
                        "{\"requests\":{\"stopped\":0,\"length\":0,\"cancelled\":0,\"timed_out\":2,\"busy\":0,\"failed\":0},"
                                + "\"queued\":1,\"busy_sequences\":2,\"slots\":3,\"cached_sequences\":4,\"used_cells\":5,\"cells\":6,"
                                + "\"prompt_tokens\":7,\"cached_tokens\":8,\"completion_tokens\":9,\"prompt_seconds\":0.01,"
                                + "\"generation_seconds\":0.0,\"steps\":12,\"step_seconds\":13.0,\"step_sequences\":14}");
    }
}
