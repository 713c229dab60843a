package io.hyperion.api.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The schema of a type")
class JsonSchemasTest {
    private static Map<?, ?> property(Class<?> type, String name) throws UnsupportedTypeException {
        return (Map<?, ?>) ((Map<?, ?>) JsonSchemas.of(type).get("properties")).get(name);
    }

    private static List<?> orNull(Map<?, ?> schema) {
        return List.of(schema, Map.of("type", "null"));
    }

    @Test
    @DisplayName("has the fields of a record in their order, all of them required and no others")
    void record() throws UnsupportedTypeException {
        Map<String, Object> schema = JsonSchemas.of(Shop.Invoice.class);
        assertThat(schema.get("type")).isEqualTo("object");
        assertThat(schema.get("required")).isEqualTo(List.of("no", "date", "lines", "note", "currency", "paid"));
        assertThat(schema.get("additionalProperties")).isEqualTo(false);
        assertThat(schema.get("properties"))
                .isEqualTo(Map.of(
                        "no", Map.of("type", "string", "pattern", "^[A-Z]{2}-[0-9]{1,6}$"),
                        "date", Map.of("type", "string", "format", "date"),
                        "lines",
                                Map.of(
                                        "type",
                                        "array",
                                        "items",
                                        Map.of("$ref", "#/$defs/Line"),
                                        "minItems",
                                        1,
                                        "maxItems",
                                        5),
                        "note", Map.of("anyOf", orNull(Map.of("type", "string", "maxLength", 20))),
                        "currency", Map.of("type", "string", "enum", List.of("EUR", "USD", "CHF")),
                        "paid", Map.of("type", "boolean")));
        assertThat(schema.get("$defs"))
                .isEqualTo(Map.of(
                        "Line",
                        Map.of(
                                "type",
                                "object",
                                "properties",
                                Map.of(
                                        "article", Map.of("type", "string"),
                                        "count", Map.of("type", "integer", "minimum", 1L, "maximum", 2147483647L),
                                        "price", Map.of("type", "number", "minimum", new BigDecimal("0.01"))),
                                "required",
                                List.of("article", "count", "price"),
                                "additionalProperties",
                                false)));
    }

    @Test
    @DisplayName("refers to the whole where a type contains itself, and to a definition where another does")
    void recursion() throws UnsupportedTypeException {
        assertThat(property(Shop.Tree.class, "children"))
                .isEqualTo(Map.of("type", "array", "items", Map.of("$ref", "#")));
        assertThat(JsonSchemas.of(Shop.Tree.class)).doesNotContainKey("$defs");
        Map<?, ?> definitions = (Map<?, ?>) JsonSchemas.of(Shop.Forest.class).get("$defs");
        Map<?, ?> tree = (Map<?, ?>) definitions.get("Tree");
        assertThat(((Map<?, ?>) tree.get("properties")).get("twin"))
                .isEqualTo(Map.of("anyOf", orNull(Map.of("$ref", "#/$defs/Tree"))));
    }

    @Test
    @DisplayName("puts in what the variables of a generic type stand for, constraints included")
    void generics() throws UnsupportedTypeException {
        Map<?, ?> definitions = (Map<?, ?>) JsonSchemas.of(Shop.Pages.class).get("$defs");
        assertThat(definitions.keySet().stream().map(Object::toString)).containsExactly("Page", "Line", "Page2");
        Map<?, ?> names = (Map<?, ?>) ((Map<?, ?>) definitions.get("Page2")).get("properties");
        assertThat(names.get("items"))
                .isEqualTo(Map.of("type", "array", "items", Map.of("type", "string", "pattern", "^\\S[\\s\\S]*$")));
    }

    @Test
    @DisplayName("lets be null what is marked so, and no primitive")
    void nullable() throws UnsupportedTypeException {
        assertThat(property(Shop.Nullables.class, "one").get("anyOf")).isEqualTo(orNull(Map.of("type", "string")));
        assertThat(property(Shop.Nullables.class, "two").containsKey("anyOf")).isTrue();
        assertThat(property(Shop.Nullables.class, "three").get("type")).isEqualTo("integer");
        assertThat((List<?>) JsonSchemas.of(Shop.Nullables.class).get("required"))
                .hasSize(3);
    }

