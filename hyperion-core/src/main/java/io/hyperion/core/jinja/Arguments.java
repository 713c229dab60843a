package io.hyperion.core.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The values that something is called with; made for one call. */
final class Arguments {
    private final List<Object> positional;
    private final Map<String, Object> named = new LinkedHashMap<>(0);

    Arguments(List<Object> positional) {
        this.positional = positional;
    }

    static Arguments of(Object... values) {
        return new Arguments(new ArrayList<>(List.of(values)));
    }

    List<Object> positional() {
        return positional;
    }

    /** {@return the named ones; whoever is called takes from it what it knows} */
    Map<String, Object> named() {
        return named;
    }

    /** These, with one value before them. */
    Arguments first(Object value) {
        positional.add(0, value);
        return this;
    }

    /** These without those before an index. */
    Arguments from(int index) {
        Arguments rest = new Arguments(new ArrayList<>(positional.subList(index, positional.size())));
        rest.named.putAll(named);
        return rest;
    }

    void addAll(Context context, Object values) {
        Iteration.each(context, values, positional::add);
    }

    void name(String name, Object value) {
        if (named.putIfAbsent(name, value) != null) {
            throw Fault.of("got multiple values for keyword argument " + Texts.repr(name));
        }
    }

    void nameAll(Object values) {
        if (values instanceof Namespace || !(values instanceof Dict dict)) {
            throw Fault.of("argument after ** must be a mapping, not " + Values.typeName(values));
        }
        for (Object item : dict.items()) {
            List<Object> pair = ((Tuple) item).items();
            if (!(pair.get(0) instanceof String name)) {
                throw Fault.of("keywords must be strings");
            }
            name(name, pair.get(1));
        }
    }
}
