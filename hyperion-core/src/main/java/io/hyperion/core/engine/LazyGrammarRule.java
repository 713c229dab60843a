package io.hyperion.core.engine;

import io.hyperion.core.grammar.TriggeredConstraint;
import io.hyperion.core.sampling.TokenConstraint;
import java.util.BitSet;

/** A grammar that waits for a trigger, as the sampler asks it. */
record LazyGrammarRule(TriggeredConstraint grammar) implements TokenConstraint {
    @Override
    public boolean allows(int token) {
        return grammar.allows(token);
    }

    @Override
    public BitSet allowed() {
        return grammar.allowed();
    }

    @Override
    public void accept(int token) {
        grammar.accept(token);
    }
}
