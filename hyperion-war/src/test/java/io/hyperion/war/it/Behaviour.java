package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;

/** What all behaviours need. */
interface Behaviour {
    /** Enough for any model to say something, and the same at every call. */
    String SHORT = "'prompt':'Once upon a time','max_tokens':24,'temperature':0";

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

    /** Asserts that a model for one request at a time is free: what was cancelled before is not generated to its end. */
    default void assertSingleIsFree(double secondsOfOne) {
        JsonObject reply = wire().post(
                        "/generate", "{'model':'" + Fixture.SINGLE + "','prompt':'a','max_tokens':1,'temperature':0}")
                .json();
        assertThat(reply.getJsonNumber("execution_time").doubleValue()).isLessThan(2 * secondsOfOne);
    }
}
