package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hyperion.war.it.Wire.Answer;
import io.hyperion.war.openapi.Described;
import io.hyperion.war.openapi.Described.Operation;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** {@code GET /openapi.json}, and whether what it says is so. */
interface OpenApiBehaviour extends Behaviour {
    /** What the models here are not made for: no more than an error can be seen of it. */
    Set<String> NOT_MADE_FOR = Set.of("/infill", "/rerank", "/reranking", "/v1/rerank", "/v1/reranking");

    /** How many of the values that a field may not have are tried. */
    int WRONG_VALUES = 3;

    JsonMapper MAPPER = new JsonMapper();

    /** {@return what the server says of itself} */
    default Described described() {
        Answer answer = wire().get("/openapi.json");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        return Described.of(answer.response().body());
    }

    @Test
    @DisplayName("the description tells where the server is")
    default void describedServer() {
        assertThat(wire().get("/openapi.json").json().getJsonArray("servers").toString())
                .isEqualTo("[{\"url\":\"/hyperion\"}]");
    }

    @Test
    @DisplayName("each example of the description is answered as described")
    default void describedExamples() throws JsonProcessingException {
        Described described = described();
        int checked = 0;
        for (Operation operation : described.operations()) {
            if (operation.method().equals("get")) {
                checkAnswer(described, operation, "", wire().get(address(described, operation)));
                checked++;
            }
            for (Map.Entry<String, JsonNode> example :
                    described.examples(operation).entrySet()) {
                String what = operation + " " + example.getKey();
                String path = operation.path();
                // Slots have a test of their own: what they do depends on what was done before.
                if (path.startsWith("/slots")) {
                    continue;
                }
                Answer answer = post(described, operation, fitting(operation, example.getValue()));
                assertThat(answer.status() / 100 == 2)
                        .as(what + ": " + answer.response().body())
                        .isEqualTo(!NOT_MADE_FOR.contains(path));
                if (example.getValue().has("response_fields")) {
                    assertThat(described.allows(
                                    described.response(operation, "200", "application/json"),
                                    MAPPER.readTree(answer.response().body())))
                            .as(what)
                            .isTrue();
                } else {
                    checkAnswer(described, operation, what, answer);
                }
                checked++;
            }
        }
        Operation removal = described.operations().stream()
                .filter(operation -> operation.method().equals("delete"))
                .findFirst()
                .orElseThrow();
        String added = described
                .examples(described.post("/models"))
                .values()
                .iterator()
                .next()
                .get("name")
                .textValue();
        checkAnswer(
                described,
                removal,
                added,
                wire().send(wire().request(removal.path().replace("{name}", added))
                        .DELETE()));
        assertThat(checked).isGreaterThan(50);
    }

    @Test
    @DisplayName("a slot is saved, restored and erased as described")
    default void describedSlots() throws JsonProcessingException {
        Described described = described();
        Operation operation = described.post("/slots/{id}");
        wire().post("/completion", "{'prompt':'Once upon a time','n_predict':4,'id_slot':0}");
        for (JsonNode action : operation.json().at("/parameters/1/schema/enum")) {
            Answer answer = wire().post("/slots/0?action=" + action.textValue(), "{'filename':'described.bin'}");

            assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
            checkAnswer(described, operation, action.textValue(), answer);
        }
        checkAnswer(described, operation, "unknown", wire().post("/slots/0?action=eat", "{}"));
    }

    @Test
    @DisplayName("a body that is no object, and fields of each value that they may not have, are refused as described")
    default void describedRefusals() throws JsonProcessingException {
        Described described = described();
        int refused = 0;
        for (Operation operation : described.operations()) {
            if (!operation.method().equals("post") || operation.path().startsWith("/slots")) {
                continue;
            }
            Answer list = post(described, operation, MAPPER.createArrayNode());
            assertThat(list.status()).as(operation.toString()).isEqualTo(400);
            checkAnswer(described, operation, "a list", list);
            for (Map.Entry<String, String> field : described.fields(operation).entrySet()) {
                // Without gettokens it is for access alone, and that is open here.
                if (field.getKey().equals("key")) {
                    continue;
                }
                refused += wrongValues(described, operation, field.getKey(), field.getValue());
            }
        }
        assertThat(refused).isGreaterThan(500);
    }

