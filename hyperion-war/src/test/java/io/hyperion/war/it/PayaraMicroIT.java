package io.hyperion.war.it;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("On Payara Micro")
@ExtendWith(ArquillianExtension.class)
class PayaraMicroIT
        implements GenerateBehaviour,
                StreamBehaviour,
                CompletionBehaviour,
                ModelsBehaviour,
                BadInputBehaviour,
                AdmissionBehaviour,
                ParameterBehaviour,
                SocketBehaviour,
                SlowReaderBehaviour,
                InjectBehaviour {
    @ArquillianResource
    private URL url;

    /** The server is started with the deployment: what it reads at its start is written before. */
    @Deployment(testable = false)
    static WebArchive war() throws IOException {
        Path directory = Path.of(System.getProperty("hyperion.it.directory"));
        Files.createDirectories(directory.resolve("tmp"));
        Files.writeString(
                directory.resolve("pre-boot.txt"),
                String.join(
                        "\n",
                        "set configs.config.server-config.network-config.network-listeners.network-listener.http-listener.address=127.0.0.1",
                        "set configs.config.server-config.hazelcast-config-specific-configuration.enabled=false",
                        ""));
        Fixture.write(directory);
        return ShrinkWrap.createFromZipFile(WebArchive.class, new File(System.getProperty("hyperion.war")))
                .addClass(InjectedAssistant.class);
    }

    @Override
    public Wire wire() {
        try {
            return new Wire(new URI("http", null, "127.0.0.1", url.getPort(), "/hyperion", null, null));
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
