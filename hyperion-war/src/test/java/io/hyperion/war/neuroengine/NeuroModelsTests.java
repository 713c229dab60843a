package io.hyperion.war.neuroengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.wire.VanishingModel;
import jakarta.json.JsonObject;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("NeuroEngine's list of models")
class NeuroModelsTests {
    @Test
    @DisplayName("leaves out a model that goes while it is made")
    void vanishing() {
        assertThat(NeuroModels.list(VanishingModel.client(), "somebody").getValuesAs(JsonObject.class))
                .extracting(model -> model.getString("name"))
                .containsExactly("stays");
    }
}
