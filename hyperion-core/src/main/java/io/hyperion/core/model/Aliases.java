package io.hyperion.core.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Gives each alias to the first model that wants it. What a model is called by its own name is never an alias of another. */
final class Aliases {
    private final Set<String> taken;

    /**
     * @param names what no model can have as an alias
     */
    Aliases(Set<String> names) {
        taken = new HashSet<>(names);
    }

    /**
     * @param settings a model that comes next
     * @param refused hears of each alias that it does not get
     * @return it with those aliases that it gets
     */
    ModelSettings without(ModelSettings settings, Consumer<String> refused) {
        List<String> own = new ArrayList<>();
        for (String alias : settings.description().aliases()) {
            if (taken.add(alias)) {
                own.add(alias);
            } else {
                refused.accept(alias);
            }
        }
        return settings.withAliases(own);
    }
}
