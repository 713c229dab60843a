package io.hyperion.war.it;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.Map;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("On Payara Micro")
@ExtendWith(ArquillianExtension.class)
class PayaraMicroIT
        implements GenerateBehaviour,
                StreamBehaviour,
                CompletionBehaviour,
                OpenAiBehaviour,
                OpenAiClientBehaviour,
                LlamaServerBehaviour,
                LlamaSessionBehaviour,
                LlamaClientsBehaviour,
                OpenAiToolBehaviour,
                OpenApiBehaviour,
                NodeClientBehaviour,
                ExampleClientsBehaviour,
                ModelsBehaviour,
                AdministrationBehaviour,
                WaitingBehaviour,
                BadInputBehaviour,
                AdmissionBehaviour,
                ParameterBehaviour,
                SocketBehaviour,
                SlowReaderBehaviour,
                InjectBehaviour,
                RemoteClientBehaviour,
                OriginBehaviour,
                PageBehaviour,
                NeuroEngineBehaviour,
                ApiHostBehaviour {
    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    static WebArchive war() throws IOException {
        return Fixture.war(Map.of()).addClass(InjectedAssistant.class);
    }

    @Override
    public Wire wire() {
        return wire("/hyperion");
    }

    @Override
    public Wire consumer() {
        return wire("/consumer");
    }

    private Wire wire(String contextRoot) {
        try {
            return new Wire(new URI("http", null, "127.0.0.1", url.getPort(), contextRoot, null, null));
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
