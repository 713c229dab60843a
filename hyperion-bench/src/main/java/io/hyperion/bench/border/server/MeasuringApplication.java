package io.hyperion.bench.border.server;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** An application beside Hyperion. */
@ApplicationPath("/")
public class MeasuringApplication extends Application {}
