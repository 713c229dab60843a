package io.hyperion.core.engine;

import io.hyperion.core.grammar.GrammarConstraint;
import io.hyperion.core.sampling.TokenConstraint;
import java.util.BitSet;

/** A grammar as the sampler asks it. */
record GrammarRule(GrammarConstraint grammar) implements TokenConstraint {
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