    @Test
    @DisplayName("has the descriptions of types and fields")
    void descriptions() throws UnsupportedTypeException {
        assertThat(JsonSchemas.of(Shop.WeatherQuery.class))
                .containsEntry("description", "a question about the weather");
        assertThat(property(Shop.WeatherQuery.class, "city").get("description")).isEqualTo("a city, such as Berlin");
    }

    @Test
    @DisplayName(
            "has of a bean what JSON-B sets: by setters and public fields, inherited ones included, by JSON-B's names")
    void bean() throws UnsupportedTypeException {
        Map<?, ?> properties = (Map<?, ?>) JsonSchemas.of(Shop.Customer.class).get("properties");
        assertThat(properties.keySet().stream().map(Object::toString))
                .containsExactly("base", "points", "name", "mail", "URL");
        assertThat(properties.get("base")).isEqualTo(Map.of("type", "string", "enum", List.of("EUR", "USD", "CHF")));
        assertThat(((Map<?, ?>) properties.get("mail")).containsKey("pattern")).isTrue();
        assertThat(((Map<?, ?>) properties.get("URL")).get("maxLength")).isEqualTo(9);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = ';',
            value = {
                "sized    ; {type=string, minLength=2, maxLength=4}",
                "filled   ; {type=string, pattern=^\\S[\\s\\S]*$, maxLength=10}",
                "few      ; {type=array, items={type=integer, minimum=3, maximum=7}, minItems=1}",
                "mail     ; {type=string, format=email}",
                "share    ; {type=number, exclusiveMinimum=0, maximum=1.5}",
                "between  ; {type=integer, minimum=3, maximum=8}",
                "debt     ; {type=integer, minimum=-9223372036854775808, maximum=0}",
                "amount   ; {type=number, exclusiveMinimum=-1000, exclusiveMaximum=1000, multipleOf=0.01}",
                "any      ; {type=number, multipleOf=0.01}",
                "two      ; {type=integer, minimum=-99, maximum=99}",
                "agreed   ; {type=boolean, const=true}",
                "map      ; {type=object, propertyNames={pattern=^[^\"\\\\\\u0000-\\u001F]*$}, additionalProperties={type=integer, minimum=-2147483648, maximum=2147483647},"
                        + " minProperties=1, maxProperties=2}",
                "ab       ; {type=string, pattern=^(?:a|b+)$}"
            })
    @DisplayName("has the constraints of Bean Validation's default group")
    void constraints(String field, String schema) throws UnsupportedTypeException {
        assertThat(property(Shop.Constrained.class, field)).hasToString(schema);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(Shop.Threads.class, "Threads.threads{} is of java.lang.Thread"),
                Arguments.of(Shop.Drawing.class, "Drawing.shapes[] is of io.hyperion.api.json.Shop$Shape"),
                Arguments.of(Shop.Secret.class, "public types only"),
                Arguments.of(Shop.Born.class, "Born.day: @Past cannot be said"),
                Arguments.of(Shop.Formatted.class, "Formatted.day has @JsonbDateFormat"),
                Arguments.of(Shop.Hidden.class, "Hidden.text"),
                Arguments.of(Shop.TwoWays.class, "@JsonbCreator must be on its canonical constructor"),
                Arguments.of(Shop.Growing.class, "more than 256 types"),
                Arguments.of(Shop.Keyed.class, "Keyed.map has keys of java.lang.Integer"),
                Arguments.of(Shop.Misplaced.class, "Misplaced.number: @Size does not belong"),
                Arguments.of(Shop.Twice.class, "Twice.text: @List cannot be said"),
                Arguments.of(Shop.Insensitive.class, "Insensitive.text: @Pattern has flags"),
                Arguments.of(Shop.Uncreatable.class, "a public constructor without parameters"),
                Arguments.of(void.class, "void is of void"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    @DisplayName("is refused, with the type and its place, where it cannot be said")
    void refused(Class<?> type, String why) {
        assertThatThrownBy(() -> JsonSchemas.of(type))
                .isInstanceOf(UnsupportedTypeException.class)
                .hasMessageContaining(why);
    }

    @Test
    @DisplayName("is made of a record with several constructors if JSON-B is told which to take")
    void creator() throws UnsupportedTypeException {
        assertThat((List<?>) JsonSchemas.of(Shop.ChosenWay.class).get("required"))
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a++",
                "(a)*+",
                "(?i)a",
                "(?=a)b",
                "(?<n>a)",
                "[a-z&&[^b]]",
                "[a[b]]",
                "[]a]",
                "[^]a]",
                "\\p{Alpha}",
                "\\Qa\\E",
                "\\x{41}",
                "a\\1",
                "\\h",
                "("
            })
    @DisplayName("does not take over what of Java's regular expressions means something else elsewhere")
    void foreignPatterns(String regexp) {
        assertThat(Patterns.obstacle(regexp)).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "[A-Z]+ ^[A-Z]+$",
                "^[A-Z]+$ ^[A-Z]+$",
                "a\\$ ^a\\$$",
                "a\\\\$ ^a\\\\$",
                "a|b ^(?:a|b)$",
                "a\\++ ^a\\++$",
                "[+*]+ ^[+*]+$",
                "a{2,3}? ^a{2,3}?$"
            })
    @DisplayName("takes over other regular expressions for the whole text")
    void patterns(String regexp, String whole) {
        assertThat(Patterns.obstacle(regexp)).isEmpty();
        assertThat(Patterns.whole(regexp)).isEqualTo(whole);
    }

