package io.hyperion.core.jinja;

import java.util.List;

/**
 * Python's tuple.
 *
 * @param items its values; not to be changed
 * @param names what they can be had by as attributes; empty for an ordinary tuple
 */
record Tuple(List<Object> items, List<String> names) {
    Tuple(List<Object> items) {
        this(items, List.of());
    }

    static Tuple of(Object... items) {
        return new Tuple(List.of(items));
    }
}
