package io.hyperion.core.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Python's dict: in the order of insertion, with 1, 1.0 and True as one key. Not changed once a template sees it, but in a namespace. */
final class Dict {
    private final Map<Object, Object> values = new LinkedHashMap<>();
    /** The keys that are looked up as something else, such as 1.0 as 1. */
    private final Map<Object, Object> originals = new HashMap<>(0);

    /** A tuple as a key. */
    private record TupleKey(List<Object> items) {}

    int size() {
        return values.size();
    }

    void put(Context context, Object key, Object value) {
        Object lookup = lookup(context, key);
        if (lookup != key && !values.containsKey(lookup)) {
            originals.put(lookup, key);
        }
        values.put(lookup, value);
    }

    void putAll(Dict other) {
        other.originals.forEach((lookup, key) -> {
            if (!values.containsKey(lookup)) {
                originals.put(lookup, key);
            }
        });
        values.putAll(other.values);
    }

    /** {@return the value, or null} */
    Object get(Context context, Object key) {
        return values.get(lookup(context, key));
    }

    /** {@return the value of a key that is a text, or null} */
    Object get(String key) {
        return values.get(key);
    }

    List<Object> keys() {
        List<Object> keys = new ArrayList<>(values.size());
        for (Object lookup : values.keySet()) {
            keys.add(originals.getOrDefault(lookup, lookup));
        }
        return keys;
    }

    Collection<Object> values() {
        return values.values();
    }

    List<Object> items() {
        List<Object> items = new ArrayList<>(values.size());
        values.forEach((lookup, value) -> items.add(Tuple.of(originals.getOrDefault(lookup, lookup), value)));
        return items;
    }

    Dict copy() {
        Dict copy = new Dict();
        copy.putAll(this);
        return copy;
    }

    /**
     * What stands for a key: equal for keys that Python holds to be equal.
     *
     * @throws Fault if it cannot be a key
     */
    static Object lookup(Context context, Object key) {
        if (key instanceof String || key instanceof Long || key instanceof BigInteger || key == None.NONE) {
            return key;
        }
        if (key instanceof Boolean bool) {
            return bool ? 1L : 0L;
        }
        if (key instanceof Double number) {
            return Numbers.isWhole(number) ? Numbers.truncate(number) : number;
        }
        if (key instanceof Markup markup) {
            return markup.text();
        }
        if (key instanceof Undefined) {
            return Undefined.class;
        }
        if (key instanceof Tuple tuple) {
            context.enter();
            List<Object> items = new ArrayList<>(tuple.items().size());
            for (Object item : tuple.items()) {
                items.add(lookup(context, item));
            }
            context.leave();
            return new TupleKey(items);
        }
        if (key instanceof List || key instanceof Dict) {
            throw Fault.of("unhashable type: '" + Values.typeName(key) + "'");
        }
        return key;
    }
}
