package io.hyperion.servers;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What is left when applications go and come back. */
interface RedeployBehaviour extends Behaviour {
    @Test
    @Order(301)
    @DisplayName("Hyperion answers after it was deployed anew")
    default void redeploysHyperion() throws Exception {
        server().undeploy(App.HYPERION);
        server().deploy(App.HYPERION);

        shortOutput();
    }
}
