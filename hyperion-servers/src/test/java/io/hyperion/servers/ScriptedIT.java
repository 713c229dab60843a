package io.hyperion.servers;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The behaviours on a server that its own scripts start, and deploy to when a test says so. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ScriptedIT implements WireBehaviour, BorderBehaviour, SettingsBehaviour, RedeployBehaviour {
    private Server server;

    /** {@return the started server} */
    abstract Server start() throws Exception;

    @BeforeAll
    void startAndPrepare() throws Exception {
        server = start();
        prepare(server);
    }

    @AfterAll
    void stop() throws Exception {
        if (server != null) {
            server.stop();
        }
    }

    @Override
    public Server server() {
        return server;
    }
}
