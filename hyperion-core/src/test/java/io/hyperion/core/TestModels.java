package io.hyperion.core;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The model files that tests run on. */
public final class TestModels {
    private TestModels() {}

    /** The demo model of the project. */
    public static Path demo() {
        return Path.of(System.getProperty("hyperion.demo.model"));
    }

    /** A real trained model of 260 000 parameters; tests that want it are skipped where it is not. */
    public static Path stories() {
        Path stories = Path.of(System.getProperty("hyperion.shared"), "models", "stories260K.gguf");
        assumeTrue(Files.exists(stories), () -> "stories260K.gguf is not on this machine: " + stories);
        return stories;
    }
}
