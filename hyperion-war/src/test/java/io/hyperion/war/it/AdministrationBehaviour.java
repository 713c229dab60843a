package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Wire.Answer;
import io.hyperion.war.it.Wire.Event;
import io.hyperion.war.it.Wire.Events;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What administrators do with models: everybody on this machine is one, as long as nothing is said about it. */
interface AdministrationBehaviour extends Behaviour {
    @Test
    @DisplayName("a model is loaded and unloaded, and told as it is then")
    default void loadAndUnload() {
        assertAct("load", "loaded");
        assertThat(wire().get("/models/single").json().getInt("instances")).isEqualTo(1);
        assertAct("load", "loaded");
        assertAct("unload", "ready");
        assertThat(wire().get("/models/single").json().getInt("instances")).isZero();
        assertAct("unload", "ready");
        assertSingleIsFree();
    }

    private void assertAct(String act, String state) {
        Answer answer = wire().post("/models/single/" + act, "");
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        assertThat(answer.json().getString("name")).isEqualTo("single");
        assertThat(answer.json().getString("state")).isEqualTo(state);
        assertThat(wire().get("/models/single").json().getString("state")).isEqualTo(state);
    }

    @Test
    @DisplayName("a model is pinned, and no longer")
    default void pin() {
        assertThat(wire().post("/models/single/pin", "{}").json().getBoolean("pinned"))
                .isTrue();
        assertThat(wire().get("/models/single").json().getBoolean("pinned")).isTrue();
        assertThat(wire().post("/models/single/unpin", "{}").json().getBoolean("pinned"))
                .isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"field", "header"})
    @DisplayName("loading is told as events, to who asks for that by a field or the header")
    default void events(String way) throws IOException {
        wire().post("/models/single/unload", "");
        List<Event> events;
        try (Events stream = way.equals("field")
                ? wire().stream("/models/single/load", "{'stream':true}")
                : wire().stream(wire().request("/models/single/load")
                        .header("Accept", "text/event-stream, application/json;q=0.5")
                        .POST(BodyPublishers.noBody()))) {
            assertThat(stream.response().statusCode()).isEqualTo(200);
            assertThat(stream.response().headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
            events = stream.all();
        }
        Event last = events.get(events.size() - 1);

        assertThat(events.subList(0, events.size() - 1)).allSatisfy(event -> {
            assertThat(event.name()).isEqualTo("progress");
            assertThat(event.data().getString("model")).isEqualTo("single");
        });
        assertThat(last.name()).isEqualTo("done");
        assertThat(last.data().getString("state")).isEqualTo("loaded");
    }

    @Test
    @DisplayName("the lone answer is what clients get that would rather have JSON, or do not care")
    default void plain() {
        for (String accept : List.of("*/*", "application/json", "application/json, text/event-stream")) {
            Answer answer = wire().send(wire().request("/models/single/load")
                    .header("Accept", accept)
                    .POST(BodyPublishers.noBody()));
            assertThat(answer.json().getString("state")).isEqualTo("loaded");
        }
        assertThat(wire().send(wire().request("/models/single/load")
                                .header("Accept", "text/event-stream")
                                .POST(BodyPublishers.ofString("{\"stream\":false}")))
                        .json()
                        .getString("state"))
                .isEqualTo("loaded");
    }

    @Test
    @DisplayName("unloading a model ends its requests, and the next one loads it again")
    default void unloadInUse() throws IOException {
        try (Events stream = occupySingle()) {
            assertThat(wire().post("/models/single/unload", "").json().getString("state"))
                    .isEqualTo("ready");
            List<Event> events = stream.all();
            Event last = events.get(events.size() - 1);
            assertThat(last.name()).isEqualTo("error");
            assertThat(last.data().getJsonObject("error").getString("code")).isEqualTo("HYP-6002");
        }
        assertSingleIsFree();
    }

    @Test
    @DisplayName("a model that cannot be loaded says why, with its status also to who wants events")
    default void broken() {
        for (String body : List.of("", "{'stream':true}")) {
            Answer refused = wire().post("/models/truncated/load", body);
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.error().getString("code")).isEqualTo("HYP-6001");
            assertThat(refused.error().getString("message")).contains("truncated.gguf");
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "POST|/models/nobody/load||404|HYP-2001",
                "DELETE|/models/nobody||404|HYP-2001",
                "POST|/models/single/eat||404|HYP-1004",
                "GET|/models/single/load||405|HYP-1004",
                "PUT|/models/single||405|HYP-1004",
                "POST|/models/single/load|[]|400|HYP-1002",
                "POST|/models/single/load|{'stream':1}|400|HYP-1002",
                "POST|/models/single/load|{|400|HYP-1006",
                "DELETE|/models/single?file=yes||400|HYP-1004",
                "DELETE|/models/single||400|HYP-1029",
                "POST|/models|{}|400|HYP-1001",
                "POST|/models|{'name':7}|400|HYP-1002",
                "POST|/models||400|HYP-1006"
            })
    @DisplayName("what cannot be done is refused with its reason, and the model lives")
    default void refused(String method, String path, String body, int status, String code) {
        Answer refused = wire().send(wire().request(path)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body == null ? "" : body.replace('\'', '"'))));

        assertThat(refused.status()).as(refused.response().body()).isEqualTo(status);
        assertThat(refused.error().getString("code")).isEqualTo(code);
        assertSingleIsFree();
    }

    @Test
    @DisplayName("a model is added, is there to be downloaded, and is taken away again")
    default void addAndRemove() {
        Answer added = wire().post(
                        "/models",
                        "{'name':'tales.2','source':'hf:owner/repository/tales.gguf','aliases':['tales'],'tags':['a','b'],"
                                + "'description':'Tells ü','context_size':512,'defaults':{'temperature':0.5}}");
        assertThat(added.status()).as(added.response().body()).isEqualTo(201);
        JsonObject model = wire().get("/models/tales").json();
        assertThat(model).isEqualTo(added.json());
        assertThat(model.getString("name")).isEqualTo("tales.2");
        assertThat(model.getString("state")).isEqualTo("absent");
        assertThat(model.getString("origin")).isEqualTo("added");
        assertThat(model.getString("source")).isEqualTo("hf:owner/repository/tales.gguf");
        assertThat(model.getString("description")).isEqualTo("Tells ü");
        assertThat(model.getJsonArray("tags")).hasSize(2);
        assertThat(model.getJsonObject("defaults").getJsonNumber("temperature").doubleValue())
                .isEqualTo(0.5);

        Answer twice = wire().post("/models", "{'name':'tales.2','source':'hf:owner/repository/other.gguf'}");
        assertThat(twice.status()).isEqualTo(400);
        assertThat(twice.error().getString("code")).isEqualTo("HYP-1027");

        Answer removed = wire().send(wire().request("/models/tales").DELETE());
        assertThat(removed.status()).as(removed.response().body()).isEqualTo(200);
        assertThat(removed.json().getString("name")).isEqualTo("tales.2");
        assertThat(wire().get("/models/tales.2").status()).isEqualTo(404);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "'name':'a','source':'http://127.0.0.1:1/a.gguf'|HYP-1026",
                "'name':'a','source':'https://localhost/a.gguf'|HYP-1026",
                "'name':'a','source':'file:///etc/passwd'|HYP-1026",
                "'name':'../a','source':'hf:a/b/c.gguf'|HYP-1025",
                "'name':'a/b','source':'hf:a/b/c.gguf'|HYP-1025",
                "'name':'a','source':'hf:../b/c.gguf'|HYP-1025",
                "'name':'a','source':'nonsense'|HYP-1025",
                "'name':'default','source':'hf:a/b/c.gguf'|HYP-1027",
                "'name':'a','source':'hf:a/b/c.gguf','path':'/etc/passwd'|",
                "'name':'a','source':'hf:a/b/c.gguf','lora':'/a.gguf'|",
                "'name':'a','source':'hf:a/b/c.gguf','slot_save_path':'/tmp'|",
                "'name':'a','source':'hf:a/b/c.gguf','slots':0|",
                "'name':'a','source':'hf:a/b/c.gguf','no_such_key':1|",
                "'name':'a'|"
            })
    @DisplayName("a model is not added from this machine, with its files, or with anything wrong about it")
    default void notAdded(String fields, String code) {
        Answer refused = wire().post("/models", "{" + fields + "}");

        assertThat(refused.status()).as(refused.response().body()).isEqualTo(400);
        if (code != null) {
            assertThat(refused.error().getString("code")).isEqualTo(code);
        }
        assertThat(wire().get("/models/a").status()).isEqualTo(404);
    }

    @Test
    @DisplayName("a web page of elsewhere administers nothing, not even by requests that browsers send without asking")
    default void foreignPages() {
        assertAct("load", "loaded");
        String[][] pages = {
            {"Origin", "https://evil.example.com"},
            {"Origin", "null"},
            {"Sec-Fetch-Site", "cross-site"},
        };
        for (String[] page : pages) {
            for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "application/json")) {
                Answer refused = wire().send(wire().request("/models/single/unload")
                        .header("Content-Type", type)
                        .header(page[0], page[1])
                        .POST(BodyPublishers.noBody()));
                assertThat(refused.status()).as(page[0] + ": " + page[1]).isEqualTo(403);
                assertThat(refused.error().getString("code")).isEqualTo("HYP-4002");
            }
        }
        assertThat(wire().get("/models/single").json().getString("state")).isEqualTo("loaded");
        Answer own = wire().send(wire().request("/models/single/unload")
                .header("Origin", "http://127.0.0.1:" + wire().base().getPort())
                .header("Sec-Fetch-Site", "same-origin")
                .POST(BodyPublishers.noBody()));
        assertThat(own.json().getString("state")).isEqualTo("ready");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "/generate|{'prompt':'a','n_ctx':4096}|n_ctx|context-size",
                "/generate|{'prompt':'a','lora':'/tmp/a.gguf'}|lora|lora",
                "/completion|{'prompt':'a','n_gpu_layers':1}|n_gpu_layers|gpu-layers",
                "/v1/chat/completions|{'messages':[{'role':'user','content':'a'}],'num_ctx':1}|num_ctx|context-size",
                "/v1/embeddings|{'model':'vectors','input':'a','threads':1}|threads|threads",
                "/embed|{'model':'vectors','input':'a','n_batch':1}|n_batch|batch-size"
            })
    @DisplayName("a field that says how a model is loaded is refused, with the key that sets it")
    default void needsReload(String path, String body, String field, String key) {
        Answer refused = wire().post(path, body);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.header("Hyperion-Error")).isEqualTo("HYP-1028");
        assertThat(refused.header("Hyperion-Parameter")).isEqualTo(field);
        assertThat(refused.response().body()).contains("." + key);
    }

    @Test
    @DisplayName("a socket is told the same of such a field, and goes on")
    default void needsReloadOnSocket() throws InterruptedException {
        try (Socket socket = new Socket(wire().base())) {
            socket.send("{'id':1,'method':'generate','params':{'prompt':'a','num_ctx':1}}");
            JsonObject refused = socket.next();
            assertThat(refused.getString("code")).isEqualTo("HYP-1028");
            assertThat(refused.getString("parameter")).isEqualTo("num_ctx");
            socket.send("{'id':2,'method':'generate','params':{'prompt':'a','max_tokens':1}}");
            assertThat(socket.end().getString("event")).isEqualTo("done");
        }
    }
}
