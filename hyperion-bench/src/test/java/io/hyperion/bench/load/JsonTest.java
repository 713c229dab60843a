package io.hyperion.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("JSON of model servers")
class JsonTest {
    @Test
    @DisplayName("is read with all its kinds of values")
    void kinds() throws IOException {
        Json json = Json.read(
                """
                 { "text" : "a\\"b\\\\c\\/\\n\\u00e9 é", "number": -12.5e1, "list": [ {"first": 1}, [], null ],
                   "yes": true, "no": false, "nothing": null, "empty": {} }
                """);

        assertThat(json.text("text")).contains("a\"b\\c/\né é");
        assertThat(json.whole("number")).hasValue(-125);
        assertThat(json.get("list").flatMap(Json::first).orElseThrow().whole("first"))
                .hasValue(1);
        assertThat(json.get("yes").orElseThrow().value()).contains(true);
        assertThat(json.get("no").orElseThrow().value()).contains(false);
        assertThat(json.get("empty")).isPresent();
        assertThat(json.get("nothing")).isEmpty();
        assertThat(json.get("absent")).isEmpty();
        assertThat(json.text("number")).isEmpty();
        assertThat(json.whole("text")).isEmpty();
    }

    @Test
    @DisplayName("gives back what was quoted")
    void quotes() throws IOException {
        String text = "quote \" backslash \\ line\nreturn\rtab\tbell\u0007 euro € rocket \uD83D\uDE80";

        assertThat(Json.read("{\"it\":" + Json.quote(text) + "}").text("it")).contains(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"a\"}",
                "{\"a\":1",
                "[1",
                "[1 2]",
                "\"open",
                "\"\\x\"",
                "\"\\u12\"",
                "tru",
                "1.2.3",
                "{} {}"
            })
    @DisplayName("is refused when it is none")
    void refuses(String text) {
        assertThatIOException().isThrownBy(() -> Json.read(text));
    }
}
