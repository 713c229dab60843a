package io.hyperion.servers;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Open Liberty with the resource adapter")
class LibertyRarIT extends ScriptedIT implements PoolBehaviour {
    @RegisterExtension
    static final Matrix MATRIX = new Matrix("Open Liberty", Mode.RAR);

    @Override
    Server start() throws Exception {
        return Liberty.start(Mode.RAR);
    }
}
