package io.hyperion.core.schema;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.InvalidRequestException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A schema as it was sent: its parts by their JSON pointers, and where its references lead. */
final class SchemaDocument {
    /** The deepest nesting of a schema's maps and lists. */
    static final int MAX_NESTING = 100;

    /** The most values that a schema may hold, itself included. */
    static final int MAX_VALUES = 50_000;

    /** The most digits and the greatest exponent of a number. */
    static final int MAX_DIGITS = 400;

    /** The most characters of a pointer that an error tells. */
    private static final int MAX_WHERE = 300;

    /** The pointer, which none in a schema is like, to a schema of all objects. */
    static final String OBJECTS = "objects";

    private final String parameter;
    private final Effort effort;
    private final Map<String, Object> values = new HashMap<>();
    /** Pointers by the names that references give them. */
    private final Map<String, String> anchors = new HashMap<>();

    /** By the pointer of each map: what its references are relative to. */
    private final Map<String, String> bases = new HashMap<>();

    /** A value within the schema. */
    private record Place(String pointer, Object value, int depth, String base) {}

    SchemaDocument(Map<String, ?> schema, String parameter, Effort effort) {
        this.parameter = parameter;
        this.effort = effort;
        values.put(OBJECTS, Map.of("type", "object"));
        Deque<Place> open = new ArrayDeque<>();
        open.add(new Place("", schema, 0, ""));
        while (!open.isEmpty()) {
            index(open.removeFirst(), open);
        }
    }

    private void index(Place place, Deque<Place> open) {
        String pointer = place.pointer;
        values.put(pointer, place.value == null ? Optional.empty() : place.value);
        if (values.size() + open.size() > MAX_VALUES) {
            throw wrong("", "the schema has more than " + MAX_VALUES + " values");
        }
        if (place.depth > MAX_NESTING) {
            throw wrong("", "the schema is nested more than " + MAX_NESTING + " deep");
        }
        if (place.value instanceof Map<?, ?> map) {
            String base = map.get("$id") instanceof String id ? name(place, id) : place.base;
            bases.put(pointer, base);
            if (map.get("$anchor") instanceof String anchor) {
                anchors.put(base + "#" + anchor, pointer);
            }
            map.forEach((key, value) -> {
                if (!(key instanceof String name)) {
                    throw wrong(pointer, "a name is not a text");
                }
                effort.spend(pointer.length() + name.length());
                open.add(new Place(child(pointer, name), value, place.depth + 1, base));
            });
        } else if (place.value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                effort.spend(pointer.length());
                open.add(new Place(pointer + "/" + i, list.get(i), place.depth + 1, place.base));
            }
        } else if (place.value instanceof Number number) {
            checkNumber(pointer, number);
        } else if (place.value instanceof String text) {
            checkText(pointer, text);
        } else if (place.value != null && !(place.value instanceof Boolean)) {
            throw wrong(pointer, "this is no value of JSON");
        }
    }

    /** {@return the base of what is in a schema with an id of its own} */
    private String name(Place place, String id) {
        String base = resolve(place.pointer, place.base, id);
        String known = base.endsWith("#") ? base.substring(0, base.length() - 1) : base;
        anchors.put(known, place.pointer);
        return known.startsWith("#") ? place.base : known;
    }

    private String resolve(String pointer, String base, String reference) {
        try {
            return URI.create(base).resolve(reference).toString();
        } catch (IllegalArgumentException e) {
            throw wrong(pointer, "'" + Excerpts.of(reference) + "' is no reference");
        }
    }

    private void checkNumber(String pointer, Number number) {
        boolean finite = !(number instanceof Double real && !Double.isFinite(real))
                && !(number instanceof Float single && !Float.isFinite(single));
        if (finite) {
            BigDecimal decimal = Json.decimal(number);
            finite = decimal.precision() <= MAX_DIGITS && Math.abs((long) decimal.scale()) <= MAX_DIGITS;
        }
        if (!finite) {
            throw wrong(pointer, "a number must be finite and have at most " + MAX_DIGITS + " digits");
        }
    }

    private void checkText(String pointer, String text) {
        if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw wrong(pointer, "a text has an unpaired surrogate");
        }
    }

    /** {@return the pointer to what is in a map or a list} */
    static String child(String pointer, String name) {
        return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
    }

    /** {@return the schema at a pointer: a map, or a Boolean} */
    Object schema(String pointer) {
        Object value = values.get(pointer);
        if (value instanceof Map<?, ?> || value instanceof Boolean) {
            return value;
        }
        throw wrong(pointer, "a schema must be an object, true or false");
    }

    /** {@return where a reference of a schema leads} */
    String target(String pointer, String keyword, Object reference) {
        String at = child(pointer, keyword);
        if (!(reference instanceof String text)) {
            throw wrong(at, "'" + keyword + "' must be a text");
        }
        String base = bases.get(pointer);
        if (text.startsWith("#")) {
            String own = anchors.getOrDefault(base, "");
            Optional<String> target = local(own, base, text);
            if (target.isEmpty() && !own.isEmpty()) {
                target = local("", "", text);
            }
            return target.orElseThrow(() -> wrong(at, "'" + keyword + "' leads to nothing: " + Excerpts.of(text)));
        }
        String whole = resolve(at, base, text);
        int hash = whole.indexOf('#');
        String document = hash < 0 ? whole : whole.substring(0, hash);
        if (!anchors.containsKey(document)) {
            throw wrong(at, "'" + keyword + "' leads out of the schema, and nothing is fetched: " + Excerpts.of(text));
        }
        return local(anchors.get(document), document, hash < 0 ? "#" : whole.substring(hash))
                .orElseThrow(() -> wrong(at, "'" + keyword + "' leads to nothing: " + Excerpts.of(text)));
    }

    private Optional<String> local(String root, String base, String fragment) {
        if (fragment.equals("#")) {
            return Optional.of(root);
        }
        if (fragment.startsWith("#/")) {
            String pointer;
            try {
                pointer = root + URLDecoder.decode(fragment.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
            return values.containsKey(pointer) ? Optional.of(pointer) : Optional.empty();
        }
        return Optional.ofNullable(anchors.get(base + fragment));
    }

    /** {@return the error of a place in the schema} */
    InvalidRequestException wrong(String pointer, String what) {
        String whole = parameter + pointer;
        String where = whole.length() <= MAX_WHERE ? whole : whole.substring(0, MAX_WHERE) + "…";
        return new InvalidRequestException(ErrorCode.INVALID_SCHEMA, where, "'" + Excerpts.of(where) + "': " + what);
    }
}
