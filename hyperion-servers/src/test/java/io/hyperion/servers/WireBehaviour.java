package io.hyperion.servers;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Socket;
import io.hyperion.war.it.Wire.Answer;
import io.hyperion.war.it.Wire.Event;
import io.hyperion.war.it.Wire.Events;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What clients elsewhere get over the wire. */
interface WireBehaviour extends Behaviour {
    @Test
    @Order(101)
    @DisplayName("`POST /generate` answers")
    default void generates() {
        JsonObject reply = hyperion().post("/generate", "{" + SHORT + "}").json();

        assertThat(reply.getString("success")).isEqualTo("true");
        assertThat(reply.getString("output")).isNotEmpty();
        assertThat(reply.getInt("completion_tokens")).isPositive();
    }

    @Test
    @Order(102)
    @DisplayName("server-sent events come token by token")
    default void streams() throws IOException {
        // A text without an end: what comes of it came before its last token was made.
        try (Events stream = hyperion().stream("/generate", "{" + ENDLESS + ",'stream':true}")) {
            assertThat(stream.response().headers().firstValue("Content-Type").orElse(""))
                    .startsWith("text/event-stream");
            for (int i = 0; i < 20; i++) {
                assertThat(stream.next().name()).isEqualTo("token");
            }
        }
        String whole = shortOutput();
        StringBuilder pieces = new StringBuilder();
        try (Events stream = hyperion().stream("/generate", "{" + SHORT + ",'stream':true}")) {
            Event event = stream.next();
            for (; event.name().equals("token"); event = stream.next()) {
                pieces.append(event.data().getString("text"));
            }
            assertThat(event.name()).isEqualTo("done");
            assertThat(event.data().getString("output")).isEqualTo(whole);
        }
        assertThat(pieces.toString()).isEqualTo(whole);
    }

    @Test
    @Order(103)
    @DisplayName("a WebSocket generates, and cancels")
    default void socket() throws InterruptedException {
        String whole = shortOutput();
        try (Socket socket = new Socket(hyperion().base())) {
            socket.send("{'id':1,'method':'generate','params':{" + ENDLESS + "}}");
            assertThat(socket.next().getString("event")).isEqualTo("token");
            socket.send("{'id':1,'method':'cancel'}");
            JsonObject end = socket.end();
            assertThat(end.getString("event")).isEqualTo("done");
            assertThat(end.getString("finish_reason")).isEqualTo("cancelled");

            socket.send("{'id':2,'method':'generate','params':{" + SHORT + "}}");
            assertThat(socket.end().getString("output")).isEqualTo(whole);
        }
    }

    @Test
    @Order(104)
    @DisplayName("`/v1/chat/completions` answers, whole and as a stream")
    default void chats() throws IOException {
        String fields = "'messages':[{'role':'user','content':'Count to 5.'}],'temperature':0";
        JsonObject reply =
                hyperion().post("/v1/chat/completions", "{" + fields + "}").json();
        String whole = reply.getJsonArray("choices")
                .getJsonObject(0)
                .getJsonObject("message")
                .getString("content");
        assertThat(reply.getString("object")).isEqualTo("chat.completion");
        assertThat(whole).isNotEmpty();

        StringBuilder pieces = new StringBuilder();
        try (Events stream = hyperion().stream("/v1/chat/completions", "{" + fields + ",'stream':true}")) {
            JsonObject choice;
            do {
                choice = stream.next().data().getJsonArray("choices").getJsonObject(0);
                pieces.append(choice.getJsonObject("delta").getString("content", ""));
            } while (choice.isNull("finish_reason"));
        }
        assertThat(pieces.toString()).isEqualTo(whole);
    }

    @Test
    @Order(108)
    @DisplayName("an administrator unloads a model and loads it; one of a pool he is sent to the server's console for")
    default void administers() throws IOException {
        String name = hyperion().get("/properties").json().getString("model");
        Answer unloaded = hyperion().post("/models/" + name + "/unload", "");
        if (server().mode() == Mode.RAR) {
            assertThat(unloaded.error().getString("code")).isEqualTo("HYP-1029");
            return;
        }
        assertThat(unloaded.json().getString("state")).isEqualTo("ready");
        try (Events stream = hyperion().stream(hyperion()
                .request("/models/" + name + "/load")
                .header("Accept", "text/event-stream")
                .POST(BodyPublishers.noBody()))) {
            Event end = stream.next();
            assertThat(end.name()).isEqualTo("done");
            assertThat(end.data().getString("state")).isEqualTo("loaded");
        }
        assertThat(hyperion()
                        .send(hyperion().request("/models/" + name).DELETE())
                        .error()
                        .getString("code"))
                .isEqualTo("HYP-1029");
    }

    @Test
    @Order(105)
    @DisplayName("what is wrong is answered with its status and code, in the protocol's shape")
    default void refuses() {
        assertThat(hyperion()
                        .post("/generate", "{'prompt':'x','top_p':2}")
                        .error()
                        .getString("code"))
                .isEqualTo("HYP-1003");
        assertThat(hyperion().post("/generate", "{'prompt':").status()).isEqualTo(400);
        assertThat(hyperion().post("/generate", "{'model':'nope','prompt':'x'}").status())
                .isEqualTo(404);
        assertThat(hyperion().get("/nothing-here").error().getString("code")).isNotEmpty();
        assertThat(hyperion()
                        .post("/v1/chat/completions", "{'model':'nope','messages':[{'role':'user','content':'x'}]}")
                        .json()
                        .getJsonObject("error")
                        .getString("message"))
                .contains("nope");
    }

    @Test
    @Order(106)
    @DisplayName("a page of another origin is refused, over HTTP and WebSockets")
    default void origins() {
        assertThat(hyperion()
                        .send(hyperion()
                                .request("/models")
                                .header("Origin", "https://elsewhere.example")
                                .GET())
                        .status())
                .isEqualTo(403);
        assertThat(hyperion().get("/models").status()).isEqualTo(200);
        assertThat(catchRefusal()).isEqualTo(403);
    }

    @Test
    @Order(107)
    @DisplayName("browsers get a page at the context root, with the slash at its end or without, and programs JSON")
    default void page() {
        for (String path : List.of("/", "")) {
            Answer page = browse(path);
            if (page.status() / 100 == 3) {
                assertThat(page.header("Location")).endsWith("/" + App.HYPERION.path() + "/");
                page = browse("/");
            }
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.header("Content-Type")).startsWith("text/html");
            assertThat(page.response().body()).contains("<title>Hyperion</title>");
        }
        Answer script = browse("/page/app.js");
        assertThat(script.header("Content-Type")).startsWith("text/javascript");
        assertThat(hyperion()
                        .send(hyperion()
                                .request("/page/app.js")
                                .header("If-None-Match", script.header("ETag"))
                                .GET())
                        .status())
                .isEqualTo(304);
        assertThat(hyperion().get("/").json().getString("engine")).startsWith("llama.cpp");
    }

    private Answer browse(String path) {
        return hyperion()
                .send(hyperion()
                        .request(path)
                        .header("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
                        .GET());
    }

    private int catchRefusal() {
        try (Socket socket = new Socket(
                hyperion().base(), "", handshake -> handshake.header("Origin", "https://elsewhere.example"))) {
            throw new AssertionError("The handshake was taken, with the protocol '" + socket.protocol() + "'");
        } catch (java.util.concurrent.CompletionException refused) {
            return ((java.net.http.WebSocketHandshakeException) refused.getCause())
                    .getResponse()
                    .statusCode();
        }
    }
}
