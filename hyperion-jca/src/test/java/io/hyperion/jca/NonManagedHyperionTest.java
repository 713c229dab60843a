package io.hyperion.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The non-managed start")
class NonManagedHyperionTest {
    @Test
    @DisplayName("serves the models of the configuration until it is closed")
    void servesUntilClosed() {
        GenerateRequest request =
                GenerateRequest.builder().user("Hello").maxTokens(5).build();
        HyperionClient client;
        try (NonManagedHyperion hyperion = NonManagedHyperion.start(Map.of(
                "hyperion.models.default.path",
                System.getProperty("hyperion.demo.model"),
                "hyperion.models.broken.path",
                "nowhere.gguf"))) {
            client = hyperion.client();
            assertThat(client.models()).extracting(ModelInfo::name).containsExactly("broken", "default");
            assertThat(client.model("broken").state()).isEqualTo(ModelState.FAILED);
            assertThat(client.generate(request).completionTokens()).isBetween(1, 5);
        }
        assertThatThrownBy(() -> client.generate(request)).isInstanceOf(ModelUnavailableException.class);
    }
}
