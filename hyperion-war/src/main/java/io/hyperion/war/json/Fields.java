package io.hyperion.war.json;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.InvalidRequestException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The fields of one JSON object, taken by name and type. A field that is null counts as absent, since many clients send null for what
 * their user left out. A field of another type is refused with {@link ErrorCode#WRONG_TYPE}: a number in a string is a string. A text with
 * a NUL character or an unpaired surrogate, escaped or not, is none, and refused with {@link ErrorCode#INVALID_TEXT}.
 */
public final class Fields {
    /** More characters than an error tells of a place, without the numbers of up to 64 items within each other. */
    private static final int MAX_PLACE = 1_000;

    private final String path;
    private final Map<String, JsonNode> values;

    /** Whether errors tell the numbers of list items in the names of fields. */
    private final boolean numbered;

    Fields(String path, Map<String, JsonNode> values) {
        this(path, values, false);
    }

    private Fields(String path, Map<String, JsonNode> values, boolean numbered) {
        this.path = path;
        this.values = values;
        this.numbered = numbered;
    }

    /**
     * {@return the same fields; what is wrong in an item of a list is blamed by its number too, as in {@code messages[0].content}, and not
     * only by the list's name}
     */
    public Fields numbered() {
        return new Fields(path, values, true);
    }

    /** {@return the names of all fields, in the order sent} */
    public Set<String> names() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /**
     * @param name the field
     * @return whether it is there and not null
     */
    public boolean has(String name) {
        JsonNode node = values.get(name);
        return node != null && node != JsonNode.Null.NULL;
    }

    /**
     * @param name the field
     * @return whether it is a string
     */
    public boolean isText(String name) {
        return values.get(name) instanceof JsonNode.Text;
    }

    /**
     * @param name the field
     * @return whether it is a list
     */
    public boolean isList(String name) {
        return values.get(name) instanceof JsonNode.Items;
    }

    /**
     * @param name the field
     * @return whether it is an object
     */
    public boolean isObject(String name) {
        return values.get(name) instanceof JsonNode.Members;
    }

    /**
     * @param name a field, be it there or not
     * @return the name by which an error blames it
     */
    public String parameter(String name) {
        return blamed(at(name));
    }

    /**
     * @param name the field
     * @return where it is, for messages: {@code messages[0].content}
     */
    public String place(String name) {
        return Excerpts.of(at(name));
    }

    /**
     * @param name a field that is needed and is not there
     * @return the refusal
     */
    public InvalidRequestException missing(String name) {
        return new InvalidRequestException(
                ErrorCode.MISSING_FIELD, blamed(at(name)), "'" + place(name) + "' is missing");
    }

    /**
     * @param name a field that is there
     * @param expected what its value has to be, such as "a string"
     * @return the refusal
     */
    public InvalidRequestException wrongType(String name, String expected) {
        return new InvalidRequestException(
                ErrorCode.WRONG_TYPE, blamed(at(name)), "'" + place(name) + "' must be " + expected);
    }

    /**
     * Gives what a field is to become, and blames that field if it cannot.
     *
     * @param name the field
     * @param made makes it
     * @param <T> what it is to become
     * @return what was made
     * @throws InvalidRequestException if making it throws one: the same, but for the field
     */
    public <T> T blaming(String name, Supplier<T> made) {
        try {
            return made.get();
        } catch (InvalidRequestException refusal) {
            InvalidRequestException blaming =
                    new InvalidRequestException(refusal.code(), blamed(at(name)), refusal.getMessage());
            blaming.addSuppressed(refusal);
            throw blaming;
        }
    }

    /**
     * @param name the field
     * @return its text
     */
    public Optional<String> text(String name) {
        return find(name, JsonNode.Text.class, "a string").map(text -> valid(at(name), text.value()));
    }

    /**
     * @param name the field
     * @return its text
     * @throws InvalidRequestException ({@link ErrorCode#MISSING_FIELD}) if it is absent
     */
    public String requireText(String name) {
        return text(name).orElseThrow(() -> missing(name));
    }

    /**
     * @param name the field
     * @return its truth
     */
    public Optional<Boolean> bool(String name) {
        return find(name, JsonNode.Bool.class, "true or false").map(JsonNode.Bool::value);
    }

    /**
     * @param name the field
     * @return its number; infinite if it is too large for a double, which no range allows
     */
    public OptionalDouble number(String name) {
        Optional<JsonNode.Numeral> numeral = find(name, JsonNode.Numeral.class, "a number");
        return numeral.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(numeral.get().toDouble());
    }

    /**
     * @param name the field
     * @param min the smallest allowed value
     * @param max the largest allowed value
     * @return its whole number
     */
    public OptionalLong whole(String name, long min, long max) {
        Optional<JsonNode.Numeral> found = find(name, JsonNode.Numeral.class, "a whole number");
        if (found.isEmpty()) {
            return OptionalLong.empty();
        }
        JsonNode.Numeral numeral = found.get();
        if (!numeral.isWhole()) {
            throw wrongType(name, "a whole number", Excerpts.of(numeral.literal()));
        }
        long number = numeral.toLong();
        if (number < min || number > max) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    blamed(at(name)),
                    "'" + at(name) + "' must be between " + min + " and " + max + ", but is "
                            + Excerpts.of(numeral.literal()));
        }
        return OptionalLong.of(number);
    }

    /**
     * @param name the field
     * @return its objects
     */
    public Optional<List<Fields>> objects(String name) {
        return find(name, JsonNode.Items.class, "a list of objects").map(items -> {
            List<Fields> objects = new ArrayList<>(items.values().size());
            for (JsonNode item : items.values()) {
                String itemName = name + "[" + objects.size() + "]";
                if (!(item instanceof JsonNode.Members members)) {
                    throw wrongType(itemName, "an object", item.kind());
                }
                objects.add(new Fields(at(itemName), members.values(), numbered));
            }
            return objects;
        });
    }

    /**
     * @param name the field
     * @return the fields of its object
     */
    public Optional<Fields> object(String name) {
        return find(name, JsonNode.Members.class, "an object")
                .map(members -> new Fields(at(name), members.values(), numbered));
    }

    /**
     * @param name the field
     * @return the fields of its object, which are told by their own names alone: it is but an envelope
     */
    public Optional<Fields> envelope(String name) {
        return find(name, JsonNode.Members.class, "an object")
                .map(members -> new Fields("", members.values(), numbered));
    }

    /**
     * @param name the field
     * @return its texts; of a lone string, that one
     */
    public Optional<List<String>> texts(String name) {
        JsonNode node = values.getOrDefault(name, JsonNode.Null.NULL);
        if (node instanceof JsonNode.Text text) {
            return Optional.of(List.of(valid(at(name), text.value())));
        }
        return find(name, JsonNode.Items.class, "a string or a list of strings").map(items -> {
            List<String> texts = new ArrayList<>(items.values().size());
            for (JsonNode item : items.values()) {
                String itemName = name + "[" + texts.size() + "]";
                if (!(item instanceof JsonNode.Text text)) {
                    throw wrongType(itemName, "a string", item.kind());
                }
                texts.add(valid(at(itemName), text.value()));
            }
            return texts;
        });
    }

    /**
     * @param name the field
     * @return its object with the values of JSON as Java's: String, Boolean, Long, Double, List, Map, and null
     */
    public Optional<Map<String, Object>> map(String name) {
        return find(name, JsonNode.Members.class, "an object").map(members -> plain(at(name), members));
    }

    /**
     * @param name the field
     * @return its value, of whatever type, as {@link #map} gives it; empty if it is absent
     */
    public Optional<Object> any(String name) {
        return has(name) ? Optional.of(plain(at(name), values.get(name))) : Optional.empty();
    }

    private Map<String, Object> plain(String path, JsonNode.Members members) {
        Map<String, Object> map = new LinkedHashMap<>();
        members.values().forEach((name, node) -> map.put(valid(path, name), plain(within(path, name), node)));
        return map;
    }

    private Object plain(String path, JsonNode node) {
        if (node instanceof JsonNode.Text text) {
            return valid(path, text.value());
        }
        if (node instanceof JsonNode.Bool bool) {
            return bool.value();
        }
        if (node instanceof JsonNode.Numeral numeral) {
            return plain(path, numeral);
        }
        if (node instanceof JsonNode.Members members) {
            return plain(path, members);
        }
        if (node instanceof JsonNode.Items items) {
            List<Object> list = new ArrayList<>(items.values().size());
            for (JsonNode item : items.values()) {
                list.add(plain(item(path, list.size()), item));
            }
            return list;
        }
        return null;
    }

    private Object plain(String path, JsonNode.Numeral numeral) {
        double number = numeral.toDouble();
        if (Double.isInfinite(number)) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    blamed(path),
                    "'" + Excerpts.of(path) + "' must be between -" + Double.MAX_VALUE + " and " + Double.MAX_VALUE
                            + ", but is " + Excerpts.of(numeral.literal()));
        }
        // Not a conditional expression: that would turn the long into a double.
        if (numeral.isPlainInteger() && Math.abs(number) <= JsonNode.Numeral.EXACT) {
            return numeral.toLong();
        }
        return number;
    }

    private String valid(String path, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw invalidText(path, "a NUL character", i);
            }
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw invalidText(path, "an unpaired surrogate", i);
                }
                i++;
            }
        }
        return text;
    }

    private InvalidRequestException invalidText(String path, String what, int index) {
        return new InvalidRequestException(
                ErrorCode.INVALID_TEXT,
                blamed(path),
                "'" + Excerpts.of(path) + "' holds " + what + " at index " + index);
    }

    private <T extends JsonNode> Optional<T> find(String name, Class<T> type, String expected) {
        if (!has(name)) {
            return Optional.empty();
        }
        JsonNode node = values.get(name);
        if (!type.isInstance(node)) {
            throw wrongType(name, expected, node.kind());
        }
        return Optional.of(type.cast(node));
    }

    private InvalidRequestException wrongType(String name, String expected, String found) {
        return new InvalidRequestException(
                ErrorCode.WRONG_TYPE,
                blamed(at(name)),
                "'" + place(name) + "' must be " + expected + ", but is " + found);
    }

    private String at(String name) {
        return within(path, name);
    }

    /**
     * The place of a field within an object, for errors. It is cut off where no error tells it any more: else each value in a list would
     * have a copy of its own of the longest name that a caller can think of.
     */
    static String within(String path, String name) {
        return path.isEmpty() ? cut(name) : path.length() >= MAX_PLACE ? path : cut(path + "." + cut(name));
    }

    /** The place of an item within a list, for errors. */
    static String item(String path, int index) {
        return path.length() >= MAX_PLACE ? path : path + "[" + index + "]";
    }

    private static String cut(String place) {
        return place.length() <= MAX_PLACE ? place : place.substring(0, MAX_PLACE);
    }

    private String blamed(String place) {
        return numbered ? Excerpts.of(place) : withoutNumbers(place);
    }

    /** The name that an error gives for a place: without the numbers of list items, and not longer than a name should be. */
    static String withoutNumbers(String path) {
        return Excerpts.of(path.replaceAll("\\[\\d+]", ""));
    }
}
