package io.hyperion.servers;

import io.hyperion.war.it.Wire;
import io.hyperion.war.it.Wire.Answer;
import java.net.URI;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What all behaviours need. A test whose behaviour a server cannot have says so with {@link org.junit.jupiter.api.Assumptions#abort(String)}:
 * its reason stands below the table.
 */
@TestMethodOrder(OrderAnnotation.class)
interface Behaviour {
    /** Enough for any model to say something, and the same at every call. */
    String SHORT = "'prompt':'Once upon a time','max_tokens':24,'temperature':0";

    /** Goes on until somebody ends it. */
    String ENDLESS = "'prompt':'Once','max_tokens':1000000000,'ignore_eos':true,'context_shift':true";

    /** {@return the server under test, with Hyperion deployed} */
    Server server();

    /** What a class does with its server before the first behaviour: it deploys Hyperion, and makes the pool if there is to be one. */
    default void prepare(Server server) throws Exception {
        server.deploy(App.HYPERION);
    }

    /** {@return the way to Hyperion} */
    default Wire hyperion() {
        return wire(App.HYPERION);
    }

    /** {@return the way to an application} */
    default Wire wire(App app) {
        return new Wire(URI.create(server().url() + "/" + app.path()));
    }

    /** {@return what Hyperion says to a short prompt} */
    default String shortOutput() {
        Answer answer = hyperion().post("/generate", "{" + SHORT + "}");
        if (answer.status() != 200) {
            throw new AssertionError(answer.status() + ": " + answer.response().body());
        }
        return answer.json().getString("output");
    }
}