    private int wrongValues(Described described, Operation operation, String name, String pointer)
            throws JsonProcessingException {
        List<JsonNode> wrong = described.candidates(pointer).stream()
                .filter(value -> !described.allows(pointer, value))
                .limit(WRONG_VALUES)
                .toList();
        for (JsonNode value : wrong) {
            ObjectNode request = base(described, operation, name);
            request.set(name, value);
            Answer answer = post(described, operation, request);
            String what = operation + " with " + name + " " + value;
            assertThat(answer.status())
                    .as(what + ": " + answer.response().body())
                    .isBetween(400, 501)
                    .isNotEqualTo(500);
            checkAnswer(described, operation, what, answer);
        }
        return wrong.size();
    }

    /** An example that has the field, or else the first. */
    private ObjectNode base(Described described, Operation operation, String name) {
        Map<String, JsonNode> examples = described.examples(operation);
        JsonNode base = examples.values().stream()
                .filter(example -> example.has(name))
                .findFirst()
                .orElseGet(() -> examples.values().iterator().next());
        return fitting(operation, base.deepCopy());
    }

    /** The same with the models and the files that there are here. */
    private ObjectNode fitting(Operation operation, JsonNode example) {
        ObjectNode request = (ObjectNode) example;
        if (operation.path().contains("/embed")) {
            request.put("model", Fixture.VECTORS);
        }
        if (request.has("file_name")) {
            request.put(
                    "file_name", wire().get("/models/" + Fixture.SOUND).json().getString("file"));
        }
        return request;
    }

    private Answer post(Described described, Operation operation, JsonNode body) {
        return wire().post(
                        address(described, operation),
                        body.toString().getBytes(StandardCharsets.UTF_8),
                        "application/json");
    }

    /** The path with the examples of its parameters. */
    private String address(Described described, Operation operation) {
        String path = operation.path();
        for (JsonNode parameter : described.parameters(operation)) {
            if (parameter.get("in").textValue().equals("path")) {
                String value = parameter.get("example").asText();
                path = path.replace(
                        "{" + parameter.get("name").textValue() + "}",
                        URLEncoder.encode(value, StandardCharsets.UTF_8));
            }
        }
        return path;
    }

    /** Asserts that the status, the type and the body of an answer are among the described ones. */
    private void checkAnswer(Described described, Operation operation, String what, Answer answer)
            throws JsonProcessingException {
        String text = answer.response().body();
        String status = Integer.toString(answer.status());
        String type = answer.header("Content-Type").replaceFirst(";.*", "");
        String place = described.response(operation, status, type);
        if (type.equals("application/json")) {
            described.assertValid(operation + " " + what, place, MAPPER.readTree(text));
        } else if (type.equals("text/event-stream")) {
            checkEvents(described, place + "/x-events/", what, text);
        } else {
            assertThat(text).as(what).isNotEmpty();
        }
    }

    private void checkEvents(Described described, String place, String what, String stream)
            throws JsonProcessingException {
        List<String> names = new ArrayList<>();
        for (String event : stream.split("\n\n")) {
            String name = "message";
            for (String line : event.split("\n")) {
                if (line.startsWith("event: ")) {
                    name = line.substring("event: ".length());
                } else if (!line.startsWith(":") && !line.equals("data: [DONE]")) {
                    assertThat(line).as(what).startsWith("data: ");
                    described.assertValid(what, place + name, MAPPER.readTree(line.substring("data: ".length())));
                    names.add(name);
                }
            }
        }
        // What administers models may have been done before it was asked for.
        assertThat(names).as(what).hasSizeGreaterThan(what.contains(" /models/") ? 0 : 2);
    }
}
