package io.hyperion.api.json;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedTypeVariable;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A type at a place: without variables, and with what is written beside it.
 *
 * @param raw the class; {@code Object[]} for an array of whatever
 * @param arguments the type arguments; the component's type of an array; none of a raw type
 * @param annotations those of the place
 */
record JavaType(Class<?> raw, List<JavaType> arguments, List<Annotation> annotations) {
    JavaType {
        arguments = List.copyOf(arguments);
        annotations = List.copyOf(annotations);
    }

    static JavaType of(Class<?> type) {
        return type.isArray()
                ? new JavaType(Object[].class, List.of(of(type.getComponentType())), List.of())
                : new JavaType(type, List.of(), List.of());
    }

    /** {@return a type, with those that a declaring type's {@link #variables} stand for} */
    static JavaType of(AnnotatedType type, Map<TypeVariable<?>, JavaType> variables) {
        List<Annotation> annotations = List.of(type.getAnnotations());
        if (type instanceof AnnotatedParameterizedType parameterized) {
            List<JavaType> arguments = new ArrayList<>();
            for (AnnotatedType argument : parameterized.getAnnotatedActualTypeArguments()) {
                arguments.add(of(argument, variables));
            }
            Class<?> raw = (Class<?>) ((ParameterizedType) type.getType()).getRawType();
            return new JavaType(raw, arguments, annotations);
        }
        if (type instanceof AnnotatedArrayType array) {
            // What is written before an array's component means the array, of which it is an annotation too.
            JavaType component = of(array.getAnnotatedGenericComponentType(), variables);
            return new JavaType(Object[].class, List.of(component.withoutAnnotations()), annotations);
        }
        if (type instanceof AnnotatedWildcardType wildcard) {
            return of(wildcard.getAnnotatedUpperBounds()[0], variables).with(annotations);
        }
        if (type instanceof AnnotatedTypeVariable) {
            TypeVariable<?> variable = (TypeVariable<?>) type.getType();
            JavaType known = variables.get(variable);
            return (known == null ? of(erasure(variable)) : known).with(annotations);
        }
        return of((Class<?>) type.getType()).with(annotations);
    }

    /** {@return what the variables of this type's class stand for} */
    Map<TypeVariable<?>, JavaType> variables() {
        Map<TypeVariable<?>, JavaType> variables = new HashMap<>();
        for (int i = 0; i < arguments.size() && !raw.isArray(); i++) {
            variables.put(raw.getTypeParameters()[i], arguments.get(i));
        }
        return variables;
    }

    /** {@return the type argument of that index; any object for a raw type} */
    JavaType argument(int index) {
        return index < arguments.size() ? arguments.get(index) : of(Object.class);
    }

    JavaType with(Collection<? extends Annotation> more) {
        Set<Annotation> all = new LinkedHashSet<>(annotations);
        all.addAll(more);
        return new JavaType(raw, arguments, List.copyOf(all));
    }

    JavaType withoutAnnotations() {
        return new JavaType(raw, arguments, List.of());
    }

    private static Class<?> erasure(TypeVariable<?> variable) {
        Type bound = variable.getBounds()[0];
        if (bound instanceof ParameterizedType parameterized) {
            return (Class<?>) parameterized.getRawType();
        }
        return bound instanceof TypeVariable<?> other ? erasure(other) : (Class<?>) bound;
    }
}
