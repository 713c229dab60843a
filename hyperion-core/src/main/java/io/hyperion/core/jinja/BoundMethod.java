package io.hyperion.core.jinja;

/** A method with the value that it belongs to. */
record BoundMethod(Builtin method, Object self) implements Callable {
    @Override
    public Object call(Context context, Arguments arguments) {
        if (self instanceof Markup markup) {
            return markup.call(context, method, arguments);
        }
        return method.call(context, arguments.first(self));
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
