package io.hyperion.war.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A hint")
class FieldHintsTests {
    private static final Set<String> KNOWN = Set.of("temperature", "top_p", "stop");

    @ParameterizedTest(name = "[{index}] {0}")
    @ValueSource(
            strings = {
                "temprature",
                "temperrature",
                "tempersture",
                "tempertaure",
                "etmperature",
                "emperature",
                "Temperature",
                "temperature "
            })
    @DisplayName("is given for one letter missing, doubled, wrong or swapped")
    void slips(String name) {
        assertThat(FieldHints.of(List.of(name), KNOWN))
                .containsExactly("Unknown field '" + name + "'; did you mean 'temperature'?");
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @ValueSource(strings = {"temperature", "temp", "tempratur", "color", "", "TEMPERATURE", "top_kk", "s"})
    @DisplayName("is not given for what is known, or far from it")
    void silence(String name) {
        assertThat(FieldHints.of(List.of(name), KNOWN)).isEmpty();
    }

    @Test
    @DisplayName("comes once for a name, and not without end")
    void limits() {
        assertThat(FieldHints.of(List.of("top_k"), List.of("top_p", "top_n"))).hasSize(1);
        List<String> many = IntStream.range(0, 100)
                .mapToObj(i -> "stop" + (char) ('a' + i % 26))
                .toList();
        assertThat(FieldHints.of(many, KNOWN)).hasSize(8);
        assertThat(FieldHints.of(Collections.nCopies(3, "x".repeat(1_000_000)), KNOWN))
                .isEmpty();
    }
}
