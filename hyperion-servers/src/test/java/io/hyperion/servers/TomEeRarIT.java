package io.hyperion.servers;

import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.Deployer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("TomEE with the resource adapter")
class TomEeRarIT extends ArquillianIT implements PoolBehaviour {
    @RegisterExtension
    static final Matrix MATRIX = new Matrix("TomEE", Mode.RAR);

    @Override
    Server start(ContainerController controller, Deployer deployer) throws Exception {
        return TomEe.start(Mode.RAR, controller, deployer);
    }
}
