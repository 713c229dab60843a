package io.hyperion.war.it;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Programs.Ran;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The page at the context root, in a browser; {@link Browser} says what that needs. With {@code -Dhyperion.screenshots} it makes the
 * pictures of the documentation instead.
 */
@DisplayName("The page, in a browser")
@ExtendWith(ArquillianExtension.class)
class PageIT {
    private static final String SCREENSHOTS = "hyperion.screenshots";

    /** What the deployment is told of, which is made before all tests. */
    private static SlowServer downloads;

    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive war() throws IOException {
        String model = Fixture.model().toString();
        downloads = new SlowServer(Fixture.model());
        Path directory = Files.createDirectories(Fixture.directory());
        return Fixture.warOf(Map.ofEntries(
                entry(
                        "hyperion.models-dir",
                        Files.createTempDirectory(directory, "models").toString()),
                entry("hyperion.models.default.path", model),
                entry("hyperion.models.default.description", "Small talk, and simple sums"),
                // Goes on until somebody stops it.
                entry("hyperion.models.endless.path", model),
                entry("hyperion.models.endless.defaults.ignore_eos", "true"),
                entry("hyperion.models.endless.defaults.context_shift", "true"),
                entry("hyperion.models.missing.path", "/models/missing.gguf"),
                entry("hyperion.models.remote.source", downloads.file()),
                // For those who load and unload it.
                entry("hyperion.models.spare.path", model)));
    }

    @AfterAll
    static void close() {
        downloads.close();
    }

    @TestFactory
    @DisabledIfSystemProperty(named = SCREENSHOTS, matches = ".+")
    @DisplayName("chats, previews, plots, and is safe and usable")
    Stream<DynamicTest> page() throws IOException {
        return Browser.find().test("page.mjs", address());
    }

    @TestFactory
    @DisabledIfSystemProperty(named = SCREENSHOTS, matches = ".+")
    @DisplayName("brings models in and out of memory")
    Stream<DynamicTest> models() throws IOException {
        return Browser.find().test("models.mjs", address(), downloads.hurry());
    }

    @Test
    @EnabledIfSystemProperty(named = SCREENSHOTS, matches = ".+")
    @DisplayName("sits for its portraits")
    void screenshots() throws IOException {
        Ran ran = Browser.find().run("screenshots.mjs", address(), System.getProperty(SCREENSHOTS));

        assertThat(ran.status()).as(ran.output()).isZero();
    }

    private String address() {
        return "http://127.0.0.1:" + url.getPort() + "/hyperion";
    }
}
