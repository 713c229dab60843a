package io.hyperion.core.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An expression of a template. Immutable. Operators in a row are one node, so that only brackets make the tree deep. */
sealed interface Expression {
    /** Called by {@link Context#evaluate} only, which counts and bounds the depth. */
    Object evaluateIn(Context context);

    record Constant(Object value) implements Expression {
        @Override
        public Object evaluateIn(Context context) {
            return value;
        }
    }

    record Name(String name, int position) implements Expression {
        @Override
        public Object evaluateIn(Context context) {
            return context.lookUp(name);
        }
    }

    record ListLiteral(List<Expression> items) implements Expression {
        @Override
        public Object evaluateIn(Context context) {
            return context.evaluateAll(items);
        }
    }

    record TupleLiteral(List<Expression> items) implements Expression {
        @Override
        public Object evaluateIn(Context context) {
            return new Tuple(context.evaluateAll(items));
        }
    }

    record DictLiteral(List<Expression> keys, List<Expression> values, int position) implements Expression {
        @Override
        public Object evaluateIn(Context context) {
            Dict dict = new Dict();
            for (int i = 0; i < keys.size(); i++) {
                Object key = context.evaluate(keys.get(i));
                Object value = context.evaluate(values.get(i));
                context.at(position);
                dict.put(context, key, value);
            }
            context.allocate(keys.size());
            return dict;
        }
    }

    /** {@code first operator operand operator operand …}, from the left. */
    record Arithmetic(Expression first, List<Operation> operations) implements Expression {
        record Operation(String operator, Expression operand, int position) {}

        @Override
        public Object evaluateIn(Context context) {
            Object value = context.evaluate(first);
            for (Operation operation : operations) {
                Object operand = context.evaluate(operation.operand);
                context.at(operation.position);
                value = Operators.apply(context, operation.operator, value, operand);
            }
            return value;
        }
    }

    record Sign(String operator, Expression operand, int position) implements Expression {
        @Override
        public Object evaluateIn(Context context) {
            Object value = context.evaluate(operand);
            context.at(position);
            return Operators.sign(operator, value);
        }
    }

    /** The texts of all parts, joined. */
    record Concatenation(List<Expression> parts, int position) implements Expression {
        @Override
        public Object evaluateIn(Context context) {
            List<Object> values = context.evaluateAll(parts);
            context.at(position);
            return Markup.concatenate(context, values);
        }
    }

    record Not(Expression operand, boolean negated) implements Expression {
        @Override
        public Object evaluateIn(Context context) {
            return Values.isTrue(context, context.evaluate(operand)) != negated;
        }
    }

    /** {@code and} or {@code or}: the first value that decides, else the last one. */
    record Logic(boolean deciding, List<Expression> operands) implements Expression {
        @Override
        public Object evaluateIn(Context context) {
            Object value = context.evaluate(operands.get(0));
            for (int i = 1; i < operands.size() && Values.isTrue(context, value) != deciding; i++) {
                value = context.evaluate(operands.get(i));
            }
            return value;
        }
    }

    /** {@code first < second <= third …}: each operand is evaluated once, up to the first comparison that does not hold. */
    record Comparison(Expression first, List<Arithmetic.Operation> operations) implements Expression {
        @Override
        public Object evaluateIn(Context context) {
            Object left = context.evaluate(first);
            for (Arithmetic.Operation operation : operations) {
                Object right = context.evaluate(operation.operand());
                context.at(operation.position());
                if (!Operators.compares(context, operation.operator(), left, right)) {
                    return false;
                }
                left = right;
            }
            return true;
        }
    }

    record Conditional(Expression test, Expression then, Optional<Expression> otherwise, int position)
            implements Expression {
        @Override
        public Object evaluateIn(Context context) {
            if (Values.isTrue(context, context.evaluate(test))) {
                return context.evaluate(then);
            }
            if (otherwise.isPresent()) {
                return context.evaluate(otherwise.get());
            }
            return new Undefined("the inline if-expression evaluated to false and no else section was defined.");
        }
    }

