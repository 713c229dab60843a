package io.hyperion.core.jinja;

/** What {@code namespace()} makes: the one thing whose attributes a template can set. */
record Namespace(Dict attributes) {
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
