package io.hyperion.servers;

import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.Deployer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("TomEE with the WAR alone")
class TomEeWarIT extends ArquillianIT {
    @RegisterExtension
    static final Matrix MATRIX = new Matrix("TomEE", Mode.WAR_ONLY);

    @Override
    Server start(ContainerController controller, Deployer deployer) throws Exception {
        return TomEe.start(Mode.WAR_ONLY, controller, deployer);
    }
}
