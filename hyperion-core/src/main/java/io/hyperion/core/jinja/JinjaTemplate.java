package io.hyperion.core.jinja;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A compiled template. Immutable: any number of threads may render it at the same time. */
public final class JinjaTemplate {
    private final String source;
    private final List<Statement> statements;
    private final JinjaLimits limits;

    private JinjaTemplate(String source, List<Statement> statements, JinjaLimits limits) {
        this.source = source;
        this.statements = statements;
        this.limits = limits;
    }

    /**
     * Compiles a template within {@link JinjaLimits#DEFAULT}.
     *
     * @param source the template's text
     * @return the template
     * @throws JinjaException if it is no template, or too large or too deep
     */
    public static JinjaTemplate compile(String source) throws JinjaException {
        return compile(source, JinjaLimits.DEFAULT);
    }

    /**
     * Compiles a template.
     *
     * @param source the template's text
     * @param limits what it may take, also when it is rendered
     * @return the template
     * @throws JinjaException if it is no template, or too large or too deep
     */
    public static JinjaTemplate compile(String source, JinjaLimits limits) throws JinjaException {
        if (source.length() > limits.templateLength()) {
            throw new JinjaException(
                    JinjaException.Kind.LIMIT,
                    "a template has at most " + limits.templateLength() + " characters, this one has "
                            + source.length(),
                    1,
                    1);
        }
        String text = Lexer.normalise(source);
        try {
            return new JinjaTemplate(text, new Parser(new Lexer(text, limits).tokens(), limits).parse(), limits);
        } catch (Fault e) {
            throw e.in(text, 0);
        }
    }

    /**
     * Renders the template, with the system's clock and time zone for {@code strftime_now}.
     *
     * @param variables what it may refer to, by name: texts, whole and floating point numbers, booleans, null (None), lists and maps of
     *     these; they take precedence over the functions of the language
     * @return the text
     * @throws JinjaException if it refuses the variables, an operation fails, or a limit is reached
     * @throws IllegalArgumentException if a variable is of another type
     */
    public String render(Map<String, ?> variables) throws JinjaException {
        return render(variables, Clock.systemDefaultZone());
    }

    /**
     * Renders the template.
     *
     * @param variables as for {@link #render(Map)}
     * @param clock the time and the time zone of {@code strftime_now}
     * @return the text
     * @throws JinjaException if it refuses the variables, an operation fails, or a limit is reached
     * @throws IllegalArgumentException if a variable is of another type
     */
    public String render(Map<String, ?> variables, Clock clock) throws JinjaException {
        Map<String, Object> values = new HashMap<>();
        Context context = new Context(limits, clock, values);
        try {
            variables.forEach((name, value) -> values.put(name, Values.of(context, value)));
            context.renderAll(statements);
            return context.written();
        } catch (Fault e) {
            throw e.in(source, context.at());
        }
    }
}
