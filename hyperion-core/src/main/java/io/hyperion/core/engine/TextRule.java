package io.hyperion.core.engine;

import io.hyperion.core.grammar.Grammar;
import java.util.List;
import java.util.Objects;

/**
 * What the generated text must match.
 *
 * @param grammar which texts match
 * @param triggers none if the text as a whole must match. Else texts of which the first one that is complete in the generated text begins
 *     what must match: the trigger's own text and all behind it. What comes before may be anything. Each is the begin of a text of the
 *     grammar, and not empty.
 */
public record TextRule(Grammar grammar, List<String> triggers) {
    /**
     * @throws IllegalArgumentException if a trigger is empty
     */
    public TextRule {
        Objects.requireNonNull(grammar, "grammar");
        triggers = List.copyOf(triggers);
        if (triggers.contains("")) {
            throw new IllegalArgumentException("A trigger must not be empty");
        }
    }

    /**
     * A rule whose grammar is still to be read.
     *
     * @param gbnf the grammar, as {@link Grammar#parse} reads it
     * @param triggers as above
     * @throws io.hyperion.api.InvalidRequestException as {@link Grammar#parse} does
     */
    public TextRule(String gbnf, List<String> triggers) {
        this(Grammar.parse(gbnf), triggers);
    }
}
