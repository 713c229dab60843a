package io.hyperion.servers;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Payara Micro with the WAR alone")
class PayaraMicroWarIT extends ScriptedIT {
    @RegisterExtension
    static final Matrix MATRIX = new Matrix("Payara Micro", Mode.WAR_ONLY);

    @Override
    Server start() throws Exception {
        return PayaraMicroServer.start(Mode.WAR_ONLY);
    }
}
