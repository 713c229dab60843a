package io.hyperion.api.bridge;

import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads the fields of one node of a tree that the other side made. What is not there is 0, false, or an empty list, unless it has to be there.
 *
 * @param values the node
 */
record Fields(Map<?, ?> values) {
    /**
     * {@return the fields of a node}
     *
     * @throws EngineException if it is none
     */
    static Fields of(Object node) {
        if (node instanceof Map<?, ?> map) {
            return new Fields(map);
        }
        throw malformed("A map is expected, but there is " + typeOf(node));
    }

    private static EngineException malformed(String message) {
        return new EngineException(
                ErrorCode.ENGINE_FAILURE, "What crossed between two applications is not as agreed: " + message);
    }

    private static String typeOf(Object value) {
        return value == null ? "nothing" : "a value of " + value.getClass().getName();
    }

    boolean has(String name) {
        return values.get(name) != null;
    }

    <T> Optional<T> find(String name, Class<T> type) {
        Object value = values.get(name);
        return value == null ? Optional.empty() : Optional.of(cast(name, value, type));
    }

    /**
     * {@return the value of a field}
     *
     * @throws EngineException if it is not there
     */
    <T> T get(String name, Class<T> type) {
        return cast(name, values.get(name), type);
    }

    private static <T> T cast(String name, Object value, Class<T> type) {
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        throw malformed("'" + name + "' must be a value of " + type.getName() + ", but there is " + typeOf(value));
    }

    String text(String name) {
        return get(name, String.class);
    }

    Optional<String> optionalText(String name) {
        return find(name, String.class);
    }

    int whole(String name) {
        return find(name, Number.class).map(Number::intValue).orElse(0);
    }

    long large(String name) {
        return find(name, Number.class).map(Number::longValue).orElse(0L);
    }

    double number(String name) {
        return find(name, Number.class).map(Number::doubleValue).orElse(0.0);
    }

    boolean truth(String name) {
        return find(name, Boolean.class).orElse(false);
    }

    Duration duration(String name) {
        return find(name, Duration.class).orElse(Duration.ZERO);
    }

    Fields node(String name) {
        return Fields.of(get(name, Map.class));
    }

    Optional<Fields> optionalNode(String name) {
        return find(name, Map.class).map(Fields::of);
    }

    <T> List<T> nodes(String name, Function<Fields, T> reader) {
        return nodes(find(name, List.class).orElseGet(List::of), reader);
    }

    static <T> List<T> nodes(List<?> nodes, Function<Fields, T> reader) {
        List<T> read = new ArrayList<>(nodes.size());
        nodes.forEach(node -> read.add(reader.apply(of(node))));
        return read;
    }

    <T> List<T> list(String name, Class<T> type) {
        List<?> list = find(name, List.class).orElseGet(List::of);
        List<T> checked = new ArrayList<>(list.size());
        list.forEach(value -> checked.add(cast(name, value, type)));
        return checked;
    }
}
