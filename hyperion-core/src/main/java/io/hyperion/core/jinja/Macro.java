package io.hyperion.core.jinja;

import java.util.List;
import java.util.Map;

/** A macro and the variables around it. */
record Macro(MacroDefinition definition, Scope outer) implements Callable {
    @Override
    public Object call(Context context, Arguments arguments) {
        List<String> names = definition.parameters();
        List<Object> positional = arguments.positional();
        Map<String, Object> named = arguments.named();
        Scope scope = new Scope(outer);
        int given = Math.min(positional.size(), names.size());
        for (int i = 0; i < given; i++) {
            scope.set(names.get(i), positional.get(i));
        }
        Object[] values = new Object[names.size()];
        for (int i = given; i < names.size(); i++) {
            values[i] = named.remove(names.get(i));
        }
        if (definition.special().caller() && !names.contains("caller")) {
            Object caller = named.remove("caller");
            scope.set("caller", caller == null || caller == None.NONE ? new Undefined("No caller defined") : caller);
        }
        if (definition.special().kwargs()) {
            Dict kwargs = new Dict();
            named.forEach((name, value) -> kwargs.put(context, name, value));
            scope.set("kwargs", kwargs);
        } else if (!named.isEmpty()) {
            throw Fault.of("macro " + definition.shownName() + " takes no keyword argument "
                    + Texts.repr(named.keySet().iterator().next()));
        }
        if (definition.special().varargs()) {
            scope.set("varargs", new Tuple(List.copyOf(positional.subList(given, positional.size()))));
        } else if (positional.size() > names.size()) {
            throw Fault.of("macro " + definition.shownName() + " takes not more than " + names.size() + " argument(s)");
        }
        Scope before = context.scope();
        context.scope(scope);
        setMissing(context, given, values);
        String text = context.capture(() -> context.renderAll(definition.body()));
        context.scope(before);
        return Markup.ifEscaping(context, text);
    }

    /** A default value sees the parameters before it. */
    private void setMissing(Context context, int given, Object[] values) {
        List<String> names = definition.parameters();
        int withoutDefault = names.size() - definition.defaults().size();
        for (int i = given; i < names.size(); i++) {
            if (values[i] != null) {
                context.scope().set(names.get(i), values[i]);
            }
        }
        for (int i = given; i < names.size(); i++) {
            if (values[i] == null) {
                Object value = i < withoutDefault
                        ? new Undefined("parameter " + Texts.repr(names.get(i)) + " was not provided")
                        : context.evaluate(definition.defaults().get(i - withoutDefault));
                context.scope().set(names.get(i), value);
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
