package io.hyperion.api.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("JSON-B")
class JsonBindingTest {
    private JsonBinding json;

    public record Percentage(int value) {
        public Percentage {
            if (value > 100) {
                throw new IllegalArgumentException("more than all of it");
            }
        }
    }

    public static final class Loop {
        public List<Loop> getItself() {
            return List.of(this);
        }
    }

    @BeforeEach
    void open() throws JsonBindingException {
        json = JsonBinding.open();
    }

    @AfterEach
    void close() {
        json.close();
    }

    @Test
    @DisplayName("writes what is empty as null")
    void write() throws JsonBindingException {
        assertThat(json.write(new Shop.WeatherQuery("Berlin", Optional.empty())))
                .isEqualTo("{\"city\":\"Berlin\",\"days\":null}");
        assertThat(json.write(null)).isEqualTo("null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "null",
                "[]",
                "{\"value\":1} x",
                "{\"value\":\"one\"}",
                "{\"value\":null}",
                "{\"value\":9999999999}"
            })
    @DisplayName("tells that a text is no such object")
    void unreadable(String text) {
        assertThatThrownBy(() -> json.read(text, Percentage.class)).isInstanceOf(JsonBindingException.class);
    }

    @Test
    @DisplayName("tells what the object's own constructor has against it")
    void refused() {
        assertThatThrownBy(() -> json.read("{\"value\":101}", Percentage.class))
                .isInstanceOf(JsonBindingException.class)
                .hasMessageContaining("more than all of it");
    }

    @Test
    @DisplayName("reads brackets in texts, and refuses so many of them elsewhere that a reader's stack might not do")
    void deep() throws JsonBindingException {
        String brackets = "[{".repeat(10_000);
        assertThat(json.read("{\"a\":\"\\\"" + brackets + "\"}", Map.class)).isEqualTo(Map.of("a", "\"" + brackets));
        assertThat(json.read("[".repeat(200) + "]".repeat(200), List.class)).isInstanceOf(List.class);
        assertThatThrownBy(() -> json.read(brackets, List.class)).hasMessageContaining("200 levels");
    }

    @Test
    @DisplayName("tells that an object cannot be written")
    void cycle() {
        assertThatThrownBy(() -> json.write(new Loop())).isInstanceOf(JsonBindingException.class);
    }
}
