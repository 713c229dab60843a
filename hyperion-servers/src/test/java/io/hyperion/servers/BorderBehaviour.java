package io.hyperion.servers;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What another application in the same server gets, without HTTP: it has a copy of the API's classes, and nothing else. */
interface BorderBehaviour extends Behaviour {
    @Test
    @Order(201)
    @DisplayName("`@Inject HyperionClient` in another application generates")
    default void injected() {
        assertThat(told(App.CONSUMER, "/api/blocking").getString("text")).isEqualTo(shortOutput());
    }

    @Test
    @Order(202)
    @DisplayName("another application streams and cancels: it has the first pieces before the last is made")
    default void injectedStreams() {
        JsonObject told = told(App.CONSUMER, "/api/streaming");

        assertThat(told.getBoolean("streamed")).isTrue();
        assertThat(told.getString("finishReason")).isEqualTo("cancelled");
        assertThat(told.getBoolean("ownLoader")).isTrue();
    }

    @Test
    @Order(203)
    @DisplayName("errors arrive as the other application's own exceptions")
    default void injectedErrors() {
        JsonObject told = told(App.CONSUMER, "/api/errors");

        assertThat(told.getString("unknown")).isEqualTo("HYP-2001");
        assertThat(told.getString("invalid")).startsWith("HYP-1");
        assertThat(told.getBoolean("ownLoader")).isTrue();
    }

    @Test
    @Order(204)
    @DisplayName("`HyperionClient.lookup()` does without CDI")
    default void lookup() {
        assertThat(told(App.CONSUMER, "/plain").getString("text")).isEqualTo(shortOutput());
    }

    @Test
    @Order(205)
    @DisplayName("two applications and the wire share one loaded model")
    default void shared() throws Exception {
        String output = shortOutput();
        long mappings = Footprint.mappings(server());

        server().deploy(App.SECOND_CONSUMER);

        assertThat(told(App.CONSUMER, "/api/blocking").getString("text")).isEqualTo(output);
        assertThat(told(App.SECOND_CONSUMER, "/api/blocking").getString("text")).isEqualTo(output);
        assertThat(mappings).as("mappings of the model file").isPositive();
        assertThat(Footprint.mappings(server())).isEqualTo(mappings);
        assertThat(hyperion().get("/models").json().getJsonArray("models").getValuesAs(JsonObject.class).stream()
                        .filter(model -> model.getString("state").equals("loaded")))
                .hasSize(1);
        server().undeploy(App.SECOND_CONSUMER);
    }
}
