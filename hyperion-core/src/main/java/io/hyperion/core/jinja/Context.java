package io.hyperion.core.jinja;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One rendering: the variables, what is written, and what is left of the limits. Used by one thread. */
final class Context {
    private final JinjaLimits limits;
    private final Clock clock;
    private final Map<String, Object> given;
    private Scope scope = new Scope();
    private StringBuilder out = new StringBuilder();
    private boolean escaping;
    private int at;
    private int depth;
    private long steps;
    private long memory;

    Context(JinjaLimits limits, Clock clock, Map<String, Object> given) {
        this.limits = limits;
        this.clock = clock;
        this.given = given;
        steps = limits.steps();
        memory = limits.memory();
    }

    Clock clock() {
        return clock;
    }

    /** Notes where in the source the evaluation stands, for errors. */
    void at(int position) {
        at = position;
    }

    int at() {
        return at;
    }

    Scope scope() {
        return scope;
    }

    void scope(Scope next) {
        scope = next;
    }

    boolean isEscaping() {
        return escaping;
    }

    void escape(boolean on) {
        escaping = on;
    }

    String written() {
        return out.toString();
    }

    Object lookUp(String name) {
        Object value = scope.get(name);
        if (value == null) {
            value = given.get(name);
        }
        if (value == null) {
            value = Globals.BY_NAME.get(name);
        }
        return value == null ? new Undefined(Texts.repr(name) + " is undefined") : value;
    }

    Object evaluate(Expression expression) {
        enter();
        Object value = expression.evaluateIn(this);
        leave();
        return value;
    }

    List<Object> evaluateAll(List<Expression> expressions) {
        List<Object> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(evaluate(expression));
        }
        allocate(values.size());
        return values;
    }

    Statement.Flow renderAll(List<Statement> statements) {
        enter();
        for (Statement statement : statements) {
            step();
            Statement.Flow flow = statement.renderIn(this);
            if (flow != Statement.Flow.NEXT) {
                leave();
                return flow;
            }
        }
        leave();
        return Statement.Flow.NEXT;
    }

    /** {@return what is written meanwhile} */
    String capture(Runnable rendering) {
        StringBuilder outer = out;
        out = new StringBuilder();
        rendering.run();
        String text = made(out.toString());
        out = outer;
        return text;
    }

    void write(String text) {
        if (text.length() > limits.outputLength() - out.length()) {
            throw tooLong();
        }
        out.append(text);
    }

    void print(Object value) {
        write(escaping ? Markup.escape(this, value).text() : Values.text(this, value));
    }

    /** Begins something that may go deeper: a nested expression, statement, value or call. */
    void enter() {
        step();
        if (++depth > limits.depth()) {
            throw Fault.limit("the template's evaluation goes deeper than " + limits.depth()
                    + " levels of nested statements, expressions, calls and values");
        }
    }

    void leave() {
        depth--;
    }

    void step() {
        if (--steps < 0) {
            throw tooManySteps();
        }
    }

    /** Counts the work of going through that many characters. */
    void readCharacters(long count) {
        steps -= count >> 4;
        if (steps < 0) {
            throw tooManySteps();
        }
    }

    private Fault tooManySteps() {
        return Fault.limit("the template takes more than " + limits.steps() + " steps");
    }

    private Fault tooLong() {
        return Fault.limit("the template makes a text of more than " + limits.outputLength() + " characters");
    }

    /** Before a text of that length is made. */
    void requireLength(long characters) {
        if (characters > limits.outputLength()) {
            throw tooLong();
        }
        allocate(characters);
    }

    /** After a text was made from others that are bounded. */
    String made(String text) {
        requireLength(text.length());
        return text;
    }

    /** Before that many elements or characters are made. */
    void allocate(long size) {
        memory -= size;
        if (memory < 0) {
            throw Fault.limit("the template makes more than " + limits.memory() + " characters and list elements");
        }
        readCharacters(size);
    }

    /** {@return how long a text may be} */
    int longest() {
        return limits.outputLength();
    }
}
