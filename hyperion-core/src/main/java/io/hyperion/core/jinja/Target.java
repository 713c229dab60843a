package io.hyperion.core.jinja;

import java.util.List;

/** What is assigned to. */
sealed interface Target {
    void assign(Context context, Object value);

    /** Before the value is evaluated: whether it can be assigned to at all. */
    default void check(Context context) {}

    record Variable(String name) implements Target {
        @Override
        public void assign(Context context, Object value) {
            context.scope().set(name, value);
        }
    }

    record Attribute(String namespace, String name, int position) implements Target {
        @Override
        public void check(Context context) {
            namespace(context);
        }

        @Override
        public void assign(Context context, Object value) {
            context.allocate(1);
            namespace(context).attributes().put(context, name, value);
        }

        private Namespace namespace(Context context) {
            if (context.lookUp(namespace) instanceof Namespace found) {
                return found;
            }
            context.at(position);
            throw Fault.of("cannot assign attribute on non-namespace object");
        }
    }

    record Several(List<Target> targets, int position) implements Target {
        @Override
        public void check(Context context) {
            targets.forEach(target -> target.check(context));
        }

        @Override
        public void assign(Context context, Object value) {
            context.at(position);
            List<Object> values = Iteration.unpack(context, value, targets.size());
            for (int i = 0; i < targets.size(); i++) {
                targets.get(i).assign(context, values.get(i));
            }
        }
    }
}
