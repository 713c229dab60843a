package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Wire.Answer;
import io.hyperion.war.it.Wire.Events;
import jakarta.json.JsonObject;
import java.io.IOException;

/** What all behaviours need. */
interface Behaviour {
    /** Enough for any model to say something, and the same at every call. */
    String SHORT = "'prompt':'Once upon a time','max_tokens':24,'temperature':0";

    /** For the model for one request at a time: goes on until somebody ends it. */
    String ENDLESS = "'model':'" + Fixture.SINGLE
            + "','prompt':'Once','max_tokens':1000000000,'ignore_eos':true,'context_shift':true";

    /** {@return the way to the server} */
    Wire wire();

    /**
     * A generation that takes its time: the model chooses among all of its words by chance, and the luck of the draw decides when it
     * ends. {@return the fields of one that makes at least a hundred tokens}
     */
    default String longOne() {
        for (int seed = 1; seed <= 50; seed++) {
            String fields = "'prompt':'Once upon a time','temperature':2,'top_k':0,'top_p':1,'min_p':0,'seed':" + seed;
            JsonObject reply = wire().post("/generate", "{" + fields + "}").json();
            if (reply.getInt("completion_tokens") >= 100) {
                return fields;
            }
        }
        throw new AssertionError("No seed makes a long text");
    }

    /** Begins a generation without an end; returns when it has the only slot of its model. The caller closes it, which ends it. */
    default Events occupySingle() throws IOException {
        Events stream = wire().stream("/generate", "{" + ENDLESS + ",'stream':true}");
        assertThat(stream.next().name()).isEqualTo("token");
        return stream;
    }

    /** Asserts that the model for one request at a time is free: what would have no end has been ended. */
    default void assertSingleIsFree() {
        Answer answer = wire().post(
                        "/generate", "{'model':'" + Fixture.SINGLE + "','prompt':'a','max_tokens':1,'temperature':0}");
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    }
}
