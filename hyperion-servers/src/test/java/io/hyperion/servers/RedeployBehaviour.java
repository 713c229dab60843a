package io.hyperion.servers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What is left when applications go and come back. */
interface RedeployBehaviour extends Behaviour {
    @Test
    @Order(401)
    @DisplayName("the other application can be redeployed ten times, and leaves nothing")
    default void redeploysConsumer() throws Exception {
        leavesNothing(() -> {
            server().undeploy(App.CONSUMER);
            server().deploy(App.CONSUMER);
            told(App.CONSUMER, "/api/streaming");
        });
    }

    @Test
    @Order(402)
    @DisplayName("`hyperion.war` can be redeployed ten times, and leaves nothing")
    default void redeploysHyperion() throws Exception {
        String output = shortOutput();
        leavesNothing(() -> {
            server().undeploy(App.HYPERION);
            server().deploy(App.HYPERION);
            assertThat(shortOutput()).isEqualTo(output);
            assertThat(told(App.CONSUMER, "/api/blocking").getString("text")).isEqualTo(output);
        });
    }

    @Test
    @Order(404)
    @DisplayName("what is undeployed frees the model's memory, and applications are told what is missing")
    default void undeploys() throws Exception {
        String output = shortOutput();
        assertThat(Footprint.mappings(server())).isPositive();

        server().undeploy(App.HYPERION);
        if (server().mode() == Mode.RAR) {
            assertThat(told(App.CONSUMER, "/api/blocking").getString("text"))
                    .as("without the WAR, by the pool itself")
                    .isEqualTo(output);
            server().pool().undeployAdapter();
        }

        assertThat(Footprint.mappings(server())).isZero();
        // Pools are looked up at most once a second.
        Behaviour.await("the application misses it", () -> told(App.CONSUMER, "/api/missing")
                .containsKey("code"));
        assertThat(told(App.CONSUMER, "/api/missing").getString("code")).isEqualTo("HYP-6004");
        assertThat(told(App.CONSUMER, "/api/missing").getString("message")).contains("eis/hyperion");
        if (server().mode() == Mode.RAR) {
            server().pool().deployAdapter();
        }
        server().deploy(App.HYPERION);
        assertThat(shortOutput()).isEqualTo(output);
        assertThat(told(App.CONSUMER, "/api/blocking").getString("text")).isEqualTo(output);
    }
}
