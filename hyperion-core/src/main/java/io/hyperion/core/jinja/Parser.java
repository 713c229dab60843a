package io.hyperion.core.jinja;

import io.hyperion.core.jinja.Token.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes a tree of a template's tokens: its statements. Expressions are read by {@link ExpressionParser}. */
final class Parser {
    private static final Set<String> OTHER_TEMPLATES = Set.of("extends", "include", "import", "from");

    private final Tokens tokens;
    private final ExpressionParser expressions;
    private final JinjaLimits limits;
    private final Set<String> blocks = new HashSet<>();
    private final Deque<String> open = new ArrayDeque<>();
    /** Whether each function that is being read is in a loop; the template itself is the first. */
    private final Deque<Integer> loops = new ArrayDeque<>(List.of(0));

    Parser(List<Token> tokens, JinjaLimits limits) {
        this.tokens = new Tokens(tokens);
        this.limits = limits;
        expressions = new ExpressionParser(this.tokens, limits);
    }

    List<Statement> parse() {
        List<Statement> body = body(Set.of());
        expressions.requireKnown();
        return body;
    }

    private List<Statement> body(Set<String> ends) {
        List<Statement> body = new ArrayList<>();
        while (!tokens.current().is(Type.END)) {
            Token token = tokens.next();
            switch (token.type()) {
                case DATA -> body.add(new Statement.Data(token.text()));
                case VARIABLE_BEGIN -> {
                    body.add(new Statement.Print(expressions.tuple(), token.position()));
                    tokens.expect(Type.VARIABLE_END);
                }
                default -> {
                    if (tokens.current().is(Type.NAME)
                            && ends.contains(tokens.current().text())) {
                        return List.copyOf(body);
                    }
                    statement(body);
                    tokens.expect(Type.BLOCK_END);
                }
            }
        }
        if (!ends.isEmpty()) {
            throw Fault.syntax(tokens.current().position(), "Unexpected end of template. " + lookingFor());
        }
        return List.copyOf(body);
    }

    private String lookingFor() {
        return open.isEmpty() ? "" : "The innermost block that needs to be closed is '" + open.peek() + "'.";
    }

    /** A body up to one of the tags, which is the next token then. */
    private List<Statement> bodyUntil(String... ends) {
        tokens.skipOperator(":");
        tokens.expect(Type.BLOCK_END);
        return body(Set.of(ends));
    }

    private List<Statement> bodyWithin(String end) {
        List<Statement> body = bodyUntil(end);
        tokens.next();
        return body;
    }

    private void statement(List<Statement> body) {
        Token tag = tokens.current();
        if (!tag.is(Type.NAME)) {
            throw Fault.syntax(tag.position(), "tag name expected");
        }
        open.push(tag.text());
        if (open.size() > limits.nesting()) {
            throw Fault.limitAt(tag.position(), "statements may be nested " + limits.nesting() + " deep at most");
        }
        tokens.next();
        switch (tag.text()) {
            case "if" -> body.add(ifStatement());
            case "for" -> body.add(forStatement(tag.position()));
            case "set" -> body.add(setStatement());
            case "print" -> printStatement(body, tag.position());
            case "macro" -> body.add(macro(tag.position()));
            case "call" -> body.add(callBlock(tag.position()));
            case "filter" -> body.add(filterBlock());
            case "with" -> body.add(with());
            case "autoescape" -> body.add(autoescape());
            case "block" -> body.add(block(tag.position()));
            case "generation" -> body.add(generation(tag.position()));
            case "break", "continue" -> body.add(jump(tag));
            default -> throw unknown(tag);
        }
        open.pop();
    }

    private Fault unknown(Token tag) {
        if (OTHER_TEMPLATES.contains(tag.text())) {
            return Fault.syntax(
                    tag.position(),
                    "'" + tag.text() + "' is not supported: a chat template has no other templates to refer to");
        }
        open.pop();
        return Fault.syntax(tag.position(), ("Encountered unknown tag '" + tag.text() + "'. " + lookingFor()).strip());
    }

    /** Reads a body in a scope of its own, where unknown filters are refused at once. */
    private List<Statement> scoped(String end) {
        boolean soft = expressions.soften(false);
        List<Statement> body = bodyWithin(end);
        expressions.soften(soft);
        return body;
    }

    private Statement ifStatement() {
        boolean soft = expressions.soften(true);
        List<Statement.If.Branch> branches = new ArrayList<>();
        List<Statement> otherwise = List.of();
        while (true) {
            Expression test = expressions.tupleWithoutConditional();
            branches.add(new Statement.If.Branch(test, bodyUntil("elif", "else", "endif")));
            Token end = tokens.next();
            if (end.isName("else")) {
                otherwise = bodyWithin("endif");
            }
            if (!end.isName("elif")) {
                break;
            }
        }
        expressions.soften(soft);
        return new Statement.If(List.copyOf(branches), otherwise);
    }

