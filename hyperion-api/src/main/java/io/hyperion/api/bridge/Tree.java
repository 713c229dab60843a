package io.hyperion.api.bridge;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Collects the fields of one node of a tree. */
final class Tree {
    private final Map<String, Object> fields = new HashMap<>();

    /** Puts a value of the JDK. */
    Tree put(String name, Object value) {
        fields.put(name, value);
        return this;
    }

    /** Puts a value of the JDK, if there is one. */
    Tree put(String name, Optional<?> value) {
        value.ifPresent(present -> fields.put(name, present));
        return this;
    }

    /** Puts a list of nodes, if there are any. */
    <T> Tree putAll(String name, List<T> values, Function<T, Map<String, Object>> tree) {
        if (!values.isEmpty()) {
            fields.put(name, values.stream().map(tree).toList());
        }
        return this;
    }

    Map<String, Object> map() {
        return fields;
    }
}
