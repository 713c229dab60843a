package io.hyperion.core.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The functions that every template has. */
final class Globals {
    static final Map<String, Object> BY_NAME = all();

    private Globals() {}

    private static Map<String, Object> all() {
        Map<String, Object> all = new HashMap<>();
        all.put("range", Builtin.free("range", (context, arguments) -> {
            requireUnnamed("range", arguments);
            return Range.of(arguments.positional());
        }));
        all.put("dict", Builtin.free("dict", Globals::dict));
        all.put(
                "namespace",
                Builtin.free("namespace", (context, arguments) -> new Namespace(dict(context, arguments))));
        all.put("cycler", Builtin.free("cycler", (context, arguments) -> {
            requireUnnamed("cycler", arguments);
            return new Cycler(List.copyOf(arguments.positional()));
        }));
        all.put(
                "joiner",
                Builtin.fixed(
                        "joiner", "sep?", (context, arguments) -> joiner(arguments[0] == null ? ", " : arguments[0])));
        all.put("raise_exception", Builtin.fixed("raise_exception", "message", (context, arguments) -> {
            throw Fault.raised(Values.text(context, arguments[0]));
        }));
        all.put(
                "strftime_now",
                Builtin.fixed(
                        "strftime_now",
                        "format",
                        (context, arguments) -> Strftime.format(context, Methods.text(arguments[0]))));
        return Map.copyOf(all);
    }

    private static void requireUnnamed(String function, Arguments arguments) {
        if (!arguments.named().isEmpty()) {
            throw Fault.of(function + "() takes no keyword arguments");
        }
    }

    private static Dict dict(Context context, Arguments arguments) {
        if (arguments.positional().size() > 1) {
            throw Fault.of("dict expected at most 1 argument, got "
                    + arguments.positional().size());
        }
        Dict dict = new Dict();
        for (Object source : arguments.positional()) {
            if (source instanceof Dict other) {
                context.allocate(other.size());
                dict.putAll(other);
            } else {
                Iteration.each(context, source, item -> {
                    List<Object> pair = Iteration.unpack(context, item, 2);
                    context.allocate(1);
                    dict.put(context, pair.get(0), pair.get(1));
                });
            }
        }
        arguments.named().forEach((name, value) -> dict.put(context, name, value));
        context.allocate(arguments.named().size());
        return dict;
    }

    private static Builtin joiner(Object separator) {
        boolean[] used = new boolean[1];
        return Builtin.fixed("joiner", "", (context, arguments) -> {
            Object text = used[0] ? separator : "";
            used[0] = true;
            return text;
        });
    }
}
