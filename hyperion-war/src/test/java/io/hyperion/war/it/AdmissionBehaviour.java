package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Wire.Answer;
import io.hyperion.war.it.Wire.Events;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who has to wait, who is refused, and who is gone. */
interface AdmissionBehaviour extends Behaviour {
    /** One token of the model for one request at a time. */
    String ONE_TOKEN = "'model':'" + Fixture.SINGLE + "','prompt':'a'";

    @Test
    @DisplayName(
            "a full queue is told at once, with when to come back, in each protocol's form; closed sockets empty it")
    default void full() throws InterruptedException {
        try (Socket one = new Socket(wire().base());
                Socket two = new Socket(wire().base());
                Socket three = new Socket(wire().base())) {
            for (int i = 0; i < 64; i++) {
                String request = "{'id':" + i + ",'method':'generate','params':{" + ENDLESS + "}}";
                one.send(request);
                two.send(request);
                three.send(request);
            }
            // Answers come in order: behind these, all requests of their sockets are in the queue, or refused.
            List<JsonObject> ended = List.of(afterAll(one), afterAll(two), afterAll(three));
            JsonObject frame = ended.stream()
                    .filter(answer -> answer.getString("code").equals("HYP-5001"))
                    .findFirst()
                    .orElseThrow();
            assertThat(frame.getString("event")).isEqualTo("error");
            assertThat(frame.getInt("retry_after")).isPositive();

            assertBusy(wire().post("/generate", "{" + ONE_TOKEN + "}"));
            assertBusy(wire().post("/generate", "{" + ONE_TOKEN + ",'stream':true}"));
            assertLlamaUnavailable(wire().post("/completion", "{" + ONE_TOKEN + "}"), 429);
            assertLlamaUnavailable(wire().post("/completion", "{" + ONE_TOKEN + ",'stream':true}"), 429);
        }
        awaitRoom();
        assertSingleIsFree();
    }

