package io.hyperion.war.it;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.Map;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** The page at the context root, in a browser; {@link Browser} says what that needs. */
@DisplayName("The page, in a browser")
@ExtendWith(ArquillianExtension.class)
class PageIT {
    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive war() throws IOException {
        String model = Fixture.model().toString();
        return Fixture.war(Map.of(
                // Goes on until somebody stops it.
                "hyperion.models.endless.path",
                model,
                "hyperion.models.endless.defaults.ignore_eos",
                "true",
                "hyperion.models.endless.defaults.context_shift",
                "true",
                // For those who load and unload it.
                "hyperion.models.spare.path",
                model));
    }

    @TestFactory
    @DisplayName("does what it is for")
    Stream<DynamicTest> page() throws IOException, URISyntaxException {
        return Browser.find().test("page.mjs", base());
    }

    private String base() {
        return "http://127.0.0.1:" + url.getPort() + "/hyperion";
    }
}
