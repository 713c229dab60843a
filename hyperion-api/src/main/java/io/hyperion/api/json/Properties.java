package io.hyperion.api.json;

import jakarta.json.bind.annotation.JsonbCreator;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbProperty;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import jakarta.json.bind.annotation.JsonbTransient;
import java.lang.annotation.Annotation;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The fields of the JSON that JSON-B reads as a record or a bean, by the rules of JSON-B's default mapping (JSON-B 2.0, chapter 3). */
final class Properties {
    private static final String JSONB_PACKAGE = "jakarta.json.bind.annotation";
    private static final String JSONB_ANNOTATION = JSONB_PACKAGE + ".JsonbAnnotation";

    private Properties() {}

    /** {@return the fields, in the order in which they are declared} */
    static List<Property> of(JavaType type, String path) throws UnsupportedTypeException {
        Class<?> raw = type.raw();
        if (!Modifier.isPublic(raw.getModifiers())) {
            throw unsupported(path, raw, "JSON-B reads public types only");
        }
        if (raw.isInterface() || Modifier.isAbstract(raw.getModifiers())) {
            throw unsupported(path, raw, "JSON-B cannot tell which of its implementations the JSON means");
        }
        requireDefaultMapping(path, List.of(raw.getAnnotations()));
        requireDefaultMapping(path, List.of(raw.getPackage().getAnnotations()));
        List<Property> properties = raw.isRecord() ? ofRecord(type, path) : ofBean(type, path);
        Set<String> names = new LinkedHashSet<>();
        for (Property property : properties) {
            if (!names.add(property.name())) {
                throw unsupported(path, raw, "it has two properties '" + property.name() + "'");
            }
        }
        return properties;
    }

    private static List<Property> ofRecord(JavaType type, String path) throws UnsupportedTypeException {
        Class<?> raw = type.raw();
        RecordComponent[] components = raw.getRecordComponents();
        requireCanonicalCreator(raw, components, path);
        Map<String, Field> fields = new LinkedHashMap<>();
        for (Field field : raw.getDeclaredFields()) {
            fields.put(field.getName(), field);
        }
        List<Property> properties = new ArrayList<>();
        for (RecordComponent component : components) {
            Set<Annotation> annotations = new LinkedHashSet<>(List.of(component.getAnnotations()));
            annotations.addAll(List.of(fields.get(component.getName()).getAnnotations()));
            annotations.addAll(List.of(component.getAccessor().getAnnotations()));
            String here = path + "." + component.getName();
            requireDefaultMapping(here, annotations);
            JavaType place =
                    JavaType.of(component.getAnnotatedType(), type.variables()).with(annotations);
            if (annotations.stream().anyMatch(annotation -> isJsonb(annotation, "JsonbTransient"))) {
                throw unsupported(here, raw, "JSON-B makes a record of all of its components: none can be transient");
            }
            properties.add(new Property(name(component.getName(), annotations), place));
        }
        return properties;
    }

    private static void requireCanonicalCreator(Class<?> raw, RecordComponent[] components, String path)
            throws UnsupportedTypeException {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Constructor<?>[] constructors = raw.getDeclaredConstructors();
        boolean factory = Arrays.stream(raw.getDeclaredMethods()).anyMatch(Properties::isCreator);
        for (Constructor<?> constructor : constructors) {
            boolean canonical = Arrays.equals(constructor.getParameterTypes(), types);
            if (canonical && !factory && (constructors.length == 1 || isCreator(constructor))) {
                return;
            }
        }
        throw unsupported(
                path, raw, "with several ways to make it, @JsonbCreator must be on its canonical constructor alone");
    }

    private static boolean isCreator(AccessibleObject made) {
        return Arrays.stream(made.getAnnotations()).anyMatch(annotation -> isJsonb(annotation, "JsonbCreator"));
    }

    private static List<Property> ofBean(JavaType type, String path) throws UnsupportedTypeException {
        Class<?> raw = type.raw();
        boolean creatable = Arrays.stream(raw.getDeclaredConstructors())
                .anyMatch(made -> made.getParameterCount() == 0
                        && (Modifier.isPublic(made.getModifiers()) || Modifier.isProtected(made.getModifiers())));
        if (!creatable) {
            throw unsupported(path, raw, "JSON-B needs a public constructor without parameters, or a record");
        }
        if (Arrays.stream(raw.getDeclaredMethods()).anyMatch(Properties::isCreator)
                || Arrays.stream(raw.getDeclaredConstructors()).anyMatch(Properties::isCreator)) {
            throw unsupported(path, raw, "@JsonbCreator is known on records only");
        }
        List<Property> properties = new ArrayList<>();
        List<Class<?>> lineage = new ArrayList<>();
        Map<TypeVariable<?>, JavaType> variables = new LinkedHashMap<>(type.variables());
        for (Class<?> each = raw; each != Object.class; each = each.getSuperclass()) {
            lineage.add(each);
            variables.putAll(
                    JavaType.of(each.getAnnotatedSuperclass(), variables).variables());
        }
        Collections.reverse(lineage);
        for (Accessors accessors : accessors(lineage).values()) {
            Optional<Property> property = property(accessors, variables, path);
            property.ifPresent(properties::add);
        }
        return properties;
    }

    /** What a bean has under one name. */
    private static final class Accessors {
        private final String name;
        private Optional<Field> field = Optional.empty();
        private Optional<Method> setter = Optional.empty();
        private Optional<Method> getter = Optional.empty();

        private Accessors(String name) {
            this.name = name;
        }
    }

