package io.hyperion.servers;

import static org.assertj.core.api.Assertions.assertThat;

import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** The behaviours on a server that Arquillian starts, and deploys to when a test says so. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ArquillianIT implements WireBehaviour, BorderBehaviour, SettingsBehaviour, RedeployBehaviour {
    @ArquillianResource
    private ContainerController controller;

    @ArquillianResource
    private Deployer deployer;

    private boolean begun;
    private Server server;

    @Deployment(name = "HYPERION", managed = false, testable = false)
    static WebArchive hyperionArchive() {
        return App.HYPERION.archive();
    }

    @Deployment(name = "CONSUMER", managed = false, testable = false)
    static WebArchive consumerArchive() {
        return App.CONSUMER.archive();
    }

    @Deployment(name = "SECOND_CONSUMER", managed = false, testable = false)
    static WebArchive secondConsumerArchive() {
        return App.SECOND_CONSUMER.archive();
    }

    /** {@return the started server} */
    abstract Server start(ContainerController controller, Deployer deployer) throws Exception;

    /** Once: Arquillian has these two only when a test begins. */
    @BeforeEach
    void start() throws Exception {
        if (!begun) {
            begun = true;
            server = start(controller, deployer);
            // Arquillian ends it after the last test; this one only if that cannot be.
            Runtime.getRuntime().addShutdownHook(new Thread(server.process()::destroy));
            prepare(server);
        }
        assertThat(server).as("the server, which could not be started").isNotNull();
    }

    @Override
    public Server server() {
        return server;
    }
}
