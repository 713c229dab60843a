package io.hyperion.core.jinja;

import io.hyperion.core.jinja.Expression.CallArguments;
import io.hyperion.core.jinja.Expression.Link;
import io.hyperion.core.jinja.Token.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads expressions. Its recursion is as deep as brackets are nested, which is bounded. */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<String> CONSTANTS = Set.of("true", "false", "none", "True", "False", "None");
    private static final Set<Type> BEGIN_ARGUMENT = Set.of(Type.NAME, Type.STRING, Type.INTEGER, Type.FLOAT);

    private final Tokens tokens;
    private final JinjaLimits limits;
    private int depth;
    /** Whether unknown filters matter only when they are applied, as in branches. */
    private boolean soft;
    /** Filters and tests that do not exist, outside of branches. */
    private final List<Fault> unknown = new ArrayList<>();
    /** What the macros that are being read refer to, the innermost first. */
    private final Deque<MacroNames> macros = new ArrayDeque<>();

    private static final class MacroNames {
        private final Set<String> declared = new HashSet<>();
        private final Set<String> undeclared = new HashSet<>();
    }

    ExpressionParser(Tokens tokens, JinjaLimits limits) {
        this.tokens = tokens;
        this.limits = limits;
    }

    boolean soften(boolean on) {
        boolean before = soft;
        soft = on;
        return before;
    }

    /** Refuses a filter or test that does not exist, unless it is in a branch that may never be taken. */
    void requireKnown() {
        if (!unknown.isEmpty()) {
            throw unknown.get(0);
        }
    }

    void beginMacro() {
        macros.push(new MacroNames());
    }

    MacroDefinition.Special endMacro(List<String> parameters) {
        Set<String> names = macros.pop().undeclared;
        return new MacroDefinition.Special(
                names.contains("caller"),
                names.contains("varargs") && !parameters.contains("varargs"),
                names.contains("kwargs") && !parameters.contains("kwargs"));
    }

    void declare(String name) {
        macros.forEach(macro -> macro.declared.add(name));
    }

    private void refer(String name) {
        for (MacroNames macro : macros) {
            if (!macro.declared.contains(name)) {
                macro.undeclared.add(name);
            }
        }
    }

    private void deeper() {
        if (++depth > limits.nesting()) {
            throw Fault.limitAt(
                    tokens.current().position(), "expressions may be nested " + limits.nesting() + " deep at most");
        }
    }

    // Targets

    String assignableName() {
        Token token = tokens.expect(Type.NAME);
        if (CONSTANTS.contains(token.text())) {
            throw Fault.syntax(token.position(), "can't assign to '" + token.text() + "'");
        }
        return token.text();
    }

    /** What is assigned to, up to a name or an operator. */
    Target target(String end, boolean namespaces) {
        int position = tokens.current().position();
        List<Target> targets = new ArrayList<>();
        boolean several = false;
        while (true) {
            if (!targets.isEmpty()) {
                tokens.expectOperator(",");
            }
            if (isTupleEnd() || !end.isEmpty() && tokens.current().isName(end)) {
                break;
            }
            targets.add(oneTarget(namespaces));
            if (!tokens.current().isOperator(",")) {
                break;
            }
            several = true;
        }
        if (targets.isEmpty()) {
            throw Fault.syntax(
                    position, "Expected an expression, got '" + tokens.current().describe() + "'");
        }
        return several ? new Target.Several(List.copyOf(targets), position) : targets.get(0);
    }

    private Target oneTarget(boolean namespaces) {
        Token token = tokens.current();
        if (token.isOperator("(")) {
            deeper();
            tokens.next();
            List<Target> inner = new ArrayList<>();
            boolean several = false;
            while (!tokens.current().isOperator(")")) {
                inner.add(oneTarget(false));
                if (!tokens.skipOperator(",")) {
                    break;
                }
                several = true;
            }
            tokens.expectOperator(")");
            depth--;
            if (inner.size() == 1 && !several) {
                return inner.get(0);
            }
            return new Target.Several(List.copyOf(inner), token.position());
        }
        if (!token.is(Type.NAME)) {
            throw Fault.syntax(token.position(), "can't assign to '" + token.describe() + "'");
        }
        String name = assignableName();
        if (namespaces && tokens.skipOperator(".")) {
            refer(name);
            return new Target.Attribute(name, tokens.expect(Type.NAME).text(), token.position());
        }
        declare(name);
        return new Target.Variable(name);
    }

    // Tuples and conditionals

    private boolean isTupleEnd() {
        Token token = tokens.current();
        return token.is(Type.VARIABLE_END) || token.is(Type.BLOCK_END) || token.isOperator(")");
    }

    Expression tuple() {
        return tuple(true, "", false);
    }

    Expression tupleWithoutConditional() {
        return tuple(false, "", false);
    }

    Expression tupleUntil(String end) {
        return tuple(false, end, false);
    }

    private Expression tuple(boolean conditional, String end, boolean parentheses) {
        List<Expression> items = new ArrayList<>();
        boolean several = false;
        while (true) {
            if (!items.isEmpty()) {
                tokens.expectOperator(",");
            }
            if (isTupleEnd() || !end.isEmpty() && tokens.current().isName(end)) {
                break;
            }
            items.add(conditional ? expression() : or());
            if (!tokens.current().isOperator(",")) {
                break;
            }
            several = true;
        }
        if (!several && items.size() == 1) {
            return items.get(0);
        }
        if (!several && !parentheses) {
            throw Fault.syntax(
                    tokens.current().position(),
                    "Expected an expression, got '" + tokens.current().describe() + "'");
        }
        return new Expression.TupleLiteral(List.copyOf(items));
    }

    Expression expression() {
        deeper();
        int begin = depth;
        int known = unknown.size();
        Expression value = or();
        while (tokens.current().isName("if")) {
            deeper();
            int position = tokens.next().position();
            Expression test = or();
            Optional<Expression> otherwise = tokens.skipName("else") ? Optional.of(expression()) : Optional.empty();
            value = new Expression.Conditional(test, value, otherwise, position);
            unknown.subList(known, unknown.size()).clear();
        }
        depth = begin - 1;
        return value;
    }

    // Operators, from the weakest

    private Expression or() {
        return logic("or", true);
    }

    private Expression logic(String operator, boolean deciding) {
        List<Expression> operands = new ArrayList<>();
        do {
            operands.add(deciding ? logic("and", false) : not());
        } while (tokens.skipName(operator));
        return operands.size() == 1 ? operands.get(0) : new Expression.Logic(deciding, List.copyOf(operands));
    }

    private Expression not() {
        boolean any = false;
        boolean negated = false;
        while (tokens.skipName("not")) {
            any = true;
            negated = !negated;
        }
        Expression operand = comparison();
        return any ? new Expression.Not(operand, negated) : operand;
    }

    private Expression comparison() {
        Expression first = sum();
        List<Expression.Arithmetic.Operation> operations = new ArrayList<>();
        while (true) {
            Token token = tokens.current();
            String operator;
            if (token.is(Type.OPERATOR) && COMPARISONS.contains(token.text())) {
                operator = token.text();
            } else if (token.isName("in")) {
                operator = "in";
            } else if (token.isName("not") && tokens.following().isName("in")) {
                tokens.next();
                operator = "not in";
            } else {
                break;
            }
            tokens.next();
            operations.add(new Expression.Arithmetic.Operation(operator, sum(), token.position()));
        }
        return operations.isEmpty() ? first : new Expression.Comparison(first, List.copyOf(operations));
    }

    private Expression sum() {
        Expression first = concatenation();
        List<Expression.Arithmetic.Operation> operations = new ArrayList<>();
        while (tokens.current().isOperator("+") || tokens.current().isOperator("-")) {
            Token operator = tokens.next();
            operations.add(new Expression.Arithmetic.Operation(operator.text(), concatenation(), operator.position()));
        }
        return operations.isEmpty() ? first : new Expression.Arithmetic(first, List.copyOf(operations));
    }

    private Expression concatenation() {
        int position = tokens.current().position();
        List<Expression> parts = new ArrayList<>();
        do {
            parts.add(product());
        } while (tokens.skipOperator("~"));
        return parts.size() == 1 ? parts.get(0) : new Expression.Concatenation(List.copyOf(parts), position);
    }

    private Expression product() {
        Expression first = power();
        List<Expression.Arithmetic.Operation> operations = new ArrayList<>();
        while (tokens.current().isOperator("*")
                || tokens.current().isOperator("/")
                || tokens.current().isOperator("//")
                || tokens.current().isOperator("%")) {
            Token operator = tokens.next();
            operations.add(new Expression.Arithmetic.Operation(operator.text(), power(), operator.position()));
        }
        return operations.isEmpty() ? first : new Expression.Arithmetic(first, List.copyOf(operations));
    }

    private Expression power() {
        Expression first = unary(true);
        List<Expression.Arithmetic.Operation> operations = new ArrayList<>();
        while (tokens.current().isOperator("**")) {
            Token operator = tokens.next();
            operations.add(new Expression.Arithmetic.Operation("**", unary(true), operator.position()));
        }
        return operations.isEmpty() ? first : new Expression.Arithmetic(first, List.copyOf(operations));
    }

    private Expression unary(boolean filters) {
        Token token = tokens.current();
        Expression base;
        if (token.isOperator("-") || token.isOperator("+")) {
            deeper();
            tokens.next();
            base = new Expression.Sign(token.text(), unary(false), token.position());
            depth--;
        } else {
            base = primary();
        }
        List<Link> links = new ArrayList<>();
        postfix(links);
        if (filters) {
            filtersAndTests(links);
        }
        return links.isEmpty() ? base : new Expression.Chain(base, List.copyOf(links));
    }

    private Expression primary() {
        Token token = tokens.next();
        switch (token.type()) {
            case NAME -> {
                return name(token);
            }
            case INTEGER, FLOAT -> {
                return new Expression.Constant(token.value());
            }
            case STRING -> {
                StringBuilder text = new StringBuilder(token.text());
                while (tokens.current().is(Type.STRING)) {
                    text.append(tokens.next().text());
                }
                return new Expression.Constant(text.toString());
            }
            case OPERATOR -> {
                switch (token.text()) {
                    case "(" -> {
                        Expression inner = tuple(true, "", true);
                        tokens.expectOperator(")");
                        return inner;
                    }
                    case "[" -> {
                        return new Expression.ListLiteral(list());
                    }
                    case "{" -> {
                        return dict(token.position());
                    }
                    default -> throw unexpected(token);
                }
            }
            default -> throw unexpected(token);
        }
    }

    private static Fault unexpected(Token token) {
        return Fault.syntax(token.position(), "unexpected '" + token.describe() + "'");
    }

    private Expression name(Token token) {
        return switch (token.text()) {
            case "true", "True" -> new Expression.Constant(true);
            case "false", "False" -> new Expression.Constant(false);
            case "none", "None" -> new Expression.Constant(None.NONE);
            default -> {
                refer(token.text());
                yield new Expression.Name(token.text(), token.position());
            }
        };
    }

    private List<Expression> list() {
        List<Expression> items = new ArrayList<>();
        while (!tokens.current().isOperator("]")) {
            if (!items.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.current().isOperator("]")) {
                    break;
                }
            }
            items.add(expression());
        }
        tokens.expectOperator("]");
        return List.copyOf(items);
    }

    private Expression dict(int position) {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.current().isOperator("}")) {
            if (!keys.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.current().isOperator("}")) {
                    break;
                }
            }
            keys.add(expression());
            tokens.expectOperator(":");
            values.add(expression());
        }
        tokens.expectOperator("}");
        return new Expression.DictLiteral(List.copyOf(keys), List.copyOf(values), position);
    }

    // What follows a value

    private void postfix(List<Link> links) {
        while (true) {
            Token token = tokens.current();
            if (token.isOperator(".")) {
                tokens.next();
                links.add(attribute(token));
            } else if (token.isOperator("[")) {
                tokens.next();
                links.add(subscript(token));
            } else if (token.isOperator("(")) {
                links.add(new Link.Call(arguments(), token.position()));
            } else {
                return;
            }
        }
    }

    private Link attribute(Token dot) {
        Token name = tokens.next();
        if (name.is(Type.NAME)) {
            return new Link.Attribute(name.text(), dot.position());
        }
        if (name.is(Type.INTEGER)) {
            return new Link.Item(new Expression.Constant(name.value()), dot.position());
        }
        throw Fault.syntax(name.position(), "expected name or number");
    }

    private Link subscript(Token bracket) {
        List<Expression> keys = new ArrayList<>();
        while (!tokens.current().isOperator("]")) {
            if (!keys.isEmpty()) {
                tokens.expectOperator(",");
            }
            Optional<Expression> first =
                    tokens.current().isOperator(":") ? Optional.empty() : Optional.of(expression());
            if (tokens.skipOperator(":")) {
                Link slice = slice(first, bracket);
                if (!keys.isEmpty() || !tokens.current().isOperator("]")) {
                    throw Fault.syntax(bracket.position(), "several slices in one pair of brackets are not supported");
                }
                tokens.next();
                return slice;
            }
            keys.add(first.orElseThrow(() -> unexpected(tokens.current())));
        }
        tokens.expectOperator("]");
        Expression key = keys.size() == 1 ? keys.get(0) : new Expression.TupleLiteral(List.copyOf(keys));
        return new Link.Item(key, bracket.position());
    }

    private Link slice(Optional<Expression> start, Token bracket) {
        Optional<Expression> stop = sliceEnd();
        Optional<Expression> step = tokens.skipOperator(":") ? sliceEnd() : Optional.empty();
        return new Link.Slice(start, stop, step, bracket.position());
    }

    private Optional<Expression> sliceEnd() {
        Token token = tokens.current();
        return token.isOperator(":") || token.isOperator("]") || token.isOperator(",")
                ? Optional.empty()
                : Optional.of(expression());
    }

    private void filtersAndTests(List<Link> links) {
        while (true) {
            Token token = tokens.current();
            if (token.isOperator("|")) {
                links.addAll(filters(false));
            } else if (token.isName("is")) {
                links.add(test());
            } else if (token.isOperator("(")) {
                links.add(new Link.Call(arguments(), token.position()));
            } else {
                return;
            }
        }
    }

    /** Filters in a row; the first {@code |} is left out in front of a filter block's. */
    List<Link> filters(boolean begun) {
        List<Link> filters = new ArrayList<>();
        boolean first = begun;
        while (first || tokens.skipOperator("|")) {
            first = false;
            Token token = tokens.current();
            String name = dottedName();
            CallArguments arguments =
                    tokens.current().isOperator("(") ? arguments() : CallArguments.none(token.position());
            Optional<Builtin> filter = Optional.ofNullable(Filters.BY_NAME.get(name));
            if (filter.isEmpty() && !soft) {
                unknown.add(Fault.syntax(token.position(), "No filter named '" + name + "'."));
            }
            filters.add(new Link.Filter(name, filter, arguments, token.position()));
        }
        return List.copyOf(filters);
    }

    private String dottedName() {
        StringBuilder name = new StringBuilder(tokens.expect(Type.NAME).text());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.expect(Type.NAME).text());
        }
        return name.toString();
    }

    private Link test() {
        tokens.next();
        boolean negated = tokens.skipName("not");
        Token token = tokens.current();
        String name = dottedName();
        CallArguments arguments = CallArguments.none(token.position());
        Token next = tokens.current();
        if (next.isOperator("(")) {
            arguments = arguments();
        } else if (beginsArgument(next)) {
            if (next.isName("is")) {
                throw Fault.syntax(next.position(), "You cannot chain multiple tests with is");
            }
            deeper();
            Expression base = primary();
            List<Link> links = new ArrayList<>();
            postfix(links);
            depth--;
            Expression argument = links.isEmpty() ? base : new Expression.Chain(base, List.copyOf(links));
            arguments = new CallArguments(
                    List.of(argument), List.of(), List.of(), Optional.empty(), Optional.empty(), next.position());
        }
        Optional<Builtin> test = Optional.ofNullable(Tests.BY_NAME.get(name));
        if (test.isEmpty() && !soft) {
            unknown.add(Fault.syntax(token.position(), "No test named '" + name + "'."));
        }
        return new Link.Test(name, test, arguments, negated, token.position());
    }

    private static boolean beginsArgument(Token token) {
        boolean begins = BEGIN_ARGUMENT.contains(token.type()) || token.isOperator("[") || token.isOperator("{");
        return begins && !token.isName("else") && !token.isName("or") && !token.isName("and");
    }

    private CallArguments arguments() {
        int position = tokens.next().position();
        List<Expression> positional = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<Expression> named = new ArrayList<>();
        Optional<Expression> more = Optional.empty();
        Optional<Expression> moreNamed = Optional.empty();
        boolean first = true;
        while (!tokens.current().isOperator(")")) {
            if (!first) {
                tokens.expectOperator(",");
                if (tokens.current().isOperator(")")) {
                    break;
                }
            }
            first = false;
            if (tokens.current().isOperator("*")) {
                requireCall(more.isEmpty() && moreNamed.isEmpty(), position);
                tokens.next();
                more = Optional.of(expression());
            } else if (tokens.current().isOperator("**")) {
                requireCall(moreNamed.isEmpty(), position);
                tokens.next();
                moreNamed = Optional.of(expression());
            } else if (tokens.current().is(Type.NAME) && tokens.following().isOperator("=")) {
                String name = tokens.next().text();
                requireCall(moreNamed.isEmpty() && !names.contains(name), position);
                tokens.next();
                names.add(name);
                named.add(expression());
            } else {
                requireCall(more.isEmpty() && moreNamed.isEmpty() && named.isEmpty(), position);
                positional.add(expression());
            }
        }
        tokens.expectOperator(")");
        return new CallArguments(
                List.copyOf(positional), List.copyOf(names), List.copyOf(named), more, moreNamed, position);
    }

    private static void requireCall(boolean valid, int position) {
        if (!valid) {
            throw Fault.syntax(position, "invalid syntax for function call expression");
        }
    }
}
