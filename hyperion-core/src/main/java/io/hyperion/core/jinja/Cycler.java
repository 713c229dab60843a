package io.hyperion.core.jinja;

import java.util.List;

/** What {@code cycler()} makes: its values in turn, again and again. Used by one thread. */
final class Cycler {
    private final List<Object> items;
    private int position;

    Cycler(List<Object> items) {
        if (items.isEmpty()) {
            throw Fault.of("at least one item has to be provided");
        }
        this.items = items;
    }

    /** {@return the attribute, or null} */
    Object attribute(String name) {
        return switch (name) {
            case "current" -> items.get(position);
            case "items" -> new Tuple(items);
            case "pos" -> (long) position;
            case "next" -> Builtin.fixed("next", "", (context, arguments) -> next());
            case "reset" -> Builtin.fixed("reset", "", (context, arguments) -> reset());
            default -> null;
        };
    }

    private Object next() {
        Object current = items.get(position);
        position = (position + 1) % items.size();
        return current;
    }

    private Object reset() {
        position = 0;
        return None.NONE;
    }
}
