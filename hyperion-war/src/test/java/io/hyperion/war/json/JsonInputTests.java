package io.hyperion.war.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.InvalidRequestException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("JSON from outside")
class JsonInputTests {
    @Test
    @DisplayName("gives its fields in the order sent")
    void fields() {
        Fields fields = JsonInput.object("{\"b\":\"x\",\"a\":1,\"c\":null}");

        assertThat(fields.names()).containsExactly("b", "a", "c");
        assertThat(fields.text("b")).hasValue("x");
        assertThat(fields.has("c")).isFalse();
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @ValueSource(
            strings = {
                "",
                "  \n",
                "{",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "{\"a\":1,}",
                "{\"a\":1} x",
                "{\"a\":1}{}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":1.}",
                "{\"a\":tru}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\\ud8\"}",
                "nonsense",
                "\uFEFF{}"
            })
    @DisplayName("is refused when it is not JSON")
    void syntax(String text) {
        assertThat(refusalOf(text).code()).isEqualTo(ErrorCode.INVALID_JSON);
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @ValueSource(strings = {"NaN", "Infinity", "-Infinity", "nul", "undefined"})
    @DisplayName("names the field whose value is not JSON, and the place")
    void syntaxOfValue(String value) {
        InvalidRequestException refusal = refusalOf("{\"prompt\":\"x\",\n \"top_p\":" + value + "}");

        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_JSON);
        assertThat(refusal.parameter()).hasValue("top_p");
        assertThat(refusal).hasMessageContaining("'top_p'").hasMessageContaining("line 2");
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @CsvSource(
            delimiter = '|',
            value = {"[1]|a list", "\"x\"|a string", "3|a number", "true|a boolean", "null|null"})
    @DisplayName("is refused when it is no object")
    void notAnObject(String text, String kind) {
        InvalidRequestException refusal = refusalOf(text);

        assertThat(refusal.code()).isEqualTo(ErrorCode.WRONG_TYPE);
        assertThat(refusal).hasMessageContaining(kind);
    }

    @Test
    @DisplayName("is refused when a field occurs twice in one object, however deep")
    void duplicates() {
        assertThat(refusalOf("{\"a\":1,\"a\":1}").parameter()).hasValue("a");
        assertThat(refusalOf("{\"messages\":[{\"role\":\"user\",\"role\":\"x\"}]}")
                        .parameter())
                .hasValue("messages.role");
        assertThat(JsonInput.object("{\"a\":{\"x\":1},\"b\":{\"x\":1}}").names())
                .hasSize(2);
    }

    @Test
    @DisplayName("may be nested to the limit and no further, and never ends the stack")
    void depth() {
        assertThat(JsonInput.object("{\"a\":" + nested(JsonInput.MAX_DEPTH - 1) + "}")
                        .names())
                .containsExactly("a");
        assertThat(refusalOf("{\"a\":" + nested(JsonInput.MAX_DEPTH) + "}"))
                .hasMessageContaining("more than " + JsonInput.MAX_DEPTH + " levels");
        assertThat(refusalOf("[".repeat(1_000_000)))
                .hasMessageContaining("more than " + JsonInput.MAX_DEPTH + " levels");
        assertThat(refusalOf("{\"a\":".repeat(1_000_000))).hasMessageContaining("levels");
    }

    @Test
    @DisplayName("holds so many values and no more")
    void values() {
        assertThat(refusalOf("{\"a\":[" + "1,".repeat(JsonInput.MAX_VALUES) + "1]}")
                        .code())
                .isEqualTo(ErrorCode.TOO_LARGE);
    }

    @Test
    @DisplayName("is refused quickly when a number has a million digits")
    void longNumber() {
        Fields fields = JsonInput.object("{\"a\":" + "9".repeat(1_000_000) + ",\"b\":1e1000000000}");

        assertThat(catchThrowableOfType(InvalidRequestException.class, () -> fields.whole("a", 0, 10))
                        .code())
                .isEqualTo(ErrorCode.OUT_OF_RANGE);
        assertThat(catchThrowableOfType(InvalidRequestException.class, () -> fields.whole("b", 0, 10))
                        .code())
                .isEqualTo(ErrorCode.OUT_OF_RANGE);
        assertThat(fields.number("a")).hasValue(Double.POSITIVE_INFINITY);
    }

    @Test
    @DisplayName("takes no longer when the name above many values is long")
    void longName() {
        String text = "{\"v\":{\"" + "x".repeat(2_000_000) + "\":[" + "1,".repeat(400_000) + "\"\\ud800\"]}}";

        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            Fields fields = JsonInput.object(text);
            InvalidRequestException refusal =
                    catchThrowableOfType(InvalidRequestException.class, () -> fields.map("v"));
            assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_TEXT);
            assertThat(refusal.parameter()).hasValue("v." + "x".repeat(58) + "…");
        });
    }

    @Test
    @DisplayName("does not repeat more of a caller's text in a message than one line")
    void excerpt() {
        assertThat(refusalOf("{\"" + "x".repeat(1000) + "\":1,\"" + "x".repeat(1000) + "\":1}")
                        .getMessage())
                .hasSizeLessThan(150);
        assertThat(Excerpts.of("a\nb\u0000\u009f\ud800")).isEqualTo("a\uFFFDb\uFFFD\uFFFD\uFFFD");
    }

    @Test
    @DisplayName("becomes plain values where its shape is the caller's own")
    void plain() {
        Map<String, Object> map = JsonInput.object(
                        "{\"v\":{\"s\":\"x\",\"i\":3,\"d\":1.0,\"b\":true,\"n\":null,\"l\":[1,{\"y\":2}]}}")
                .map("v")
                .orElseThrow();

        assertThat(map)
                .containsEntry("s", "x")
                .containsEntry("i", 3L)
                .containsEntry("d", 1.0)
                .containsEntry("b", true);
        assertThat(map).containsEntry("n", null).containsEntry("l", java.util.List.of(1L, Map.of("y", 2L)));
    }

    private static String nested(int depth) {
        return "[".repeat(depth) + "]".repeat(depth);
    }

    private static InvalidRequestException refusalOf(String text) {
        InvalidRequestException refusal =
                catchThrowableOfType(InvalidRequestException.class, () -> JsonInput.object(text));
        assertThat(refusal).as(() -> Excerpts.of(text)).isNotNull();
        return refusal;
    }
}
