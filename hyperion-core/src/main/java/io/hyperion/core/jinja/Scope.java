package io.hyperion.core.jinja;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The variables that a part of a template sets, and those around it. Used by one thread. */
final class Scope {
    private final Optional<Scope> outer;
    private final Map<String, Object> variables = new HashMap<>(4);

    Scope() {
        outer = Optional.empty();
    }

    Scope(Scope outer) {
        this.outer = Optional.of(outer);
    }

    void set(String name, Object value) {
        variables.put(name, value);
    }

    /** {@return the value of the innermost variable of that name, or null} */
    Object get(String name) {
        Scope scope = this;
        while (true) {
            Object value = scope.variables.get(name);
            if (value != null || scope.outer.isEmpty()) {
                return value;
            }
            scope = scope.outer.get();
        }
    }

    /** {@return that of the template itself} */
    Scope root() {
        Scope scope = this;
        while (scope.outer.isPresent()) {
            scope = scope.outer.get();
        }
        return scope;
    }
}
