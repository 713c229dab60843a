package io.hyperion.servers;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Payara Server with the WAR alone")
class PayaraServerWarIT extends ScriptedIT {
    @RegisterExtension
    static final Matrix MATRIX = new Matrix("Payara Server", Mode.WAR_ONLY);

    @Override
    Server start() throws Exception {
        return PayaraServer.start(Mode.WAR_ONLY);
    }
}
