package io.hyperion.core.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.core.TestModels;
import io.hyperion.core.model.HyperionConfiguration;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The properties of a model")
class ModelPropertiesTest {
    @Test
    @DisplayName("are what its file says and what is set for it, and are known before it is loaded")
    void known() {
        HyperionConfiguration configuration = HyperionConfiguration.of(Map.of(
                "hyperion.models.demo.path", TestModels.demo().toString(),
                "hyperion.models.demo.slots", "3",
                "hyperion.models.demo.defaults.temperature", "0.25"));
        try (InProcessClient client = InProcessClient.open(configuration)) {
            ModelProperties properties = client.properties(Optional.empty());

            assertThat(client.model("demo").state()).isEqualTo(ModelState.READY);
            assertThat(properties.model()).isEqualTo("demo");
            assertThat(properties.fileName())
                    .isEqualTo(TestModels.demo().getFileName().toString());
            assertThat(properties.engine()).isEqualTo("llama.cpp b4916");
            assertThat(properties.slots()).isEqualTo(3);
            assertThat(properties.contextSize())
                    .isEqualTo(client.model("demo").contextSize())
                    .isPositive();
            assertThat(properties.requestLimit())
                    .isEqualTo(client.model("demo").details().orElseThrow().trainedContextLength());
            assertThat(properties.chatTemplate())
                    .hasValueSatisfying(template -> assertThat(template).contains("<|im_start|>"));
            assertThat(properties.endToken()).isEqualTo("<|im_end|>");
            assertThat(properties.pooling()).isEmpty();
            assertThat(properties.defaults())
                    .isEqualTo(GenerateParameters.builder().temperature(0.25).build());
        }
    }

    @Test
    @DisplayName("are not told of a model that is not there, or cannot be served")
    void unknown() {
        try (InProcessClient client = InProcessClient.open(Path.of("missing.gguf"))) {
            assertThatThrownBy(() -> client.properties(Optional.of("nope"))).isInstanceOf(ModelNotFoundException.class);
            assertThatThrownBy(() -> client.properties(Optional.empty())).isInstanceOf(ModelUnavailableException.class);
        }
    }
}
