package io.hyperion.core.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** What {@code loop} is inside a loop. */
final class LoopContext implements Callable {
    private Iterator<Object> items;
    private final Optional<Object> source;
    private final int depth;
    private Optional<BiFunction<Context, Object, Object>> recursion = Optional.empty();
    private long index0 = -1;
    private long length = -1;
    /** The items around; null where there is none. */
    private Object before;

    private Object current;
    private Object after;
    private Object lastChanged;

    LoopContext(Iterator<Object> items, Optional<Object> source, int depth) {
        this.items = items;
        this.source = source;
        this.depth = depth;
    }

    void recurseWith(BiFunction<Context, Object, Object> body) {
        recursion = Optional.of(body);
    }

    boolean advance(Context context) {
        Object next = peek();
        if (next == null) {
            return false;
        }
        after = null;
        index0++;
        before = current;
        current = next;
        return true;
    }

    Object current() {
        return current;
    }

    private Object peek() {
        if (after == null && items.hasNext()) {
            after = items.next();
        }
        return after;
    }

    long length(Context context) {
        if (length < 0) {
            Optional<Long> size = source.flatMap(values -> Iteration.size(context, values));
            if (size.isPresent()) {
                length = size.get();
            } else {
                List<Object> rest = new ArrayList<>();
                while (items.hasNext()) {
                    context.allocate(1);
                    rest.add(items.next());
                }
                items = rest.iterator();
                length = rest.size() + index0 + 1 + (after == null ? 0 : 1);
            }
        }
        return length;
    }

    /** {@return the attribute, or null} */
    Object attribute(String name) {
        return switch (name) {
            case "index" -> index0 + 1;
            case "index0" -> index0;
            case "first" -> index0 == 0;
            case "last" -> peek() == null;
            case "depth" -> depth + 1L;
            case "depth0" -> (long) depth;
            case "previtem" -> before == null ? new Undefined("there is no previous item") : before;
            case "nextitem" -> {
                Object next = peek();
                yield next == null ? new Undefined("there is no next item") : next;
            }
            case "cycle" -> Builtin.free("cycle", (context, arguments) -> cycle(arguments.positional()));
            case "changed" -> Builtin.free("changed", (context, arguments) -> changed(context, arguments.positional()));
            default -> null;
        };
    }

    /** {@return the attribute that needs the length, or null} */
    Object counted(Context context, String name) {
        return switch (name) {
            case "length" -> length(context);
            case "revindex" -> length(context) - index0;
            case "revindex0" -> length(context) - index0 - 1;
            default -> null;
        };
    }

    private Object cycle(List<Object> values) {
        if (values.isEmpty()) {
            throw Fault.of("no items for cycling given");
        }
        return values.get((int) (index0 % values.size()));
    }

    private Object changed(Context context, List<Object> values) {
        Object now = new Tuple(values);
        if (lastChanged != null && Operators.equal(context, lastChanged, now)) {
            return false;
        }
        lastChanged = now;
        return true;
    }

    @Override
    public Object call(Context context, Arguments arguments) {
        if (recursion.isEmpty()) {
            throw Fault.of("The loop must have the 'recursive' marker to be called recursively.");
        }
        if (arguments.positional().size() != 1 || !arguments.named().isEmpty()) {
            throw Fault.of("loop() takes exactly one argument");
        }
        return recursion.get().apply(context, arguments.positional().get(0));
    }

    String repr(Context context) {
        return "<LoopContext " + (index0 + 1) + "/" + length(context) + ">";
    }
}
