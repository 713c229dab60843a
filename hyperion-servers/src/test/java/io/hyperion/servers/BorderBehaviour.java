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
    default void injected() throws Exception {
        server().deploy(App.CONSUMER);
        JsonObject reply = wire(App.CONSUMER).get("/api/blocking").json();

        assertThat(reply.getString("text")).isEqualTo(shortOutput());
    }
}
