package io.hyperion.core.jinja;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** A statement of a template. Immutable. */
sealed interface Statement {
    /** How it goes on after a statement. */
    enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    /** Called by {@link Context#render} only, which counts and bounds the depth. */
    Flow renderIn(Context context);

    record Data(String text) implements Statement {
        @Override
        public Flow renderIn(Context context) {
            context.write(text);
            return Flow.NEXT;
        }
    }

    record Print(Expression expression, int position) implements Statement {
        @Override
        public Flow renderIn(Context context) {
            context.print(context.evaluate(expression));
            return Flow.NEXT;
        }
    }

    record If(List<Branch> branches, List<Statement> otherwise) implements Statement {
        record Branch(Expression test, List<Statement> body) {}

        @Override
        public Flow renderIn(Context context) {
            for (Branch branch : branches) {
                if (Values.isTrue(context, context.evaluate(branch.test))) {
                    return context.renderAll(branch.body);
                }
            }
            return context.renderAll(otherwise);
        }
    }

    record For(
            Target target,
            Expression items,
            Optional<Expression> filter,
            boolean recursive,
            List<Statement> body,
            List<Statement> otherwise,
            int position)
            implements Statement {
        @Override
        public Flow renderIn(Context context) {
            Object values = context.evaluate(items);
            context.at(position);
            loop(context, values, 0);
            return Flow.NEXT;
        }

        private void loop(Context context, Object values, int depth) {
            Scope outer = context.scope();
            LoopContext loop = filter.isPresent()
                    ? new LoopContext(filtered(context, outer, values), Optional.empty(), depth)
                    : new LoopContext(Iteration.iterator(context, values), Optional.of(values), depth);
            if (recursive) {
                loop.recurseWith((caller, inner) -> recurse(caller, outer, inner, depth + 1));
            }
            boolean none = true;
            Flow flow = Flow.NEXT;
            while (flow != Flow.BREAK && loop.advance(context)) {
                context.step();
                context.scope(new Scope(outer));
                context.scope().set("loop", loop);
                target.assign(context, loop.current());
                flow = context.renderAll(body);
                none &= flow != Flow.NEXT;
                context.scope(outer);
            }
            if (none && !otherwise.isEmpty()) {
                context.scope(new Scope(outer));
                context.renderAll(otherwise);
                context.scope(outer);
            }
        }

        private Object recurse(Context context, Scope outer, Object values, int depth) {
            Scope caller = context.scope();
            context.scope(outer);
            String text = context.capture(() -> loop(context, values, depth));
            context.scope(caller);
            return text;
        }

        private Iterator<Object> filtered(Context context, Scope outer, Object values) {
            return Iteration.filter(context, Iteration.iterator(context, values), value -> {
                Scope current = context.scope();
                context.scope(new Scope(outer));
                target.assign(context, value);
                boolean passes = Values.isTrue(context, context.evaluate(filter.get()));
                context.scope(current);
                return passes;
            });
        }
    }

    record Assign(Target target, Expression value) implements Statement {
        @Override
        public Flow renderIn(Context context) {
            target.check(context);
            target.assign(context, context.evaluate(value));
            return Flow.NEXT;
        }
    }

    record AssignBlock(Target target, List<Expression.Link> filters, List<Statement> body) implements Statement {
        @Override
        public Flow renderIn(Context context) {
            Scope outer = context.scope();
            context.scope(new Scope(outer));
            Flow[] flow = {Flow.NEXT};
            Object value = Markup.ifEscaping(context, context.capture(() -> flow[0] = context.renderAll(body)));
            if (flow[0] == Flow.NEXT) {
                for (Expression.Link filter : filters) {
                    value = filter.apply(context, value);
                }
                context.scope(outer);
                target.assign(context, Markup.ifEscaping(context, value));
            }
            context.scope(outer);
            return flow[0];
        }
    }

    record FilterBlock(List<Expression.Link> filters, List<Statement> body) implements Statement {
        @Override
        public Flow renderIn(Context context) {
            Scope outer = context.scope();
            context.scope(new Scope(outer));
            Flow[] flow = {Flow.NEXT};
            Object value = Markup.ifEscaping(context, context.capture(() -> flow[0] = context.renderAll(body)));
            if (flow[0] == Flow.NEXT) {
                for (Expression.Link filter : filters) {
                    value = filter.apply(context, value);
                }
                context.print(value);
            }
            context.scope(outer);
            return flow[0];
        }
    }

    record With(List<Target> targets, List<Expression> values, List<Statement> body) implements Statement {
        @Override
        public Flow renderIn(Context context) {
            Scope outer = context.scope();
            Scope inner = new Scope(outer);
            for (int i = 0; i < targets.size(); i++) {
                Object value = context.evaluate(values.get(i));
                context.scope(inner);
                targets.get(i).assign(context, value);
                context.scope(outer);
            }
            context.scope(inner);
            Flow flow = context.renderAll(body);
            context.scope(outer);
            return flow;
        }
    }

    record Autoescape(Expression escaping, List<Statement> body) implements Statement {
        @Override
        public Flow renderIn(Context context) {
            Scope outer = context.scope();
            boolean before = context.isEscaping();
            context.scope(new Scope(outer));
            context.escape(Values.isTrue(context, context.evaluate(escaping)));
            Flow flow = context.renderAll(body);
            context.escape(before);
            context.scope(outer);
            return flow;
        }
    }

    record DefineMacro(MacroDefinition macro) implements Statement {
        @Override
        public Flow renderIn(Context context) {
            context.scope().set(macro.name(), new Macro(macro, context.scope()));
            return Flow.NEXT;
        }
    }

    record CallBlock(Expression.Chain call, MacroDefinition body) implements Statement {
        @Override
        public Flow renderIn(Context context) {
            context.print(call.call(context, new Macro(body, context.scope())));
            return Flow.NEXT;
        }
    }

    /** A part that nobody overrides, as there is no inheritance: it sees the template's variables, and the loops' too if it is scoped. */
    record Block(String name, boolean scoped, List<Statement> body) implements Statement {
        @Override
        public Flow renderIn(Context context) {
            Scope outer = context.scope();
            context.scope(new Scope(scoped ? outer : outer.root()));
            context.renderAll(body);
            context.scope(outer);
            return Flow.NEXT;
        }
    }

    /** What the assistant said, marked for training: as transformers has it, a macro that is called at once. */
    record Generation(MacroDefinition body) implements Statement {
        @Override
        public Flow renderIn(Context context) {
            context.print(Values.call(context, new Macro(body, context.scope()), Arguments.of()));
            return Flow.NEXT;
        }
    }

    record Jump(Flow flow) implements Statement {
        @Override
        public Flow renderIn(Context context) {
            return flow;
        }
    }
}
