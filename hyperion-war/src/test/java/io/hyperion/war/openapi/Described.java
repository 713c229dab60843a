package io.hyperion.war.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.JsonInput;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** What the description says of all endpoints, and a validator that is none of ours for its schemas. */
public final class Described {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final JsonNode document;
    private final Validator validator;
    private final Validator strict;

    private Described(JsonNode document) {
        this.document = document;
        this.validator = new Validator(document);
        this.strict = new Validator(Strictness.of(document));
    }

    /** {@return the description as the code has it} */
    public static Described here() {
        return of(Description.read().toString());
    }

    /**
     * @param text the description
     * @return what it says
     */
    public static Described of(String text) {
        return new Described(json(text));
    }

    /**
     * @param text JSON, which may have single quotes, for the eye
     * @return the same for the validator
     */
    static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    JsonNode document() {
        return document;
    }

    /**
     * An operation.
     *
     * @param method in lower case
     * @param path with names in braces
     * @param json what the description says of it
     */
    public record Operation(String method, String path, JsonNode json) {
        @Override
        public String toString() {
            return method.toUpperCase(Locale.ROOT) + " " + path;
        }

        String pointer() {
            return "/paths/" + escaped(path) + "/" + method;
        }
    }

    /** {@return all operations, in their order} */
    public List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        document.get("paths").properties().forEach(path -> path.getValue()
                .properties()
                .forEach(method -> operations.add(new Operation(method.getKey(), path.getKey(), method.getValue()))));
        return operations;
    }

    /**
     * @param path the path of a POST
     * @return that operation
     */
    public Operation post(String path) {
        return operations().stream()
                .filter(operation ->
                        operation.method().equals("post") && operation.path().equals(path))
                .findFirst()
                .orElseThrow(() -> new AssertionError("There is no POST " + path));
    }

    /**
     * @param operation an operation
     * @return its parameters
     */
    public List<JsonNode> parameters(Operation operation) {
        List<JsonNode> parameters = new ArrayList<>();
        operation
                .json()
                .path("parameters")
                .forEach(parameter -> parameters.add(
                        parameter.has("$ref")
                                ? document.at(parameter.get("$ref").textValue().substring(1))
                                : parameter));
        return parameters;
    }

    /**
     * @param operation an operation
     * @param status the status of an answer
     * @param type its type, without parameters
     * @return the place of the schema that such answers have
     */
    public String response(Operation operation, String status, String type) {
        String pointer = operation.pointer() + "/responses/" + status;
        JsonNode response = document.at(pointer);
        if (response.has("$ref")) {
            pointer = response.get("$ref").textValue().substring(1);
        }
        pointer += "/content/" + escaped(type) + "/schema";
        assertThat(document.at(pointer).isMissingNode())
                .as(operation + " is not described to answer " + status + " as " + type)
                .isFalse();
        return pointer;
    }

    /**
     * @param operation an operation that takes a body
     * @return the body's fields, with the places of their schemas
     */
    public Map<String, String> fields(Operation operation) {
        Map<String, String> fields = new LinkedHashMap<>();
        addFields(operation.pointer() + "/requestBody/content/application~1json/schema", fields);
        return fields;
    }

    private void addFields(String pointer, Map<String, String> fields) {
        JsonNode schema = document.at(pointer);
        if (schema.has("$ref")) {
            addFields(schema.get("$ref").textValue().substring(1), fields);
        }
        for (int i = 0; i < schema.path("allOf").size(); i++) {
            addFields(pointer + "/allOf/" + i, fields);
        }
        schema.path("properties").fieldNames().forEachRemaining(name -> {
            String before = fields.put(name, pointer + "/properties/" + escaped(name));
            assertThat(before).as(name + " is described twice").isNull();
        });
    }

    /**
     * @param operation an operation that takes a body
     * @return the examples of its body, by their names
     */
    public Map<String, JsonNode> examples(Operation operation) {
        Map<String, JsonNode> examples = new LinkedHashMap<>();
        operation
                .json()
                .at("/requestBody/content/application~1json/examples")
                .properties()
                .forEach(example ->
                        examples.put(example.getKey(), example.getValue().get("value")));
        return examples;
    }

    /**
     * @param operation an operation that takes a body
     * @param request a request
     * @return the same, with all fields that have a default and are not there
     */
    public String withDefaults(Operation operation, String request) {
        ObjectNode all = (ObjectNode) json(request);
        fields(operation).forEach((name, pointer) -> {
            JsonNode value = document.at(pointer).path("default");
            if (!all.has(name) && !value.isMissingNode()) {
                all.set(name, value);
            }
        });
        return all.toString();
    }

    /**
     * @param pointer the place of a schema
     * @return values of all kinds, and those at the limits of the schema and beyond
     */
    public List<JsonNode> candidates(String pointer) {
        return new Candidates(document).of(pointer);
    }

    /**
     * @param pointer the place of a schema
     * @param value a value
     * @return whether it is valid
     */
    public boolean allows(String pointer, JsonNode value) {
        return validator.complaints(pointer, value).isEmpty();
    }

    /**
     * Asserts that a body is what the description says of it, that it has nothing that the description does not tell, and that of a result
     * of llama.cpp's completions all is there.
     *
     * @param what what it is
     * @param pointer the place of the schema
     * @param value the value
     */
    public void assertValid(String what, String pointer, JsonNode value) {
        assertThat(strict.complaints(pointer, value)).as(what + ": " + value).isEmpty();
    }

    /**
     * Asserts that the body of a request is described as it is read: all of its fields, and of each field the same values.
     *
     * @param path the path of the POST
     * @param known the names of all fields that mean something
     * @param sound a request, in which each field is replaced by all kinds of values
     * @param reader reads a request, and throws if it refuses it
     */
    public void assertIsReadAsDescribed(String path, Set<String> known, String sound, Consumer<Fields> reader) {
        Map<String, String> fields = fields(post(path));
        assertThat(fields.keySet()).as(path).containsExactlyInAnyOrderElementsOf(known);
        fields.forEach((name, pointer) -> assertFieldIsReadAsDescribed(name, pointer, sound, reader));
    }

    /**
     * Asserts that a field is described as it is read.
     *
     * @param name the field
     * @param pointer the place of its schema
     * @param sound a request, in which the field is replaced by all kinds of values
     * @param reader reads a request, and throws if it refuses it
     */
    public void assertFieldIsReadAsDescribed(String name, String pointer, String sound, Consumer<Fields> reader) {
        List<String> differences = new ArrayList<>();
        Map<Boolean, Integer> counts = new HashMap<>();
        for (JsonNode value : candidates(pointer)) {
            boolean described = allows(pointer, value);
            counts.merge(described, 1, Integer::sum);
            ObjectNode request = (ObjectNode) json(sound.replace('\'', '"'));
            request.set(name, value);
            try {
                reader.accept(JsonInput.object(request.toString()));
                if (!described) {
                    differences.add(excerpt(value) + " is taken");
                }
            } catch (InvalidRequestException refusal) {
                // Fields that exclude each other, or name each other, are no matter of one field alone.
                boolean ofSeveral = refusal.code() == ErrorCode.CONFLICT
                        || refusal.getMessage().contains("one of 'tools'");
                if (described && !ofSeveral) {
                    differences.add(excerpt(value) + " is refused: " + refusal.getMessage());
                }
            } catch (HyperionException other) {
                // It was read, and is refused for another reason, such as a model that is not there.
                if (!described) {
                    differences.add(excerpt(value) + " is taken");
                }
            }
        }
        assertThat(differences).as(name + " at " + pointer).isEmpty();
        boolean none = document.at(pointer).path("type").asText().equals("null");
        assertThat(counts.containsKey(true))
                .as("values that " + name + " may have")
                .isNotEqualTo(none);
        assertThat(counts.values().stream().mapToInt(count -> count).sum()).isGreaterThan(20);
    }

    private static String excerpt(JsonNode value) {
        String text = value.toString();
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    /** Finds what a document's schemas say of values. */
    private static final class Validator {
        private static final String NAME = "https://description.test/openapi.json";

        private final SchemaRegistry registry;
        private final Map<String, Schema> schemas = new HashMap<>();

        Validator(JsonNode document) {
            registry = SchemaRegistry.withDefaultDialect(
                    SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(Map.of(NAME, document.toString())));
        }

        synchronized List<String> complaints(String pointer, JsonNode value) {
            Schema schema = schemas.computeIfAbsent(
                    pointer,
                    place -> registry.getSchema(MAPPER.createObjectNode().put("$ref", NAME + "#" + place)));
            return schema.validate(value).stream().map(Object::toString).toList();
        }
    }

    /** Lets objects have described fields only: a description may say less than all, a test may not. */
    private static final class Strictness {
        private static final Set<String> DATA = Set.of("example", "examples", "default", "enum", "const");

        private final Set<String> parts = new HashSet<>();

        static JsonNode of(JsonNode document) {
            JsonNode copy = document.deepCopy();
            Strictness strictness = new Strictness();
            copy.findValues("allOf")
                    .forEach(all -> all.forEach(part -> {
                        if (part.has("$ref")) {
                            strictness.parts.add(part.get("$ref").textValue().substring(1));
                        }
                    }));
            strictness.apply(copy, "", false);
            // A result of which any field may be missing.
            ((ObjectNode) copy.at("/components/schemas")).put("SelectedFields", false);
            return copy;
        }

        private void apply(JsonNode node, String pointer, boolean isPart) {
            if (node instanceof ArrayNode list) {
                boolean all = pointer.endsWith("/allOf");
                for (int i = 0; i < list.size(); i++) {
                    apply(list.get(i), pointer + "/" + i, all);
                }
            } else if (node instanceof ObjectNode object) {
                boolean closed = (object.path("properties").isObject() || object.has("allOf"))
                        && !object.has("additionalProperties")
                        && !pointer.endsWith("/properties");
                object.properties().forEach(field -> {
                    if (!DATA.contains(field.getKey()) || pointer.endsWith("/properties")) {
                        apply(field.getValue(), pointer + "/" + escaped(field.getKey()), false);
                    }
                });
                if (closed && !isPart && !parts.contains(pointer)) {
                    object.put("unevaluatedProperties", false);
                }
            }
        }
    }
}
