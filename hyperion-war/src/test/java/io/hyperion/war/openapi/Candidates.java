package io.hyperion.war.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Makes values to try a schema with: of all kinds, and at and beyond each of its limits. */
final class Candidates {
    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;

    private static final List<JsonNode> OF_ALL_KINDS = Stream.of(
                    "true",
                    "false",
                    "-2",
                    "-1",
                    "0",
                    "0.5",
                    "1",
                    "2.0",
                    "1e30",
                    "''",
                    "'x'",
                    "'é'",
                    "'some text'",
                    "'True'",
                    "[]",
                    "[1]",
                    "[1.5]",
                    "['a']",
                    "['']",
                    "['a',1]",
                    "[['a']]",
                    "[[]]",
                    "[true]",
                    "[{}]",
                    "{}",
                    "{'a':1}",
                    "{'type':'x'}")
            .map(text -> Described.json(text.replace('\'', '"')))
            .toList();

    private final JsonNode document;

    Candidates(JsonNode document) {
        this.document = document;
    }

    List<JsonNode> of(String pointer) {
        Set<JsonNode> candidates = new LinkedHashSet<>(OF_ALL_KINDS);
        candidates.addAll(of(document.at(pointer)));
        return List.copyOf(candidates);
    }

    private List<JsonNode> of(JsonNode schema) {
        List<JsonNode> candidates = new ArrayList<>();
        if (schema.has("$ref")) {
            candidates.addAll(of(target(schema)));
        }
        for (String either : List.of("anyOf", "oneOf")) {
            schema.path(either).forEach(one -> candidates.addAll(of(one)));
        }
        schema.path("examples").forEach(candidates::add);
        schema.path("enum").forEach(candidates::add);
        Stream.of("default", "const").filter(schema::has).map(schema::get).forEach(candidates::add);
        Stream.of("minimum", "maximum", "exclusiveMinimum")
                .filter(schema::has)
                .map(schema::get)
                .forEach(limit -> around(limit, candidates));
        if (schema.has("maxLength")) {
            int max = schema.get("maxLength").intValue();
            candidates.add(MAKE.textNode("x".repeat(max)));
            candidates.add(MAKE.textNode("x".repeat(max + 1)));
        }
        addLists(schema, candidates);
        addObjects(schema, candidates);
        return candidates;
    }

    private static void around(JsonNode limit, List<JsonNode> candidates) {
        BigDecimal number = limit.decimalValue();
        for (String step : List.of("-1", "-0.001", "0", "0.001", "1")) {
            candidates.add(MAKE.numberNode(number.add(new BigDecimal(step)).stripTrailingZeros()));
        }
    }

    private void addLists(JsonNode schema, List<JsonNode> candidates) {
        JsonNode items = schema.path("items");
        if (items.isObject()) {
            of(items).forEach(item -> candidates.add(MAKE.arrayNode().add(item)));
            candidates.add(MAKE.arrayNode().add(sample(items)).add(MAKE.booleanNode(true)));
            if (schema.has("maxItems") && schema.get("maxItems").intValue() <= 10_000) {
                candidates.add(repeated(sample(items), schema.get("maxItems").intValue() + 1));
                if (!schema.has("contains")) {
                    candidates.add(
                            repeated(sample(items), schema.get("maxItems").intValue()));
                }
            }
        }
        JsonNode places = schema.path("prefixItems");
        for (int i = 0; i < places.size(); i++) {
            for (JsonNode value : of(places.get(i))) {
                ArrayNode list = (ArrayNode) sample(schema);
                list.set(i, value);
                candidates.add(list);
            }
        }
    }

    private static ArrayNode repeated(JsonNode item, int count) {
        ArrayNode list = MAKE.arrayNode();
        for (int i = 0; i < count; i++) {
            list.add(item);
        }
        return list;
    }

    private void addObjects(JsonNode schema, List<JsonNode> candidates) {
        schema.path("properties").properties().forEach(property -> {
            List<JsonNode> values = new ArrayList<>(OF_ALL_KINDS);
            values.addAll(of(property.getValue()));
            for (JsonNode value : values) {
                ObjectNode object = (ObjectNode) sample(schema);
                candidates.add(object.set(property.getKey(), value));
            }
        });
        if (schema.has("properties")) {
            addIncomplete(schema, candidates);
        }
        if (schema.path("additionalProperties").isObject()) {
            for (JsonNode value : of(schema.get("additionalProperties"))) {
                candidates.add(MAKE.objectNode().set("x", value));
            }
        }
    }

    private void addIncomplete(JsonNode schema, List<JsonNode> candidates) {
        schema.path("required").forEach(name -> {
            ObjectNode object = (ObjectNode) sample(schema);
            candidates.add(object.without(name.textValue()));
        });
    }

    /** A value that is valid. */
    private JsonNode sample(JsonNode schema) {
        if (schema.has("$ref")) {
            return sample(target(schema));
        }
        for (String valid : List.of("const", "default")) {
            if (schema.has(valid)) {
                return schema.get(valid).deepCopy();
            }
        }
        for (String valid : List.of("enum", "examples")) {
            if (schema.has(valid)) {
                return schema.get(valid).get(0).deepCopy();
            }
        }
        if (!schema.has("type") && schema.has("anyOf")) {
            return sample(schema.get("anyOf").get(0));
        }
        JsonNode type = schema.path("type");
        String kind = type.isArray() ? type.get(0).textValue() : type.asText("string");
        return switch (kind) {
            case "integer", "number" -> schema.has("minimum") ? schema.get("minimum") : MAKE.numberNode(1);
            case "boolean" -> MAKE.booleanNode(true);
            case "array" -> sampleList(schema);
            case "object" -> sampleObject(schema);
            default -> MAKE.textNode("x");
        };
    }

    private ArrayNode sampleList(JsonNode schema) {
        ArrayNode list = MAKE.arrayNode();
        schema.path("prefixItems").forEach(place -> list.add(sample(place)));
        if (list.isEmpty() && schema.path("items").isObject()) {
            list.add(sample(schema.get("items")));
        }
        return list;
    }

    private ObjectNode sampleObject(JsonNode schema) {
        ObjectNode object = MAKE.objectNode();
        List<JsonNode> needed = new ArrayList<>();
        schema.path("required").forEach(needed::add);
        schema.path("anyOf").path(0).path("required").forEach(needed::add);
        for (JsonNode name : needed) {
            object.set(name.textValue(), sample(schema.get("properties").get(name.textValue())));
        }
        return object;
    }

    private JsonNode target(JsonNode reference) {
        return document.at(reference.get("$ref").textValue().substring(1));
    }
}
