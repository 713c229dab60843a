package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** OpenAI's own description of its API, where that is there: what it says of a reply that Hyperion gave. */
final class OpenAiDescription {
    private static final String NAME = "https://description.test/openapi.json";
    private static final JsonMapper MAPPER = new JsonMapper();

    private final SchemaRegistry registry;
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

    private OpenAiDescription(String text) {
        this.registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(Map.of(NAME, text)));
    }

    static Path file() {
        return Path.of(System.getProperty("hyperion.shared"), "conformance", "openai", "openapi.json")
                .toAbsolutePath()
                .normalize();
    }

    /** {@return the description; empty if it is not there} */
    static Optional<OpenAiDescription> find() throws IOException {
        if (!Files.isRegularFile(file())) {
            return Optional.empty();
        }
        JsonNode whole = MAPPER.readTree(file().toFile());
        JsonNode schemas = withNull(whole.at("/components/schemas"));
        // Of a stream of completions there is no description of its own: the reason comes last there too.
        ObjectNode choice = (ObjectNode) schemas.at("/CreateCompletionResponse/properties/choices/items/properties");
        ObjectNode streamed = ((ObjectNode) schemas).putObject("CompletionChunk");
        streamed.setAll((ObjectNode) schemas.get("CreateCompletionResponse").deepCopy());
        ObjectNode reason = (ObjectNode) streamed.at("/properties/choices/items/properties/finish_reason");
        ArrayNode either = MAPPER.createArrayNode();
        either.add(choice.get("finish_reason").deepCopy()).addObject().put("type", "null");
        reason.removeAll().set("anyOf", either);
        ObjectNode usage = (ObjectNode) streamed.at("/properties/usage");
        ArrayNode later = MAPPER.createArrayNode();
        later.add(usage.deepCopy()).addObject().put("type", "null");
        usage.removeAll().set("anyOf", later);
        ObjectNode document = MAPPER.createObjectNode();
        document.putObject("components").set("schemas", schemas);
        return Optional.of(new OpenAiDescription(document.toString()));
    }

    /** Writes OpenAPI's older way to allow null, which the description uses here and there, in JSON Schema's words. */
    private static JsonNode withNull(JsonNode node) {
        if (node instanceof ArrayNode list) {
            ArrayNode copy = MAPPER.createArrayNode();
            list.forEach(item -> copy.add(withNull(item)));
            return copy;
        }
        if (!(node instanceof ObjectNode object)) {
            return node;
        }
        ObjectNode copy = MAPPER.createObjectNode();
        object.properties().forEach(field -> copy.set(field.getKey(), withNull(field.getValue())));
        if (!copy.path("nullable").isBoolean() || !copy.remove("nullable").asBoolean()) {
            return copy;
        }
        ObjectNode either = MAPPER.createObjectNode();
        either.putArray("anyOf").add(copy).addObject().put("type", "null");
        return either;
    }

    /** Asserts that all answers of a proxy are what the description says, each event of a stream included. */
    void check(List<RecordingProxy.Exchange> exchanges) {
        for (RecordingProxy.Exchange exchange : exchanges) {
            check(exchange.path(), exchange.status(), exchange.answer());
        }
    }

    /** Asserts that an answer is what the description says. */
    void check(String path, int status, String answer) {
        if (status != 200) {
            check("ErrorResponse", answer);
            return;
        }
        boolean streamed = answer.startsWith("data: ");
        List<String> bodies = streamed ? events(answer) : List.of(answer);
        String schema = schema(path.replaceFirst("^.*/v1/", ""), streamed);
        bodies.forEach(body -> check(schema, body));
    }

    private static String schema(String path, boolean streamed) {
        return switch (path) {
            case "chat/completions" -> streamed ? "CreateChatCompletionStreamResponse" : "CreateChatCompletionResponse";
            case "completions" -> streamed ? "CompletionChunk" : "CreateCompletionResponse";
            case "embeddings" -> "CreateEmbeddingResponse";
            case "models" -> "ListModelsResponse";
            default -> "Model";
        };
    }

    static List<String> events(String stream) {
        List<String> events = new ArrayList<>();
        for (String line : stream.split("\n")) {
            if (line.startsWith("data: ") && !line.equals("data: [DONE]")) {
                events.add(line.substring("data: ".length()));
            }
        }
        return events;
    }

    private void check(String schema, String body) {
        JsonNode json;
        try {
            json = MAPPER.readTree(body);
        } catch (IOException e) {
            throw new AssertionError(body, e);
        }
        // Numbers in Base64 are not in the description, though OpenAI sends them.
        json.path("data").forEach(item -> {
            if (item.path("embedding").isTextual()) {
                ((ObjectNode) item).putArray("embedding");
            }
        });
        List<String> complaints = schemas.computeIfAbsent(schema, this::load).validate(json).stream()
                .map(Object::toString)
                .toList();
        assertThat(complaints).as(schema + ": " + body).isEmpty();
    }

    private Schema load(String name) {
        ObjectNode reference = MAPPER.createObjectNode().put("$ref", NAME + "#/components/schemas/" + name);
        return registry.getSchema(reference);
    }
}
