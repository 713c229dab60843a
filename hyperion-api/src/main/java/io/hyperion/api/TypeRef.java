package io.hyperion.api;

import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Type;

/**
 * A type with its type arguments, which a {@link Class} cannot say. Made as an anonymous class:
 *
 * <pre>{@code
 * List<Invoice> invoices = client.generate(request, new TypeRef<List<Invoice>>() {});
 * }</pre>
 *
 * @param <T> the type
 */
public abstract class TypeRef<T> {
    private final AnnotatedType type;

    /**
     * @throws IllegalStateException if it is not made as in the example: directly, and with a type argument
     */
    protected TypeRef() {
        if (!(getClass().getAnnotatedSuperclass() instanceof AnnotatedParameterizedType self)
                || getClass().getSuperclass() != TypeRef.class) {
            throw new IllegalStateException("A TypeRef is made as new TypeRef<List<Invoice>>() {}");
        }
        this.type = self.getAnnotatedActualTypeArguments()[0];
    }

    /** {@return the type} */
    public final Type type() {
        return type.getType();
    }

    /** {@return the type with the annotations in it, such as the constraints of a list's items} */
    final AnnotatedType annotatedType() {
        return type;
    }
}
