package io.hyperion.api.admin;

import io.hyperion.api.ModelProgress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How the engine is.
 *
 * @param version Hyperion's version
 * @param engine llama.cpp's version, such as {@code llama.cpp b4916}
 * @param uptime how long the engine has been there
 * @param devices what models are computed on; empty until the first model is loaded, if the engine's library is not needed before
 * @param downloads what is being downloaded
 * @param modelsDirectory where files of models are downloaded to and found; empty if none is configured
 */
public record ServerStatus(
        String version,
        String engine,
        Duration uptime,
        List<Device> devices,
        List<ModelProgress> downloads,
        Optional<String> modelsDirectory) {
    public ServerStatus {
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(engine, "engine");
        Objects.requireNonNull(uptime, "uptime");
        devices = List.copyOf(devices);
        downloads = List.copyOf(downloads);
        Objects.requireNonNull(modelsDirectory, "modelsDirectory");
    }
}
