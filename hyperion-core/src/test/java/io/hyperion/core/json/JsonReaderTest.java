package io.hyperion.core.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
    @Test
    void readsAllKindsOfValues() {
        assertThat(JsonReader.array(" [ {\"a\" : [true, false, null]}, \"\\u00e4\\n\", -1.5e2, [] ] "))
                .hasValue(List.of(
                        Map.of("a", Arrays.asList(true, false, null)), "ä\n", new BigDecimal("-1.5e2"), List.of()));
    }

    @Test
    void tellsObjectsFromArrays() {
        assertThat(JsonReader.object("[]")).isEmpty();
        assertThat(JsonReader.array("{}")).isEmpty();
        assertThat(JsonReader.object("{}")).hasValue(Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[",
                "[1",
                "[1,]",
                "[,1]",
                "[1]]",
                "[01]",
                "[1.]",
                "[.5]",
                "[+1]",
                "[NaN]",
                "[1e9999]",
                "['a']",
                "[\"a]",
                "[\"\\x\"]",
                "[\"\\u12g4\"]",
                "[\"\\",
                "[\"a\nb\"]",
                "[{a:1}]",
                "[{\"a\"}]",
                "[{\"a\":1,}]",
                "[tru]",
                "[1 2]",
                "<html>"
            })
    void doesNotTakeWhatIsNoJson(String text) {
        assertThat(JsonReader.array(text)).isEmpty();
    }

    @Test
    void doesNotFollowDeepNestingToTheEndOfTheStack() {
        assertThat(JsonReader.array("[".repeat(64) + "]".repeat(64))).isPresent();
        assertThat(JsonReader.array("[".repeat(100_000) + "]".repeat(100_000))).isEmpty();
        assertThat(JsonReader.object("{\"a\":".repeat(100_000))).isEmpty();
    }
}
