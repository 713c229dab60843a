package io.hyperion.core.grammar;

/** A rule of a grammar, or the body of a counted repetition, which is called like one. */
final class Rule {
    private final int id;
    private final String name;
    private final boolean named;
    /** The network's first node once the rule is defined; until then the rule is a name that was mentioned. */
    private Node start;

    private boolean nullable;

    private Rule(int id, String name, boolean named) {
        this.id = id;
        this.name = name;
        this.named = named;
    }

    static Rule named(int id, String name) {
        return new Rule(id, name, true);
    }

    static Rule body(int id, String nameOfItsRule, Node start) {
        Rule rule = new Rule(id, nameOfItsRule, false);
        rule.start = start;
        return rule;
    }

    int id() {
        return id;
    }

    /** {@return the rule's name; of the body of a repetition, that of the rule it stands in} */
    String name() {
        return name;
    }

    boolean isNamed() {
        return named;
    }

    boolean isDefined() {
        return start != null;
    }

    Node start() {
        return start;
    }

    void define(Node first) {
        start = first;
    }

    /** {@return whether the empty text is one of its texts} */
    boolean isNullable() {
        return nullable;
    }

    void setNullable() {
        nullable = true;
    }
}
