package io.hyperion.examples.assistant;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.examples.assistant.Desk.Answer;
import java.io.IOException;
import java.net.URL;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.TargetsContainer;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("On a Payara Micro without Hyperion")
@ExtendWith(ArquillianExtension.class)
class WithoutHyperionIT {
    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    @TargetsContainer("alone")
    static WebArchive war() throws IOException {
        return Fixture.assistant();
    }

    @Test
    @DisplayName("the page is there, and all that asks a model tells what was looked up in vain")
    void absent() throws IOException, InterruptedException {
        Desk desk = new Desk(url.getPort());

        assertThat(desk.get("/assistant/").status()).isEqualTo(200);
        assertAbsent(desk.get("/assistant/api/models"));
        assertAbsent(desk.post("/assistant/api/tickets", "{" + Desk.TICKET + "}"));
        assertAbsent(desk.post("/assistant/api/drafts", "{" + Desk.TICKET + "}"));
        assertThat(desk.post("/assistant/api/tickets", "{}").status()).isEqualTo(400);
    }

    private static void assertAbsent(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(503);
        assertThat(answer.problem().getString("code")).isEqualTo("HYP-6004");
        assertThat(answer.problem().getString("detail")).contains("io.hyperion.client", "eis/hyperion");
    }
}
