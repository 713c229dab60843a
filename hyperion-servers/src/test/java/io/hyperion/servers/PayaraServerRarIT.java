package io.hyperion.servers;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Payara Server with the resource adapter")
class PayaraServerRarIT extends ScriptedIT implements PoolBehaviour {
    @RegisterExtension
    static final Matrix MATRIX = new Matrix("Payara Server", Mode.RAR);

    @Override
    Server start() throws Exception {
        return PayaraServer.start(Mode.RAR);
    }
}
