package io.hyperion.core.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A function of the language: a filter, a test, a global function or a method. Immutable. */
final class Builtin implements Callable {
    /** What it does with its arguments, of which those that were not given are null. */
    interface Body {
        Object apply(Context context, Object[] arguments);
    }

    private final String name;
    private final Callable body;

    private Builtin(String name, Callable body) {
        this.name = name;
        this.body = body;
    }

    /**
     * One with a fixed list of parameters.
     *
     * @param parameters their names; one that may be left out ends with {@code ?}, one that cannot be named begins with {@code /}
     */
    static Builtin fixed(String name, String parameters, Body body) {
        List<Parameter> list = new ArrayList<>();
        for (String parameter : parameters.isEmpty() ? new String[0] : parameters.split(" ")) {
            list.add(Parameter.of(parameter));
        }
        List<Parameter> all = List.copyOf(list);
        return new Builtin(name, (context, arguments) -> body.apply(context, bind(name, all, arguments)));
    }

    /** One that takes its arguments as they come. */
    static Builtin free(String name, Callable body) {
        return new Builtin(name, body);
    }

    String name() {
        return name;
    }

    private record Parameter(String name, boolean optional, boolean nameable) {
        static Parameter of(String text) {
            boolean optional = text.endsWith("?");
            boolean nameable = !text.startsWith("/");
            return new Parameter(
                    text.substring(nameable ? 0 : 1, text.length() - (optional ? 1 : 0)), optional, nameable);
        }
    }

    private static Object[] bind(String function, List<Parameter> parameters, Arguments arguments) {
        List<Object> positional = arguments.positional();
        if (positional.size() > parameters.size()) {
            throw Fault.of(function + "() takes " + parameters.size() + " positional arguments but " + positional.size()
                    + " were given");
        }
        Map<String, Object> named = arguments.named();
        Object[] bound = new Object[parameters.size()];
        for (int i = 0; i < bound.length; i++) {
            Parameter parameter = parameters.get(i);
            Object value = parameter.nameable ? named.remove(parameter.name) : null;
            if (i < positional.size()) {
                if (value != null) {
                    throw Fault.of(function + "() got multiple values for argument " + Texts.repr(parameter.name));
                }
                value = positional.get(i);
            }
            if (value == null && !parameter.optional) {
                throw Fault.of(function + "() missing a required argument: " + Texts.repr(parameter.name));
            }
            bound[i] = value;
        }
        if (!named.isEmpty()) {
            throw Fault.of(function + "() got an unexpected keyword argument "
                    + Texts.repr(named.keySet().iterator().next()));
        }
        return bound;
    }

    Object apply(Context context, Arguments arguments) {
        return call(context, arguments);
    }

    @Override
    public Object call(Context context, Arguments arguments) {
        return body.call(context, arguments);
    }
}
