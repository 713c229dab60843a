package io.hyperion.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.RerankRequest;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A client with a default model of one's choice")
class SelectedClientTest {
    private final FakeModels models = FakeModels.withDefault("models", "chat", "code");
    private final HyperionClient client = new SelectedClient(models, "code");

    @Test
    @DisplayName("sends requests without a model to that one, and others where they name")
    void requests() {
        client.generate(GenerateRequest.builder().user("Hello").build());
        client.generate(GenerateRequest.builder().model("chat").user("Hello").build());
        client.slots(Optional.empty());
        client.slots(Optional.of("chat"));

        assertThat(models.calls()).containsExactly("generate code", "generate chat", "slots code", "slots chat");
    }

    @Test
    @DisplayName("shows that one as the default")
    void isDefault() {
        assertThat(client.models())
                .filteredOn(ModelInfo::isDefault)
                .extracting(ModelInfo::name)
                .containsExactly("code");
        assertThat(client.model("code").isDefault()).isTrue();
        assertThat(client.model("chat").isDefault()).isFalse();
    }

    @Test
    @DisplayName("can be had before there is such a model")
    void unknown() {
        HyperionClient early = new SelectedClient(models, "nobody");

        assertThatExceptionOfType(ModelNotFoundException.class).isThrownBy(() -> early.slots(Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    @DisplayName("needs a name")
    void blank(String name) {
        assertThatExceptionOfType(InvalidRequestException.class)
                .isThrownBy(() -> new SelectedClient(models, name))
                .satisfies(error -> assertThat(error.code()).isEqualTo(ErrorCode.MISSING_FIELD))
                .withMessageContaining("blank");
    }

    @Test
    @DisplayName("leaves the rest of a request as it is")
    void sameRequest() {
        EmbeddingRequest texts = EmbeddingRequest.builder()
                .text("a")
                .normalize(false)
                .timeout(Duration.ofSeconds(3))
                .build();
        EmbeddingRequest named = texts.toBuilder().model("code").build();
        assertThat(named).usingRecursiveComparison().ignoringFields("model").isEqualTo(texts);
        assertThat(named.model()).contains("code");

        RerankRequest documents = RerankRequest.builder()
                .query("q")
                .document("a")
                .topN(1)
                .timeout(Duration.ofSeconds(3))
                .build();
        RerankRequest namedToo = documents.toBuilder().model("code").build();
        assertThat(namedToo).usingRecursiveComparison().ignoringFields("model").isEqualTo(documents);
        assertThat(namedToo.model()).contains("code");
    }
}