    private Statement forStatement(int position) {
        Target target = expressions.target("in", false);
        if (declares(target, "loop")) {
            throw Fault.syntax(position, "Can't assign to special loop variable in for-loop target");
        }
        tokens.expectName("in");
        Expression items = expressions.tupleUntil("recursive");
        boolean soft = expressions.soften(false);
        Optional<Expression> filter = tokens.skipName("if") ? Optional.of(expressions.expression()) : Optional.empty();
        boolean recursive = tokens.skipName("recursive");
        if (recursive) {
            loops.push(0);
        }
        loops.push(loops.pop() + 1);
        List<Statement> body = bodyUntil("endfor", "else");
        loops.push(loops.pop() - 1);
        List<Statement> otherwise = List.of();
        if (tokens.next().isName("else")) {
            otherwise = bodyWithin("endfor");
        }
        if (recursive) {
            loops.pop();
        }
        expressions.soften(soft);
        return new Statement.For(target, items, filter, recursive, body, otherwise, position);
    }

    private static boolean declares(Target target, String name) {
        if (target instanceof Target.Several several) {
            return several.targets().stream().anyMatch(inner -> declares(inner, name));
        }
        return target instanceof Target.Variable variable && variable.name().equals(name);
    }

    private Statement setStatement() {
        Target target = expressions.target("", true);
        if (tokens.skipOperator("=")) {
            return new Statement.Assign(target, expressions.tuple());
        }
        boolean soft = expressions.soften(false);
        List<Expression.Link> filters = expressions.filters(false);
        expressions.soften(soft);
        return new Statement.AssignBlock(target, filters, scoped("endset"));
    }

    private void printStatement(List<Statement> body, int position) {
        boolean first = true;
        while (!tokens.current().is(Type.BLOCK_END)) {
            if (!first) {
                tokens.expectOperator(",");
            }
            first = false;
            body.add(new Statement.Print(expressions.expression(), position));
        }
    }

    private Statement macro(int position) {
        String name = expressions.assignableName();
        boolean soft = expressions.soften(false);
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        signature(parameters, defaults);
        MacroDefinition macro = define(name, position, parameters, defaults, "endmacro");
        expressions.soften(soft);
        return new Statement.DefineMacro(macro);
    }

    private MacroDefinition define(
            String name, int position, List<String> parameters, List<Expression> defaults, String end) {
        parameters.forEach(expressions::declare);
        loops.push(0);
        expressions.beginMacro();
        List<Statement> body = bodyWithin(end);
        MacroDefinition.Special special = expressions.endMacro(parameters);
        loops.pop();
        int caller = parameters.indexOf("caller");
        if (special.caller() && caller >= 0 && caller < parameters.size() - defaults.size()) {
            throw Fault.syntax(
                    position,
                    "When defining macros or call blocks the special \"caller\" argument must be omitted or be given a default.");
        }
        return new MacroDefinition(name, List.copyOf(parameters), List.copyOf(defaults), special, body, position);
    }

    private void signature(List<String> parameters, List<Expression> defaults) {
        tokens.expectOperator("(");
        while (!tokens.current().isOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            Token token = tokens.current();
            String parameter = expressions.assignableName();
            if (parameters.contains(parameter)) {
                throw Fault.syntax(token.position(), "duplicate argument '" + parameter + "'");
            }
            if (tokens.skipOperator("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw Fault.syntax(token.position(), "non-default argument follows default argument");
            }
            parameters.add(parameter);
        }
        tokens.expectOperator(")");
    }

    private Statement callBlock(int position) {
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        if (tokens.current().isOperator("(")) {
            signature(parameters, defaults);
        }
        if (!(expressions.expression() instanceof Expression.Chain chain && chain.endsWithCall())) {
            throw Fault.syntax(position, "expected call");
        }
        boolean soft = expressions.soften(false);
        MacroDefinition body = define("", position, parameters, defaults, "endcall");
        expressions.soften(soft);
        return new Statement.CallBlock(chain, body);
    }

    private Statement filterBlock() {
        boolean soft = expressions.soften(false);
        List<Expression.Link> filters = expressions.filters(true);
        expressions.soften(soft);
        return new Statement.FilterBlock(filters, scoped("endfilter"));
    }

    private Statement with() {
        List<Target> targets = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.current().is(Type.BLOCK_END)) {
            if (!targets.isEmpty()) {
                tokens.expectOperator(",");
            }
            targets.add(expressions.target("", false));
            tokens.expectOperator("=");
            values.add(expressions.expression());
        }
        return new Statement.With(List.copyOf(targets), List.copyOf(values), scoped("endwith"));
    }

    private Statement autoescape() {
        Expression escaping = expressions.expression();
        return new Statement.Autoescape(escaping, scoped("endautoescape"));
    }

    private Statement block(int position) {
        String name = tokens.expect(Type.NAME).text();
        boolean scoped = tokens.skipName("scoped");
        tokens.skipName("required");
        if (!blocks.add(name)) {
            throw Fault.syntax(position, "block '" + name + "' defined twice");
        }
        loops.push(0);
        List<Statement> body = scoped("endblock");
        loops.pop();
        tokens.skipName(name);
        return new Statement.Block(name, scoped, body);
    }

    private Statement generation(int position) {
        boolean soft = expressions.soften(false);
        MacroDefinition body = define("", position, List.of(), List.of(), "endgeneration");
        expressions.soften(soft);
        return new Statement.Generation(body);
    }

    private Statement jump(Token tag) {
        if (loops.peek() == 0) {
            throw Fault.syntax(tag.position(), "'" + tag.text() + "' outside loop");
        }
        return new Statement.Jump(tag.text().equals("break") ? Statement.Flow.BREAK : Statement.Flow.CONTINUE);
    }
}
