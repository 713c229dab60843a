package io.hyperion.servers;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Payara Micro with the resource adapter")
class PayaraMicroRarIT extends ScriptedIT implements PoolBehaviour {
    @RegisterExtension
    static final Matrix MATRIX = new Matrix("Payara Micro", Mode.RAR);

    @Override
    Server start() throws Exception {
        return PayaraMicroServer.start(Mode.RAR);
    }
}