    @Nested
    @DisplayName("in the eyes of an independent validator")
    class Independently {
        private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

        private List<?> errors(Class<?> type, String json) throws Exception {
            try (JsonBinding binding = JsonBinding.open()) {
                Schema schema = registry.getSchema(binding.write(JsonSchemas.of(type)));
                return schema.validate(
                        json,
                        InputFormat.JSON,
                        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
            }
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                classes = {
                    Shop.Invoice.class,
                    Shop.Pages.class,
                    Shop.Forest.class,
                    Shop.Tree.class,
                    Shop.Numbers.class,
                    Shop.Times.class,
                    Shop.Texts.class,
                    Shop.Containers.class,
                    Shop.Nullables.class,
                    Shop.WeatherQuery.class,
                    Shop.ChosenWay.class
                })
        @DisplayName("fits what JSON-B writes of random objects, which JSON-B reads again as the same")
        void roundTrip(Class<?> type) throws Exception {
            RandomObjects random = new RandomObjects(42);
            try (JsonBinding binding = JsonBinding.open()) {
                for (int i = 0; i < 100; i++) {
                    String json = binding.write(random.next(type));
                    assertThat(errors(type, json)).as(json).isEmpty();
                    assertThat(new ObjectMapper().readTree(binding.write(binding.read(json, type))))
                            .isEqualTo(new ObjectMapper().readTree(json));
                }
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{}",
                    "{\"article\":\"a\",\"count\":0,\"price\":1}",
                    "{\"article\":\"a\",\"count\":1,\"price\":0}",
                    "{\"article\":null,\"count\":1,\"price\":1}",
                    "{\"article\":\"a\",\"count\":2147483648,\"price\":1}",
                    "{\"article\":\"a\",\"count\":1,\"price\":1,\"more\":1}"
                })
        @DisplayName("fits nothing that breaks a constraint or lacks a field")
        void unfitting(String json) throws Exception {
            assertThat(errors(Shop.Line.class, "{\"article\":\"a\",\"count\":1,\"price\":1}"))
                    .isEmpty();
            assertThat(errors(Shop.Line.class, json)).isNotEmpty();
        }

        @Test
        @DisplayName("fits objects that obey the constraints, and not those that break one")
        void constrained() throws Exception {
            String good = "{\"sized\":\"abc\",\"filled\":\"x \",\"few\":[3,7],\"mail\":\"a@b.de\",\"share\":0.5,"
                    + "\"between\":3,\"debt\":-1,\"amount\":999.99,\"any\":1e300,\"two\":-99,\"agreed\":true,\"map\":{\"a\":1},\"ab\":\"bb\"}";
            assertThat(errors(Shop.Constrained.class, good)).isEmpty();
            Map<String, String> broken = Map.of(
                    "\"abc\"", "\"a\"",
                    "\"x \"", "\" \"",
                    "[3,7]", "[8]",
                    "a@b.de", "nobody",
                    "0.5", "0",
                    "\"between\":3", "\"between\":9",
                    "-1", "1",
                    "999.99", "0.001",
                    "true", "false",
                    "\"bb\"", "\"xb\"");
            broken.forEach((from, to) -> {
                try {
                    assertThat(good).contains(from);
                    assertThat(errors(Shop.Constrained.class, good.replace(from, to)))
                            .as(to)
                            .isNotEmpty();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
        }
    }
}
