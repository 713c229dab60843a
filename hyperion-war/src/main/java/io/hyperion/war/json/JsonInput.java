package io.hyperion.war.json;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.InvalidRequestException;
import jakarta.json.JsonException;
import jakarta.json.stream.JsonLocation;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import jakarta.json.stream.JsonParsingException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Reads what a caller sent as JSON, and refuses more than the grammar does: a name that occurs twice in one object, nesting deeper than
 * {@value #MAX_DEPTH}, and more than {@value #MAX_VALUES} values. Every refusal is an {@link InvalidRequestException} that names the field
 * where there is one.
 */
public final class JsonInput {
    /** How deep objects and lists may be nested in each other. */
    public static final int MAX_DEPTH = 64;

    /** How many values there may be in all: a value of two characters takes some hundred bytes once it is read. */
    public static final int MAX_VALUES = 500_000;

    private final JsonParser parser;
    private int count;

    /** The field whose value comes next; empty between fields. */
    private String awaited = "";

    private JsonInput(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * @param text what was sent
     * @return the fields of the one object that it is
     * @throws InvalidRequestException if it is anything else
     */
    public static Fields object(String text) {
        if (text.isBlank()) {
            throw new InvalidRequestException(
                    ErrorCode.INVALID_JSON, "", "A JSON object is expected, but nothing was sent");
        }
        JsonNode node;
        try (JsonParser parser = Json.PROVIDER.createParser(new StringReader(text))) {
            node = new JsonInput(parser).document();
        }
        if (node instanceof JsonNode.Members members) {
            return new Fields("", members.values());
        }
        throw new InvalidRequestException(
                ErrorCode.WRONG_TYPE, "", "A JSON object is expected, but " + node.kind() + " was sent");
    }

    private JsonNode document() {
        JsonNode node = value(next(), "", 0);
        boolean more;
        try {
            more = parser.hasNext();
        } catch (JsonException failure) {
            throw syntax(failure);
        }
        if (more) {
            throw syntax(null);
        }
        return node;
    }

    private Event next() {
        try {
            return parser.next();
        } catch (JsonException | NoSuchElementException failure) {
            // No such element is how some parsers say that the text ended too early.
            throw syntax(failure);
        }
    }

    private JsonNode value(Event event, String path, int depth) {
        awaited = "";
        if (++count > MAX_VALUES) {
            throw new InvalidRequestException(
                    ErrorCode.TOO_LARGE,
                    Fields.withoutNumbers(path),
                    "The JSON holds more than " + MAX_VALUES + " values");
        }
        return switch (event) {
            case START_OBJECT -> object(path, deeper(path, depth));
            case START_ARRAY -> list(path, deeper(path, depth));
            case VALUE_STRING -> new JsonNode.Text(parser.getString());
            case VALUE_NUMBER -> new JsonNode.Numeral(parser.getString());
            case VALUE_TRUE -> new JsonNode.Bool(true);
            case VALUE_FALSE -> new JsonNode.Bool(false);
            case VALUE_NULL -> JsonNode.Null.NULL;
            default -> throw syntax(null);
        };
    }

    private JsonNode object(String path, int depth) {
        Map<String, JsonNode> members = new LinkedHashMap<>();
        for (Event event = next(); event != Event.END_OBJECT; event = next()) {
            String name = parser.getString();
            String at = Fields.within(path, name);
            if (members.containsKey(name)) {
                throw new InvalidRequestException(
                        ErrorCode.INVALID_JSON,
                        Fields.withoutNumbers(at),
                        "The field '" + Excerpts.of(at) + "' occurs more than once");
            }
            awaited = at;
            members.put(name, value(next(), at, depth));
        }
        return new JsonNode.Members(members);
    }

    private JsonNode list(String path, int depth) {
        List<JsonNode> items = new ArrayList<>();
        for (Event event = next(); event != Event.END_ARRAY; event = next()) {
            items.add(value(event, Fields.item(path, items.size()), depth));
        }
        return new JsonNode.Items(items);
    }

    private static int deeper(String path, int depth) {
        if (depth == MAX_DEPTH) {
            throw new InvalidRequestException(
                    ErrorCode.INVALID_JSON,
                    Fields.withoutNumbers(path),
                    "The JSON is nested more than " + MAX_DEPTH + " levels deep");
        }
        return depth + 1;
    }

    private InvalidRequestException syntax(RuntimeException cause) {
        JsonLocation location =
                cause instanceof JsonParsingException parsing ? parsing.getLocation() : parser.getLocation();
        String where = location == null || location.getLineNumber() < 1
                ? ""
                : " at line " + location.getLineNumber() + ", column " + location.getColumnNumber();
        String message = awaited.isEmpty()
                ? "Not valid JSON" + where
                : "The value of '" + Excerpts.of(awaited) + "' is not valid JSON" + where;
        InvalidRequestException refusal =
                new InvalidRequestException(ErrorCode.INVALID_JSON, Fields.withoutNumbers(awaited), message);
        if (cause != null) {
            refusal.addSuppressed(cause);
        }
        return refusal;
    }
}
