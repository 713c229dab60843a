package io.hyperion.war;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Map;

/** Puts all resources of the WAR at its context root. */
@ApplicationPath("/")
public class HyperionApplication extends Application {
    /** {@return what Jersey must be told; other implementations do not know these names} */
    @Override
    public Map<String, Object> getProperties() {
        return Map.of(
                // Else every stream waits in a buffer and arrives at its end.
                "jersey.config.server.contentLength.buffer",
                0,
                // Else every OPTIONS request, and one path, tells of the classes inside.
                "jersey.config.server.wadl.disableWadl",
                true);
    }
}