    /** A value, and what is done with it from left to right: attributes, items, calls, filters and tests. */
    record Chain(Expression base, List<Link> links) implements Expression {
        @Override
        public Object evaluateIn(Context context) {
            return through(context, links.size());
        }

        private Object through(Context context, int end) {
            Object value = context.evaluate(base);
            for (int i = 0; i < end; i++) {
                context.step();
                value = links.get(i).apply(context, value);
            }
            return value;
        }

        boolean endsWithCall() {
            return links.get(links.size() - 1) instanceof Link.Call;
        }

        /** Evaluates it, with a macro given to the last call as {@code caller}. */
        Object call(Context context, Macro caller) {
            Object callee = through(context, links.size() - 1);
            Link.Call call = (Link.Call) links.get(links.size() - 1);
            Arguments arguments = call.arguments.evaluate(context);
            arguments.name("caller", caller);
            context.at(call.position);
            return Values.call(context, callee, arguments);
        }
    }

    /** What is done with the value on its left. */
    sealed interface Link {
        Object apply(Context context, Object value);

        record Attribute(String name, int position) implements Link {
            @Override
            public Object apply(Context context, Object value) {
                context.at(position);
                return Attributes.attribute(context, value, name);
            }
        }

        record Item(Expression key, int position) implements Link {
            @Override
            public Object apply(Context context, Object value) {
                Object evaluated = context.evaluate(key);
                context.at(position);
                return Attributes.item(context, value, evaluated);
            }
        }

        record Slice(Optional<Expression> start, Optional<Expression> stop, Optional<Expression> step, int position)
                implements Link {
            @Override
            public Object apply(Context context, Object value) {
                Object from = start.isPresent() ? context.evaluate(start.get()) : None.NONE;
                Object to = stop.isPresent() ? context.evaluate(stop.get()) : None.NONE;
                Object by = step.isPresent() ? context.evaluate(step.get()) : None.NONE;
                context.at(position);
                return Slices.of(context, value, from, to, by);
            }
        }

        record Call(CallArguments arguments, int position) implements Link {
            @Override
            public Object apply(Context context, Object value) {
                Arguments evaluated = arguments.evaluate(context);
                context.at(position);
                return Values.call(context, value, evaluated);
            }
        }

        /** The filter is empty if there is none of that name, which matters only when it is applied. */
        record Filter(String name, Optional<Builtin> filter, CallArguments arguments, int position) implements Link {
            @Override
            public Object apply(Context context, Object value) {
                Arguments evaluated = arguments.evaluate(context);
                context.at(position);
                return filter.orElseThrow(() -> Fault.of("No filter named " + Texts.repr(name) + " found."))
                        .apply(context, evaluated.first(value));
            }
        }

        record Test(String name, Optional<Builtin> test, CallArguments arguments, boolean negated, int position)
                implements Link {
            @Override
            public Object apply(Context context, Object value) {
                Arguments evaluated = arguments.evaluate(context);
                context.at(position);
                Object result = test.orElseThrow(() -> Fault.of("No test named " + Texts.repr(name) + " found."))
                        .apply(context, evaluated.first(value));
                return negated ? !Values.isTrue(context, result) : result;
            }
        }
    }

    /** The arguments of a call as they are written. */
    record CallArguments(
            List<Expression> positional,
            List<String> names,
            List<Expression> named,
            Optional<Expression> more,
            Optional<Expression> moreNamed,
            int position) {
        static CallArguments none(int position) {
            return new CallArguments(List.of(), List.of(), List.of(), Optional.empty(), Optional.empty(), position);
        }

        Arguments evaluate(Context context) {
            Arguments arguments = new Arguments(new ArrayList<>(context.evaluateAll(positional)));
            if (more.isPresent()) {
                Object values = context.evaluate(more.get());
                context.at(position);
                arguments.addAll(context, values);
            }
            for (int i = 0; i < named.size(); i++) {
                arguments.name(names.get(i), context.evaluate(named.get(i)));
            }
            if (moreNamed.isPresent()) {
                Object values = context.evaluate(moreNamed.get());
                context.at(position);
                arguments.nameAll(values);
            }
            return arguments;
        }
    }
}
