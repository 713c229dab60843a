package io.hyperion.servers.consumer;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** The endpoints of the application. */
@ApplicationPath("api")
public class Resources extends Application {
    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(Assistant.class);
    }
}
