package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The clients of {@code examples/clients}, whose own tests run against the server. */
interface ExampleClientsBehaviour extends Behaviour {
    @Test
    @DisplayName("the client for Python generates, streams, cancels, tells errors and progress, by HTTP and WebSocket")
    default void pythonClient() {
        assertThat(Programs.testPythonClient(environment("python")))
                .contains("test_progress_of_models_that_are_not_there_yet")
                .doesNotContain("HYPERION_TEST_LATE is not set");
    }

    @Test
    @DisplayName(
            "the client for JavaScript generates, streams, cancels, tells errors and progress, by HTTP and WebSocket")
    default void javaScriptClient() {
        assertThat(Programs.testJavaScriptClient(environment("javascript")))
                .contains("ok progress of models that are not there yet is told");
    }

    private Map<String, String> environment(String language) {
        String source = wire().get("/models/" + language + "-1").json().getString("source");
        return Map.of(
                "HYPERION_TEST_URI",
                wire().base().toString(),
                "HYPERION_TEST_ENDLESS",
                Fixture.SINGLE,
                "HYPERION_TEST_LATE",
                "%1$s-1,%1$s-2,%1$s-3".formatted(language),
                "HYPERION_TEST_RELEASE",
                source.substring(0, source.lastIndexOf('/') + 1) + SlowModels.RELEASE);
    }
}