    @Test
    @DisplayName("who waits too long for a slot is refused with when to come back; a stream says nothing before that")
    default void waitedTooLong() throws IOException, InterruptedException {
        try (Events occupant = occupySingle();
                Socket socket = new Socket(wire().base())) {
            CompletableFuture<Answer> plain = waiting("/generate", "{" + ONE_TOKEN + "}");
            CompletableFuture<Answer> stream = waiting("/generate", "{" + ONE_TOKEN + ",'stream':true}");
            CompletableFuture<Answer> completion = waiting("/completion", "{" + ONE_TOKEN + "}");
            CompletableFuture<Answer> completionStream = waiting("/completion", "{" + ONE_TOKEN + ",'stream':true}");
            socket.send("{'id':1,'method':'generate','params':{" + ONE_TOKEN + "}}");

            for (CompletableFuture<Answer> waiting : List.of(plain, stream)) {
                Answer refused = waiting.join();
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.error().getString("code")).isEqualTo("HYP-6003");
                assertThat(refused.error().getString("message")).contains("'" + Fixture.SINGLE + "'");
                assertThat(Integer.parseInt(refused.header("Retry-After"))).isPositive();
            }
            assertLlamaUnavailable(completion.join(), 503);
            assertLlamaUnavailable(completionStream.join(), 503);
            JsonObject frame = socket.next();
            assertThat(frame.getString("event")).isEqualTo("error");
            assertThat(frame.getString("code")).isEqualTo("HYP-6003");
            assertThat(frame.getInt("retry_after")).isPositive();
            // Nobody took the slot from the one who had it.
            assertThat(occupant.next().name()).isEqualTo("token");
        }
        assertSingleIsFree();
    }

    @Test
    @DisplayName("who waits is served when the one before is gone, and its stream begins then")
    default void waitsForItsTurn() throws IOException {
        Events occupant = occupySingle();
        try (RawConnection next = RawConnection.to(wire().base())) {
            next.post("/hyperion/generate", "{" + ONE_TOKEN + ",'max_tokens':1,'stream':true}");
            assertThat(occupant.next().name()).isEqualTo("token");
            occupant.close();

            assertThat(next.line()).contains("200");
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/hyperion/generate", "/hyperion/completion"})
    @DisplayName("a stream whose reader is gone ends, and so do those that wait behind it")
    default void readerGone(String path) throws IOException {
        String request = "{" + ENDLESS.replace("max_tokens", tokensField(path)) + ",'stream':true}";
        try (RawConnection first = RawConnection.to(wire().base())) {
            first.post(path, request);
            assertThat(first.line()).contains("200");
            for (int i = 0; i < 5; i++) {
                try (RawConnection waiting = RawConnection.to(wire().base())) {
                    waiting.post(path, request);
                }
            }
        }

        assertSingleIsFree();
    }

    @Test
    @DisplayName("a socket that is closed, orderly or not, ends its requests")
    default void socketGone() throws IOException, InterruptedException {
        String request = "{'id':1,'method':'generate','params':{" + ENDLESS + "}}";
        try (Socket socket = new Socket(wire().base())) {
            socket.send(request);
            assertThat(socket.next().getString("event")).isEqualTo("token");
            socket.sayGoodbye();
            assertSingleIsFree();
        }
        try (RawConnection raw = RawConnection.to(wire().base())) {
            raw.upgrade("/hyperion/ws");
            raw.sendText(request);
            assertThat(Wire.json(raw.text()).getString("event")).isEqualTo("token");
        }
        assertSingleIsFree();
    }

    @Test
    @DisplayName("cancel on a socket frees the slot, and ends one that waits for it with an empty text")
    default void cancelFrees() throws InterruptedException {
        try (Socket socket = new Socket(wire().base())) {
            socket.send("{'id':1,'method':'generate','params':{" + ENDLESS + "}}");
            assertThat(socket.next().getString("event")).isEqualTo("token");
            socket.send("{'id':2,'method':'generate','params':{" + ENDLESS + "}}");
            socket.send("{'id':2,'method':'cancel'}");
            JsonObject waiting = socket.end();
            assertThat(waiting.getInt("id")).isEqualTo(2);
            assertThat(waiting.getString("finish_reason")).isEqualTo("cancelled");
            assertThat(waiting.getString("output")).isEmpty();
            assertThat(waiting.getInt("completion_tokens")).isZero();

            socket.send("{'id':1,'method':'cancel'}");
            assertThat(socket.end().getString("finish_reason")).isEqualTo("cancelled");
            assertSingleIsFree();
        }
    }

    @Test
    @DisplayName("time that is over ends a generation, and frees its slot")
    default void timeOver() {
        Answer answer = wire().post("/generate", "{" + ENDLESS + ",'timeout':0.3}");

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.error().getString("code")).isEqualTo("HYP-7001");
        assertSingleIsFree();
    }

    private CompletableFuture<Answer> waiting(String path, String json) {
        return CompletableFuture.supplyAsync(() -> wire().post(path, json), task -> new Thread(task).start());
    }

    private static String tokensField(String path) {
        return path.endsWith("completion") ? "n_predict" : "max_tokens";
    }

    private static void assertBusy(Answer busy) {
        assertThat(busy.status()).isEqualTo(429);
        assertThat(busy.error().getString("code")).isEqualTo("HYP-5001");
        assertThat(Integer.parseInt(busy.header("Retry-After"))).isPositive();
    }

    private static void assertLlamaUnavailable(Answer answer, int status) {
        assertThat(answer.status()).isEqualTo(status);
        JsonObject error = answer.json().getJsonObject("error");
        assertThat(error.getInt("code")).isEqualTo(status);
        assertThat(error.getString("type")).isEqualTo("unavailable_error");
        assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
    }

    /** Waits until the closing of sockets has got about: a request is taken again. */
    private void awaitRoom() {
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (wire().post("/generate", "{" + ONE_TOKEN + ",'max_tokens':0}").status() == 429) {
            assertThat(System.nanoTime()).as("the queue empties").isLessThan(deadline);
        }
    }

    /** The first error that comes, or the answer to a last question. */
    private static JsonObject afterAll(Socket socket) throws InterruptedException {
        socket.send("{'id':'last','method':'dance'}");
        return socket.end();
    }
}
