package io.hyperion.war.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.config.Security.Key;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("hyperion.security")
class SecurityKeysTests {
    private static final String HASH = "ab".repeat(32);
    private static final String OTHER_HASH = "cd".repeat(32);
    private static final Security NOBODY = new Security.Keys(List.of());

    @Test
    @DisplayName("is open to this machine when nothing is said, and to all when that is said")
    void open() {
        assertThat(read(Map.of())).isEqualTo(new Security.Open(false, List.of()));
        assertThat(read(Map.of("hyperion.security.mode", " "))).isEqualTo(new Security.Open(false, List.of()));
        assertThat(read(Map.of("hyperion.security.mode", "open"))).isEqualTo(new Security.Open(true, List.of()));
    }

    @Test
    @DisplayName("generates a token where that is said")
    void token() {
        assertThat(read(Map.of("hyperion.security.mode", "token"))).isEqualTo(new Security.Token());
    }

    @Test
    @DisplayName("takes keys with their names, hashes and models")
    void keys() {
        assertThat(read(Map.of(
                        "hyperion.security.mode",
                        "keys",
                        "hyperion.security.keys.hr.hash",
                        "sha256:" + HASH.toUpperCase(),
                        "hyperion.security.keys.hr.models",
                        "tiny, large",
                        "hyperion.security.keys.all_2.hash",
                        "sha256:" + OTHER_HASH)))
                .isEqualTo(new Security.Keys(List.of(
                        new Key("all_2", OTHER_HASH, Optional.empty(), false),
                        new Key("hr", HASH, Optional.of(Set.of("tiny", "large")), false))));
    }

    @Test
    @DisplayName("means keys where there are some and no mode")
    void keysWithoutMode() {
        assertThat(read(Map.of("hyperion.security.keys.hr.hash", "sha256:" + HASH)))
                .isEqualTo(new Security.Keys(List.of(new Key("hr", HASH, Optional.empty(), false))));
        assertThat(read(Map.of("hyperion.security.keys.hr.hash", "secret"))).isEqualTo(NOBODY);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"Open", "key", "none", "off", "open,keys"})
    @DisplayName("lets nobody in if the mode is none that it knows")
    void unknownMode(String mode) {
        assertThat(read(Map.of("hyperion.security.mode", mode, "hyperion.security.keys.a.hash", "sha256:" + HASH)))
                .isEqualTo(NOBODY);
    }

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource({
        "hyperion.security.keys.bad.hash,secret",
        "hyperion.security.keys.bad.hash,sha256:abcd",
        "hyperion.security.keys.bad.hash,''",
        "hyperion.security.keys.bad.models,tiny",
        "hyperion.security.keys.good.model,tiny",
        "hyperion.security.keys.good.models,''",
        "hyperion.security.keys.good.models,' , '",
        "hyperion.security.keys.hash,sha256:cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
        "hyperion.security.keys.b.c.hash,sha256:cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
    })
    @DisplayName("does not accept a key with anything wrong about it")
    void wrongKey(String key, String value) {
        Map<String, String> properties = new TreeMap<>();
        properties.put("hyperion.security.mode", "keys");
        properties.put("hyperion.security.keys.good.hash", "sha256:" + HASH);
        properties.put(key, value);

        boolean ofGood = key.startsWith("hyperion.security.keys.good.");
        assertThat(read(properties))
                .isEqualTo(
                        ofGood ? NOBODY : new Security.Keys(List.of(new Key("good", HASH, Optional.empty(), false))));
    }

    @Test
    @DisplayName("takes the keys of administrators, in mode open too, where no other keys mean anything")
    void administrators() {
        Map<String, String> properties = new TreeMap<>(Map.of(
                "hyperion.security.keys.ops.hash",
                "sha256:" + HASH,
                "hyperion.security.keys.ops.admin",
                "true",
                "hyperion.security.keys.hr.hash",
                "sha256:" + OTHER_HASH,
                "hyperion.security.keys.hr.admin",
                "false"));
        Key ops = new Key("ops", HASH, Optional.empty(), true);

        assertThat(read(properties))
                .isEqualTo(new Security.Keys(List.of(new Key("hr", OTHER_HASH, Optional.empty(), false), ops)));
        properties.put("hyperion.security.mode", "open");
        assertThat(read(properties)).isEqualTo(new Security.Open(true, List.of(ops)));
        for (String wrong : List.of("", "yes", "TRUE")) {
            properties.put("hyperion.security.keys.ops.admin", wrong);
            assertThat(read(properties)).isEqualTo(new Security.Open(true, List.of()));
        }
    }

    @Test
    @DisplayName("accepts one key under one name only")
    void sameKeyTwice() {
        assertThat(read(Map.of(
                        "hyperion.security.mode",
                        "keys",
                        "hyperion.security.keys.a.hash",
                        "sha256:" + HASH,
                        "hyperion.security.keys.a.models",
                        "tiny",
                        "hyperion.security.keys.b.hash",
                        "sha256:" + HASH)))
                .isEqualTo(new Security.Keys(List.of(new Key("a", HASH, Optional.of(Set.of("tiny")), false))));
    }

    @Test
    @DisplayName("takes an empty list of models for a mistake where the source takes an empty value for none")
    void emptyValue() {
        Map<String, String> source = Map.of("hyperion.security.keys.a.hash", "sha256:" + HASH);
        Function<String, Optional<String>> lookup = name -> Optional.ofNullable(source.get(name));

        Configuration configuration =
                Configuration.of(List.of("hyperion.security.keys.a.hash", "hyperion.security.keys.a.models"), lookup);

        assertThat(configuration.security()).isEqualTo(NOBODY);
    }

    private static Security read(Map<String, String> properties) {
        return SecurityKeys.read(properties);
    }
}