    private static Map<String, Accessors> accessors(List<Class<?>> lineage) {
        Map<String, Accessors> accessors = new LinkedHashMap<>();
        for (Class<?> each : lineage) {
            for (Field field : each.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())
                        && !Modifier.isTransient(field.getModifiers())
                        && !field.isSynthetic()) {
                    accessors.computeIfAbsent(field.getName(), Accessors::new).field = Optional.of(field);
                }
            }
            // Methods come in no order of their own.
            Method[] methods = each.getDeclaredMethods();
            Arrays.sort(methods, Comparator.comparing(Method::getName));
            for (Method method : methods) {
                if (Modifier.isStatic(method.getModifiers()) || method.isSynthetic()) {
                    continue;
                }
                if (method.getParameterCount() == 1) {
                    nameAfter("set", method)
                            .ifPresent(name ->
                                    accessors.computeIfAbsent(name, Accessors::new).setter = Optional.of(method));
                } else if (method.getParameterCount() == 0) {
                    nameAfter("get", method)
                            .or(() -> nameAfter("is", method))
                            .ifPresent(name ->
                                    accessors.computeIfAbsent(name, Accessors::new).getter = Optional.of(method));
                }
            }
        }
        return accessors;
    }

    private static Optional<String> nameAfter(String prefix, Method method) {
        String name = method.getName();
        if (!name.startsWith(prefix) || name.length() == prefix.length()) {
            return Optional.empty();
        }
        String rest = name.substring(prefix.length());
        boolean capitals =
                rest.length() > 1 && Character.isUpperCase(rest.charAt(0)) && Character.isUpperCase(rest.charAt(1));
        return Optional.of(capitals ? rest : Character.toLowerCase(rest.charAt(0)) + rest.substring(1));
    }

    /** {@return the property, if JSON-B sets it: by a public setter, or where there is none, by a public field} */
    private static Optional<Property> property(
            Accessors accessors, Map<TypeVariable<?>, JavaType> variables, String path)
            throws UnsupportedTypeException {
        boolean writable = accessors.setter.isPresent()
                ? Modifier.isPublic(accessors.setter.get().getModifiers())
                : accessors.field.isPresent()
                        && Modifier.isPublic(accessors.field.get().getModifiers())
                        && !Modifier.isFinal(accessors.field.get().getModifiers());
        if (!writable) {
            return Optional.empty();
        }
        // Where several say it, JSON-B takes the setter's word before the field's.
        Set<Annotation> written = new LinkedHashSet<>();
        accessors.setter.ifPresent(setter -> {
            written.addAll(List.of(setter.getAnnotations()));
            written.addAll(List.of(setter.getParameters()[0].getAnnotations()));
        });
        accessors.field.ifPresent(field -> written.addAll(List.of(field.getAnnotations())));
        if (written.stream().anyMatch(annotation -> isJsonb(annotation, "JsonbTransient"))) {
            return Optional.empty();
        }
        String here = path + "." + accessors.name;
        requireDefaultMapping(here, written);
        String name = name(accessors.name, written);
        // A getter's constraints and words are those of the property; its name in JSON is for writing only.
        accessors.getter.ifPresent(getter -> Arrays.stream(getter.getAnnotations())
                .filter(annotation -> !isJsonb(annotation))
                .forEach(written::add));
        AnnotatedType type = accessors
                .setter
                .map(setter -> setter.getAnnotatedParameterTypes()[0])
                .orElseGet(() -> accessors.field.orElseThrow().getAnnotatedType());
        return Optional.of(new Property(name, JavaType.of(type, variables).with(written)));
    }

    private static String name(String declared, Collection<Annotation> annotations) {
        for (Annotation annotation : annotations) {
            if (isJsonb(annotation, "JsonbProperty")
                    && annotation instanceof JsonbProperty property
                    && !property.value().isEmpty()) {
                return property.value();
            }
        }
        return declared;
    }

    /** {@return whether JSON-B is told that the value may be null} */
    static boolean isNillable(JavaType type) {
        return type.annotations().stream()
                .filter(annotation -> isJsonb(annotation))
                .anyMatch(annotation -> annotation instanceof JsonbProperty property && property.nillable()
                        || annotation instanceof JsonbNillable nillable && nillable.value());
    }

    /** Adapters, formats and their like: the JSON that they read is known to them alone. */
    private static void requireDefaultMapping(String path, Collection<Annotation> annotations)
            throws UnsupportedTypeException {
        for (Annotation annotation : annotations) {
            if (isMarked(annotation, JSONB_ANNOTATION) && !isKnown(annotation)) {
                throw new UnsupportedTypeException(path + " has @"
                        + annotation.annotationType().getSimpleName() + ": what JSON it stands for is not known");
            }
        }
    }

    private static boolean isKnown(Annotation annotation) {
        return annotation instanceof JsonbProperty
                || annotation instanceof JsonbNillable
                || annotation instanceof JsonbTransient
                || annotation instanceof JsonbPropertyOrder
                || annotation instanceof JsonbCreator;
    }

    /** By name, so that nothing of JSON-B is loaded where it is not used. */
    private static boolean isJsonb(Annotation annotation) {
        return annotation.annotationType().getPackageName().equals(JSONB_PACKAGE);
    }

    private static boolean isJsonb(Annotation annotation, String simpleName) {
        return annotation.annotationType().getName().equals(JSONB_PACKAGE + "." + simpleName);
    }

    /** {@return whether an annotation's type has an annotation of that name} */
    static boolean isMarked(Annotation annotation, String name) {
        return Arrays.stream(annotation.annotationType().getAnnotations())
                .anyMatch(mark -> mark.annotationType().getName().equals(name));
    }

    private static UnsupportedTypeException unsupported(String path, Class<?> type, String why) {
        return new UnsupportedTypeException(path + " is of " + type.getTypeName() + ": " + why);
    }
}
