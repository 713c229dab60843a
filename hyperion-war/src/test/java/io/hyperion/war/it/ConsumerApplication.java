package io.hyperion.war.it;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** Another application beside Hyperion: it has nothing of it but {@code hyperion-api}. */
@ApplicationPath("/")
public class ConsumerApplication extends Application {}
