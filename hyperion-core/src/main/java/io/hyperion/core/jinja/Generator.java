package io.hyperion.core.jinja;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Supplier;

/** Python's generator: items that are made when they are wanted, and can be had once. */
final class Generator implements Iterator<Object> {
    private final Context context;
    private final Supplier<Optional<Object>> source;
    private Optional<Object> next = Optional.empty();

    /** @param source gives the next item, or empty at the end */
    Generator(Context context, Supplier<Optional<Object>> source) {
        this.context = context;
        this.source = source;
    }

    static Generator of(Context context, Iterator<?> items) {
        return new Generator(context, () -> items.hasNext() ? Optional.of(items.next()) : Optional.empty());
    }

    @Override
    public boolean hasNext() {
        if (next.isEmpty()) {
            // Generators may be made of generators, as deep as a template likes.
            context.enter();
            next = source.get();
            context.leave();
        }
        return next.isPresent();
    }

    @Override
    public Object next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Object item = next.get();
        next = Optional.empty();
        return item;
    }
}
