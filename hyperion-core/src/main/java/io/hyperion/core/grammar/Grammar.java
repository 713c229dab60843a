package io.hyperion.core.grammar;

import io.hyperion.api.InvalidRequestException;
import java.util.Objects;

/**
 * A grammar in GBNF, the notation of llama.cpp, compiled for {@link GrammarConstraint}. Immutable and safe for use by many threads.
 *
 * <p>The notation is that of llama.cpp b4916 and groups in any order beside, which {@code docs/grammars.md} describes, with its limits. The texts of a grammar are those
 * of its rule {@code root}, in UTF-8. A rule that can never come to its end, such as {@code root ::= "a" root}, is allowed: its text goes
 * on until something else ends it.
 */
public final class Grammar {
    /** The most characters (UTF-16 units) that the text of a grammar may have. */
    public static final int MAX_LENGTH = 131_072;

    /** The most rules that a grammar may define. */
    public static final int MAX_RULES = 10_000;

    /** The deepest nesting of parentheses. */
    public static final int MAX_NESTING = 200;

    /** The most parts of one group in any order. */
    public static final int MAX_MEMBERS = 1_000;

    /** The greatest number in a repetition such as <code>{1,100}</code>. */
    public static final int MAX_REPETITIONS = 100_000;

    /** The most nodes that all rules together may be compiled to: about one for each byte of a literal, ten for a large character class. */
    public static final int MAX_NODES = 200_000;

    private final Rule root;
    private final int ruleCount;
    /** By byte: its class. Bytes of one class are not told apart by any rule. */
    private final int[] byteClasses;

    Grammar(Rule root, int ruleCount, int[] byteClasses) {
        this.root = root;
        this.ruleCount = ruleCount;
        this.byteClasses = byteClasses;
    }

    /**
     * Reads a grammar.
     *
     * @param gbnf its text
     * @return the grammar
     * @throws InvalidRequestException with the code {@link io.hyperion.api.ErrorCode#INVALID_GRAMMAR} and the parameter {@code grammar},
     *     if the text is not GBNF, names a rule that is not defined, has no rule {@code root}, has a rule that begins with itself, or is
     *     beyond a limit; the message tells line and column, counted from 1 in characters, and the rule
     */
    public static Grammar parse(String gbnf) {
        return new GrammarParser(Objects.requireNonNull(gbnf, "gbnf")).parse();
    }

    Rule root() {
        return root;
    }

    int ruleCount() {
        return ruleCount;
    }

    int byteClass(int value) {
        return byteClasses[value];
    }

    int byteClassCount() {
        return byteClasses[byteClasses.length - 1] + 1;
    }
}
