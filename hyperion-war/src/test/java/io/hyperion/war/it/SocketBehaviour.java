package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The WebSocket at /ws. */
interface SocketBehaviour extends Behaviour {
    @Test
    @DisplayName("eight requests at once on one socket all end done, with the text that a single request gets")
    default void eightAtOnce() throws InterruptedException {
        JsonObject single = wire().post("/generate", "{" + SHORT + "}").json();
        try (Socket socket = new Socket(wire().base())) {
            for (int i = 0; i < 8; i++) {
                socket.send("{'id':'" + i + "','method':'generate','params':{" + SHORT + "}}");
            }
            Map<String, List<JsonObject>> frames = socket.untilEnded(8);

            assertThat(frames).hasSize(8);
            frames.forEach((id, ofOne) -> {
                JsonObject done = ofOne.get(ofOne.size() - 1);
                assertThat(done.getString("event")).isEqualTo("done");
                assertThat(done.getString("output")).isEqualTo(single.getString("output"));
                assertThat(ofOne.subList(0, ofOne.size() - 1)).isNotEmpty();
                assertThat(texts(ofOne)).isEqualTo(single.getString("output"));
                assertThat(done.keySet()).contains("id", "event").containsAll(single.keySet());
            });
        }
    }

    @Test
    @DisplayName("a number is an id too, and another than the same digits in a string")
    default void ids() throws InterruptedException {
        try (Socket socket = new Socket(wire().base())) {
            socket.send("{'id':7,'method':'generate','params':{" + SHORT + ",'stream':false}}");
            socket.send("{'id':'7','method':'generate','params':{" + SHORT + ",'stream':false}}");

            assertThat(socket.untilEnded(2)).containsOnlyKeys("7", "\"7\"");
        }
    }

    @Test
    @DisplayName("completion and models are methods as well")
    default void methods() throws InterruptedException {
        try (Socket socket = new Socket(wire().base())) {
            socket.send(
                    "{'id':1,'method':'completion','params':{'prompt':'Once upon a time','n_predict':24,'temperature':0}}");
            List<JsonObject> completion = socket.untilEnded(1).get("1");
            JsonObject done = completion.get(completion.size() - 1);
            assertThat(done.getString("event")).isEqualTo("done");
            assertThat(done.getString("content")).isEqualTo(texts(completion)).isNotEmpty();
            assertThat(done.getInt("tokens_predicted")).isPositive();

            socket.send("{'id':2,'method':'models'}");
            JsonObject models = socket.next();
            assertThat(models.getString("event")).isEqualTo("done");
            assertThat(models.getJsonArray("models"))
                    .hasSameSizeAs(wire().get("/models").json().getJsonArray("models"))
                    .hasSizeGreaterThan(7);
        }
    }

    @Test
    @DisplayName("cancel ends a request early, and its end says so")
    default void cancels() throws InterruptedException {
        String fields = longOne();
        int all = wire().post("/generate", "{" + fields + "}").json().getInt("completion_tokens");
        try (Socket socket = new Socket(wire().base())) {
            socket.send("{'id':'x','method':'generate','params':{" + fields + "}}");
            assertThat(socket.next().getString("event")).isEqualTo("token");
            socket.send("{'id':'x','method':'cancel'}");
            JsonObject end = socket.end();

            assertThat(end.getString("event")).isEqualTo("done");
            assertThat(end.getString("finish_reason")).isEqualTo("cancelled");
            assertThat(end.getInt("completion_tokens")).isLessThan(all);
            socket.send("{'id':'x','method':'generate','params':{" + SHORT + "}}");
            assertThat(socket.end().getString("event")).isEqualTo("done");
        }
    }

    @Test
    @DisplayName("what is wrong is answered by an error with its id, and the socket goes on")
    default void wrong() throws InterruptedException {
        try (Socket socket = new Socket(wire().base())) {
            socket.send("{'id':1,'method':'dance'}");
            assertError(socket.next(), "1", "HYP-1004", "method");
            socket.send("{'method':'models'}");
            assertError(socket.next(), "null", "HYP-1001", "id");
            socket.send("{'id':2,'method':'generate','params':{'prompt':'x','top_p':2}}");
            assertError(socket.next(), "2", "HYP-1003", "top_p");
            socket.send("{'id':'t','method':'generate','params':{'prompt':'x','top_p':'2'}}");
            assertError(socket.next(), "\"t\"", "HYP-1002", "top_p");
            socket.send("{'id':3,'method':'generate','params':{'prompt':'x','model':'nope'}}");
            assertError(socket.next(), "3", "HYP-2001", "");
            socket.send("{'id':4,'method':'generate','params':{'prompt':'x','model':'truncated'}}");
            assertError(socket.next(), "4", "HYP-6001", "");
            socket.send("{'id':5,'method':'generate','params':{'prompt':'a\\ud800'}}");
            assertError(socket.next(), "5", "HYP-1007", "prompt");
            socket.send("nonsense");
            assertError(socket.next(), "null", "HYP-1006", "");

            socket.send("{'id':6,'method':'generate','params':{" + SHORT + ",'temprature':1}}");
            JsonObject end = socket.end();
            assertThat(end.getString("event")).isEqualTo("done");
            assertThat(end.getString("warning")).contains("'temperature'");
        }
    }

    @Test
    @DisplayName("an id that is under way is refused")
    default void duplicate() throws InterruptedException {
        String fields = longOne();
        try (Socket socket = new Socket(wire().base())) {
            socket.send("{'id':'x','method':'generate','params':{" + fields + "}}");
            socket.send("{'id':'x','method':'generate','params':{" + fields + "}}");

            assertError(socket.end(), "\"x\"", "HYP-1005", "id");
        }
    }

    @Test
    @DisplayName("a request too many on one socket is refused, those before it are served")
    default void tooMany() throws InterruptedException {
        String fields = "'model':'" + Fixture.SINGLE + "'," + longOne();
        try (Socket socket = new Socket(wire().base())) {
            socket.send("{'id':'first','method':'generate','params':{" + fields + "}}");
            for (int i = 0; i < 64; i++) {
                socket.send("{'id':" + i + ",'method':'generate','params':{'model':'" + Fixture.SINGLE
                        + "','prompt':'a','max_tokens':1,'stream':false}}");
            }
            assertError(socket.end(), "63", "HYP-5002", "");
            socket.send("{'id':'first','method':'cancel'}");
            Map<String, List<JsonObject>> frames = socket.untilEnded(64);

            assertThat(frames.values())
                    .allMatch(ofOne ->
                            ofOne.get(ofOne.size() - 1).getString("event").equals("done"));
        }
    }

    private static String texts(List<JsonObject> frames) {
        return frames.stream()
                .filter(frame -> frame.getString("event").equals("token"))
                .map(frame -> frame.getString("text"))
                .collect(Collectors.joining());
    }

    private static void assertError(JsonObject frame, String id, String code, String parameter) {
        assertThat(frame.getString("event")).isEqualTo("error");
        assertThat(frame.get("id").toString()).isEqualTo(id);
        assertThat(frame.getString("code")).isEqualTo(code);
        assertThat(frame.getString("parameter", "")).isEqualTo(parameter);
        assertThat(frame.getString("message")).isNotEmpty();
    }
}
