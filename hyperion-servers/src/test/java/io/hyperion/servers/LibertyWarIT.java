package io.hyperion.servers;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Open Liberty with the WAR alone")
class LibertyWarIT extends ScriptedIT {
    @RegisterExtension
    static final Matrix MATRIX = new Matrix("Open Liberty", Mode.WAR_ONLY);

    @Override
    Server start() throws Exception {
        return Liberty.start(Mode.WAR_ONLY);
    }
}
