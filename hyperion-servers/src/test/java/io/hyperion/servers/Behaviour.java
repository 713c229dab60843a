package io.hyperion.servers;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Wire;
import io.hyperion.war.it.Wire.Answer;
import io.hyperion.war.it.Wire.Events;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
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

    /** What a JVM's memory may differ by from one moment to the next: much less than ten loaded models. */
    long SLACK_KILOBYTES = 100_000;

    /** How often of ten times it is counted what is left. */
    int COUNTED = 8;

    /** Copies of classes that the collector, or threads that wait for work, may keep of the last applications: less than there were. */
    int SLACK_COPIES = 3;

    /** The same of the server's own threads: its pools grow and shrink as they like. */
    int SLACK_THREADS = 12;

    /** {@return the server under test, with Hyperion deployed} */
    Server server();

    /** What a class does with its server before the first behaviour: Hyperion is there, and another application. */
    default void prepare(Server server) throws Exception {
        if (server.mode() == Mode.RAR) {
            server.pool().create();
        }
        server.deploy(App.HYPERION);
        server.deploy(App.CONSUMER);
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

    /** {@return what a request to an application tells} */
    default JsonObject told(App app, String path) {
        Answer answer = wire(app).get(path);
        if (answer.status() != 200) {
            throw new AssertionError(answer.status() + ": " + answer.response().body());
        }
        return answer.json();
    }

    /** Begins a generation without an end; returns when it is under way. The caller closes it, which ends it. */
    default Events occupy() throws IOException {
        Events stream = hyperion().stream("/generate", "{" + ENDLESS + ",'stream':true}");
        String first = stream.next().name();
        if (!first.equals("token")) {
            stream.close();
            throw new AssertionError("The stream begins with '" + first + "'");
        }
        return stream;
    }

    /** Waits for what is to come; throws with the words if it does not come in half a minute. */
    static void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("In half a minute not: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** Does something ten times, and asserts that nothing has grown. */
    default void leavesNothing(Work redeployment) throws Exception {
        leaves(0, redeployment);
    }

    /** Does something ten times, and asserts that nothing has grown but the copies of the API's classes, by at most so many each time. */
    default void leaves(int copiesEachTime, Work redeployment) throws Exception {
        // What is made once only, and what the collector keeps of the last one, is there before it is counted.
        redeployment.run();
        redeployment.run();
        Footprint before = Footprint.of(server());
        for (int i = 0; i < COUNTED; i++) {
            redeployment.run();
        }
        long copies = before.copies() + SLACK_COPIES + COUNTED * copiesEachTime;
        Footprint after = collected(copies);

        String both = before + " before, " + after + " after";
        if (server().releasesClasses()) {
            assertThat(after.copies()).as(both).isLessThanOrEqualTo(copies);
        }
        assertThat(after.ownThreads()).as(both).isLessThanOrEqualTo(before.ownThreads());
        assertThat(after.threads()).as(both).isLessThanOrEqualTo(before.threads() + SLACK_THREADS);
        assertThat(after.residentKilobytes()).as(both).isLessThan(before.residentKilobytes() + SLACK_KILOBYTES);
        assertThat(after.temporaryFiles()).as(both).isLessThanOrEqualTo(before.temporaryFiles());
        assertThat(server().log()).doesNotContain("already loaded in another classloader");
    }

    /** {@return what the server holds once it has no more copies of the API's classes than these, or else after half a minute} */
    private Footprint collected(long copies) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        Footprint footprint = Footprint.of(server());
        while (footprint.copies() > copies && server().releasesClasses() && System.nanoTime() < end) {
            footprint = Footprint.of(server());
        }
        return footprint;
    }

    /** Part of a test. */
    interface Work {
        void run() throws Exception;
    }
}
