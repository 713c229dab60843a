package io.hyperion.war.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.hyperion.war.access.Public;
import io.hyperion.war.page.FileResource;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The description of the endpoints")
class DescriptionTests {
    private static final Described DESCRIBED = Described.here();

    /** What a resource's path may have in braces: a name, and then perhaps what it matches. */
    private static final Pattern BRACES = Pattern.compile("\\{(\\w+)(?:: ([^}]+))?}");

    /** An optional letter or group, the last one of a pattern. */
    private static final Pattern OPTIONAL = Pattern.compile("(?:\\(([^()]*)\\)|(\\w))\\?");

    @Test
    @DisplayName("has all methods of all paths that there are, and no others")
    void complete() {
        Set<String> described =
                DESCRIBED.operations().stream().map(Object::toString).collect(Collectors.toCollection(TreeSet::new));

        assertThat(described).isEqualTo(endpoints().keySet());
        assertThat(described).hasSizeGreaterThan(25);
    }

    @Test
    @DisplayName("says which of them need no key")
    void publicOnes() {
        TreeMap<String, Method> endpoints = endpoints();
        for (Described.Operation operation : DESCRIBED.operations()) {
            boolean needsNone = operation.json().has("security")
                    && operation.json().get("security").isEmpty();
            assertThat(needsNone)
                    .as(operation.toString())
                    .isEqualTo(endpoints.get(operation.toString()).isAnnotationPresent(Public.class));
        }
    }

    @Test
    @DisplayName("is valid OpenAPI, and all that it refers to is there")
    void valid() {
        ParseOptions options = new ParseOptions();
        options.setResolve(true);
        options.setValidateInternalRefs(true);
        SwaggerParseResult result =
                new OpenAPIV3Parser().readContents(DESCRIBED.document().toString(), null, options);

        assertThat(result.getMessages()).isEmpty();
        assertThat(result.getOpenAPI().getPaths())
                .hasSameSizeAs(DESCRIBED.document().get("paths"));
        for (JsonNode reference : DESCRIBED.document().findValues("$ref")) {
            assertThat(DESCRIBED
                            .document()
                            .at(reference.textValue().substring(1))
                            .isMissingNode())
                    .as(reference.textValue())
                    .isFalse();
        }
    }

    @Test
    @DisplayName("has schemas that are valid JSON Schema")
    void validSchemas() {
        Schema dialect = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()));
        List<JsonNode> schemas =
                new ArrayList<>(DESCRIBED.document().get("paths").findValues("schema"));
        DESCRIBED.document().at("/components/schemas").forEach(schemas::add);
        for (JsonNode schema : schemas) {
            assertThat(dialect.validate(schema)).as(schema.toString()).isEmpty();
        }
        assertThat(schemas).hasSizeGreaterThan(100);
    }

    @Test
    @DisplayName("refers to all that it has")
    void nothingUnused() {
        Set<String> used =
                DESCRIBED.document().findValuesAsText("$ref").stream().collect(Collectors.toSet());
        DESCRIBED.document().get("components").properties().forEach(kind -> kind.getValue()
                .fieldNames()
                .forEachRemaining(name -> {
                    if (!kind.getKey().equals("securitySchemes")) {
                        assertThat(used).contains("#/components/" + kind.getKey() + "/" + name);
                    }
                }));
    }

    @Test
    @DisplayName("tells of each field of a request what it is, and gives examples that fit")
    void examples() {
        for (Described.Operation operation : DESCRIBED.operations()) {
            String schema = operation.pointer() + "/requestBody/content/application~1json/schema";
            assertThat(operation.json().has("requestBody"))
                    .as(operation.toString())
                    .isEqualTo(operation.method().equals("post"));
            if (operation.json().has("requestBody")) {
                assertThat(DESCRIBED.examples(operation))
                        .as(operation.toString())
                        .isNotEmpty();
                DESCRIBED
                        .examples(operation)
                        .forEach((name, example) -> DESCRIBED.assertValid(operation + " " + name, schema, example));
            }
        }
    }

    @Test
    @DisplayName("tells the version, and has nothing left to be filled in")
    void filled() {
        assertThat(DESCRIBED.document().at("/info/version").textValue()).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(DESCRIBED.document().toString()).doesNotContain("x-parameter", "x-same-as", "${");
    }

    /** All methods that answer requests, by their HTTP method and path. */
    private static TreeMap<String, Method> endpoints() {
        TreeMap<String, Method> endpoints = new TreeMap<>();
        new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.hyperion.war")
                        .stream()
                        .filter(type -> type.isAnnotatedWith(Path.class))
                        // What the page is made of is not for programs.
                        .filter(type -> !type.isAssignableTo(FileResource.class))
                        .map(JavaClass::reflect)
                        .forEach(type -> Arrays.stream(type.getDeclaredMethods())
                                .filter(DescriptionTests::isForPrograms)
                                .forEach(method -> methodsOf(method)
                                        .forEach(http -> paths(type, method).forEach(path -> {
                                            Method before = endpoints.put(http + " " + path, method);
                                            assertThat(before)
                                                    .as(http + " " + path)
                                                    .isNull();
                                        }))));
        return endpoints;
    }

    private static boolean isForPrograms(Method method) {
        Produces produces = method.getAnnotation(Produces.class);
        return produces == null || !produces.value()[0].startsWith(MediaType.TEXT_HTML);
    }

    private static Stream<String> methodsOf(Method method) {
        return Arrays.stream(method.getAnnotations())
                .map(annotation -> annotation.annotationType().getAnnotation(HttpMethod.class))
                .filter(http -> http != null)
                .map(HttpMethod::value);
    }

    private static List<String> paths(Class<?> type, Method method) {
        String path = type.getAnnotation(Path.class).value();
        if (method.isAnnotationPresent(Path.class)) {
            path += "/" + method.getAnnotation(Path.class).value();
        }
        return expanded("/" + path);
    }

    /** The paths that one with braces stands for: those of a fixed text, while what may be anything stays in braces. */
    private static List<String> expanded(String path) {
        Matcher braces = BRACES.matcher(path);
        StringBuilder plain = new StringBuilder();
        while (braces.find()) {
            String pattern = braces.group(2);
            boolean anything = pattern == null || pattern.contains(".");
            if (!anything && pattern.contains("|")) {
                String before = path.substring(0, braces.start());
                String after = path.substring(braces.end());
                return Arrays.stream(pattern.split("\\|"))
                        .flatMap(choice -> expanded(before + choice + after).stream())
                        .toList();
            }
            braces.appendReplacement(plain, Matcher.quoteReplacement(anything ? "{" + braces.group(1) + "}" : pattern));
        }
        return alternatives(braces.appendTail(plain).toString());
    }

    private static List<String> alternatives(String pattern) {
        Matcher optional = OPTIONAL.matcher(pattern);
        if (!optional.find()) {
            return List.of(pattern);
        }
        String there = optional.group(1) != null ? optional.group(1) : optional.group(2);
        List<String> all = new ArrayList<>();
        for (String choice : List.of(there, "")) {
            all.addAll(
                    alternatives(pattern.substring(0, optional.start()) + choice + pattern.substring(optional.end())));
        }
        return all;
    }
}
