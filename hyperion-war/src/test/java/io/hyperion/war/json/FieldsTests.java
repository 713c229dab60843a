package io.hyperion.war.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A field")
class FieldsTests {
    @Test
    @DisplayName("in a list is blamed by the list's name, or by its number too")
    void numbered() {
        Fields plain = JsonInput.object("{\"a\":[{},{\"b\":1,\"c\":{\"d\":2}}]}");
        Fields numbered = plain.numbered();

        for (Fields fields : List.of(plain, numbered)) {
            String item = fields == plain ? "a" : "a[1]";
            Fields second = fields.objects("a").orElseThrow().get(1);
            assertThat(refusalOf(() -> second.text("b")).parameter()).hasValue(item + ".b");
            assertThat(refusalOf(() -> second.object("c").orElseThrow().bool("d"))
                            .parameter())
                    .hasValue(item + ".c.d");
            assertThat(second.missing("x").parameter()).hasValue(item + ".x");
            assertThat(second.wrongType("b", "a star"))
                    .hasMessage("'a[1].b' must be a star")
                    .satisfies(refusal -> assertThat(refusal.parameter()).hasValue(item + ".b"));
        }
    }

    @Test
    @DisplayName("is blamed for what cannot be made of it")
    void blaming() {
        Fields item = JsonInput.object("{\"a\":[{\"b\":1}]}")
                .numbered()
                .objects("a")
                .orElseThrow()
                .get(0);
        InvalidRequestException refusal = refusalOf(() -> item.blaming("b", () -> {
            throw new InvalidRequestException(ErrorCode.CONFLICT, "other", "It cannot be");
        }));

        assertThat(refusal.parameter()).hasValue("a[0].b");
        assertThat(refusal.code()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(refusal).hasMessage("It cannot be");
        assertThat(item.blaming("b", () -> "made").toString()).isEqualTo("made");
    }

    @Test
    @DisplayName("tells whether it is a text or a list")
    void kinds() {
        Fields fields = JsonInput.object("{\"a\":\"\",\"b\":[],\"c\":null}");

        assertThat(List.of(fields.isText("a"), fields.isText("b"), fields.isText("c"), fields.isText("d")))
                .containsExactly(true, false, false, false);
        assertThat(List.of(fields.isList("a"), fields.isList("b"), fields.isList("c"), fields.isList("d")))
                .containsExactly(false, true, false, false);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"\"1\"", "true", "[1]", "{}"})
    @DisplayName("of a number takes nothing else")
    void numberOnly(String value) {
        Fields fields = JsonInput.object("{\"x\":" + value + "}");

        assertThat(codeOf(() -> fields.number("x"))).isEqualTo(ErrorCode.WRONG_TYPE);
        assertThat(codeOf(() -> fields.whole("x", 0, 9))).isEqualTo(ErrorCode.WRONG_TYPE);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"1", "true", "[]", "{}"})
    @DisplayName("of a text takes nothing else")
    void textOnly(String value) {
        assertThat(codeOf(() -> JsonInput.object("{\"x\":" + value + "}").text("x")))
                .isEqualTo(ErrorCode.WRONG_TYPE);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"1", "\"true\"", "[]", "{}"})
    @DisplayName("of a truth takes nothing else")
    void truthOnly(String value) {
        assertThat(codeOf(() -> JsonInput.object("{\"x\":" + value + "}").bool("x")))
                .isEqualTo(ErrorCode.WRONG_TYPE);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"0,0", "-0,0", "42,42", "64.0,64", "1e2,100", "1.5e1,15", "-7,-7", "4294967295,4294967295"})
    @DisplayName("of a whole number may be written in any way that is one")
    void whole(String literal, long value) {
        assertThat(JsonInput.object("{\"x\":" + literal + "}").whole("x", -10, 5_000_000_000L))
                .hasValue(value);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"1.5", "0.1", "-0.5", "1e-3"})
    @DisplayName("of a whole number takes no fraction")
    void fraction(String literal) {
        InvalidRequestException refusal =
                refusalOf(() -> JsonInput.object("{\"x\":" + literal + "}").whole("x", 0, 9));

        assertThat(refusal.code()).isEqualTo(ErrorCode.WRONG_TYPE);
        assertThat(refusal).hasMessage("'x' must be a whole number, but is " + literal);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {"10", "-1", "1e400", "-1e400", "1e1000000000", "99999999999999999999", "9223372036854775808"})
    @DisplayName("of a whole number is refused with its limits when it is outside")
    void range(String literal) {
        InvalidRequestException refusal =
                refusalOf(() -> JsonInput.object("{\"x\":" + literal + "}").whole("x", 0, 9));

        assertThat(refusal.code()).isEqualTo(ErrorCode.OUT_OF_RANGE);
        assertThat(refusal.parameter()).hasValue("x");
        assertThat(refusal).hasMessage("'x' must be between 0 and 9, but is " + literal);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":\"x\\ud800\"}|unpaired surrogate at index 1",
                "{\"a\":\"\\udc00\"}|unpaired surrogate at index 0",
                "{\"a\":\"\\ud83d\\ud83d\"}|unpaired surrogate at index 0",
                "{\"a\":\"xy\\u0000\"}|NUL character at index 2"
            })
    @DisplayName("of a text is refused when that is none, with the place in it")
    void invalidText(String text, String what) {
        InvalidRequestException refusal = refusalOf(() -> JsonInput.object(text).text("a"));

        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_TEXT);
        assertThat(refusal.parameter()).hasValue("a");
        assertThat(refusal).hasMessageContaining(what);
        assertThat(codeOf(() -> JsonInput.object(text).texts("a"))).isEqualTo(ErrorCode.INVALID_TEXT);
        assertThat(codeOf(() -> JsonInput.object("{\"v\":" + text + "}").map("v")))
                .isEqualTo(ErrorCode.INVALID_TEXT);
    }

    @Test
    @DisplayName("of a text keeps characters beyond the first plane, escaped or not")
    void supplementary() {
        assertThat(JsonInput.object("{\"a\":\"\\ud83d\\ude00😀\"}").text("a")).hasValue("😀😀");
    }

    @Test
    @DisplayName("that is null counts as absent")
    void nulls() {
        Fields fields = JsonInput.object("{\"x\":null}");

        assertThat(fields.text("x")).isEmpty();
        assertThat(fields.number("x")).isEmpty();
        assertThat(fields.texts("x")).isEmpty();
        assertThat(fields.map("x")).isEmpty();
        assertThat(codeOf(() -> fields.requireText("x"))).isEqualTo(ErrorCode.MISSING_FIELD);
    }

    @Test
    @DisplayName("of texts takes one text or a list of them")
    void texts() {
        assertThat(JsonInput.object("{\"x\":\"a\"}").texts("x")).hasValue(List.of("a"));
        assertThat(JsonInput.object("{\"x\":[\"a\",\"b\"]}").texts("x")).hasValue(List.of("a", "b"));
        assertThat(refusalOf(() -> JsonInput.object("{\"x\":[\"a\",1]}").texts("x")))
                .hasMessage("'x[1]' must be a string, but is a number");
    }

    @Test
    @DisplayName("inside a list is told by its place in the message, and by its name as the parameter")
    void place() {
        Fields second = JsonInput.object("{\"m\":[{},{\"c\":1}]}")
                .objects("m")
                .orElseThrow()
                .get(1);

        InvalidRequestException refusal = refusalOf(() -> second.requireText("c"));
        assertThat(refusal).hasMessage("'m[1].c' must be a string, but is a number");
        assertThat(refusal.parameter()).hasValue("m.c");
        assertThat(refusalOf(() -> JsonInput.object("{\"m\":[1]}").objects("m")))
                .hasMessage("'m[0]' must be an object, but is a number");
    }

    private static ErrorCode codeOf(ThrowingCallable call) {
        return refusalOf(call).code();
    }

    private static InvalidRequestException refusalOf(ThrowingCallable call) {
        InvalidRequestException refusal = catchThrowableOfType(InvalidRequestException.class, call);
        assertThat(refusal).isNotNull();
        return refusal;
    }
}
