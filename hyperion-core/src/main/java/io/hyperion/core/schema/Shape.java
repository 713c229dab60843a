package io.hyperion.core.schema;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** One way in which a value can be written. Other values are named by their numbers at the {@link ShapeBuilder}. */
sealed interface Shape {
    /** Any value. */
    record Any() implements Shape {}

    /** One value, as it is written. */
    record Constant(String json) implements Shape {}

    /** A number or a text, as a part of GBNF. */
    record Scalar(String gbnf) implements Shape {}

    /**
     * An object.
     *
     * @param others properties without a name of their own
     * @param min how many properties there are at least
     * @param max how many there are at most; {@link Gbnf#UNBOUNDED} if there is no limit
     */
    record Members(List<Property> properties, Optional<Others> others, int min, int max) implements Shape {}

    /** A property. */
    record Property(String name, boolean required, int value) {}

    /** Properties of names that a part of GBNF matches. */
    record Others(String key, int value) {}

    /**
     * An array whose first items have their own values.
     *
     * @param rest the value of all other items; empty if there are none
     * @param max how many items there are at most; {@link Gbnf#UNBOUNDED} if there is no limit
     */
    record Items(List<Integer> prefix, OptionalInt rest, int min, int max) implements Shape {}

    /**
     * An array of items that come in any order.
     *
     * @param required values that must come
     * @param optional values as they are written that may come once each
     * @param others the value of any number of other items
     */
    record Mixed(List<Integer> required, List<String> optional, OptionalInt others, int min, int max)
            implements Shape {}
}
