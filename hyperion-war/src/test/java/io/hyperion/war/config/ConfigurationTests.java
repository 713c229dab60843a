package io.hyperion.war.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The configuration")
class ConfigurationTests {
    private static final Settings DEFAULTS =
            new Settings(8_388_608, 64, Duration.ofSeconds(30), List.of(), "Hyperion", false);

    @Test
    @DisplayName("is complete when nothing is set")
    void defaults() {
        assertThat(settings(Map.of())).isEqualTo(DEFAULTS);
        assertThat(settings(Map.of("hyperion.http.body-limit", " "))).isEqualTo(DEFAULTS);
    }

    @Test
    @DisplayName("takes its own keys")
    void values() {
        assertThat(settings(Map.of(
                        "hyperion.http.body-limit", "2048",
                        "hyperion.ws.max-requests", "3",
                        "hyperion.ws.send-timeout", "PT1M30S",
                        "hyperion.llamacpp.props", "true",
                        "hyperion.http.allowed-origins", "https://Chat.example.com, http://a:8080",
                        "hyperion.neuroengine.operator", "@somebody")))
                .isEqualTo(new Settings(
                        2048,
                        3,
                        Duration.ofSeconds(90),
                        List.of("https://chat.example.com", "http://a:8080"),
                        "@somebody",
                        true));
        assertThat(settings(Map.of("hyperion.ws.send-timeout", "5")).sendTimeout())
                .isEqualTo(Duration.ofSeconds(5));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"x", "-1", "0", "1.5", "99999999999999999999", "PT0S", "P1D", "PTX"})
    @DisplayName("keeps to the default where a value is wrong")
    void wrong(String value) {
        assertThat(settings(Map.of(
                        "hyperion.http.body-limit", value,
                        "hyperion.ws.max-requests", value,
                        "hyperion.llamacpp.props", value,
                        "hyperion.ws.send-timeout", value)))
                .isEqualTo(DEFAULTS);
    }

    @Test
    @DisplayName("leaves out what is no origin")
    void origins() {
        assertThat(settings(Map.of("hyperion.http.allowed-origins", "example.com,https://a/b,null,,*"))
                        .allowedOrigins())
                .containsExactly("*");
    }

    @Test
    @DisplayName("notices keys that it does not know among its own")
    void unknownKeys() {
        assertThat(of(Map.of(
                                "hyperion.http.bodylimit", "1",
                                "hyperion.http.port", "1",
                                "hyperion.ws.max-requests", "1",
                                "hyperion.security.mod", "keys",
                                "hyperion.security.keys.a.hash", "1",
                                "hyperion.colour", "red"))
                        .unknownKeys())
                .containsExactly("hyperion.http.bodylimit", "hyperion.security.mod");
    }

    @Test
    @DisplayName("gives the engine all keys of Hyperion but the wire's own")
    void engineProperties() {
        assertThat(of(Map.of(
                                "hyperion.models.a.path", "/a",
                                "java.home", "/j",
                                "hyperion.queue.capacity", "3",
                                "hyperion.colour", "red",
                                "hyperion.http.port", "1",
                                "hyperion.llamacpp.props", "true",
                                "hyperion.neuroengine.operator", "@somebody",
                                "hyperion.pools", "eis/hyperion",
                                "hyperion.security.keys.a.hash", "1",
                                "hyperion.ws.max-requests", "1"))
                        .engineProperties())
                .containsOnly(
                        Map.entry("hyperion.models.a.path", "/a"),
                        Map.entry("hyperion.queue.capacity", "3"),
                        Map.entry("hyperion.colour", "red"));
    }

    @Test
    @DisplayName("tells the engine of a default model only if that is one of the engine's")
    void defaultModel() {
        Configuration ofEngine = of(Map.of("hyperion.default-model", " a ", "hyperion.models.a.path", "/a"));
        Configuration quoted = of(Map.of("hyperion.default-model", "a:b", "hyperion.models.\"a:b\".path", "/a"));
        Configuration ofPool = of(Map.of("hyperion.default-model", "a", "hyperion.models.ab.path", "/a"));

        assertThat(ofEngine.defaultModel()).contains("a");
        assertThat(ofEngine.engineProperties()).containsKey("hyperion.default-model");
        assertThat(quoted.engineProperties()).containsKey("hyperion.default-model");
        assertThat(ofPool.defaultModel()).contains("a");
        assertThat(ofPool.isDefaultConfigured()).isFalse();
        assertThat(ofPool.engineProperties()).doesNotContainKey("hyperion.default-model");
        assertThat(of(Map.of()).defaultModel()).isEmpty();
    }

    @Test
    @DisplayName("names the pools")
    void pools() {
        assertThat(of(Map.of("hyperion.pools", "eis/one,eis/two")).pools()).contains("eis/one,eis/two");
        assertThat(of(Map.of()).pools()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "HYPERION_MODELS_DEFAULT_PATH,hyperion.models.default.path",
        "HYPERION_MODELS_TINY_STORIES_CONTEXT_SIZE,hyperion.models.tiny-stories.context-size",
        "HYPERION_MODELS_A_DEFAULTS_TOP_K,hyperion.models.a.defaults.top_k",
        "HYPERION_MODELS_A_DEFAULTS_N,hyperion.models.a.defaults.n",
        "HYPERION_MODELS_A_DEFAULTS_REPEAT_PENALTY,hyperion.models.a.defaults.repeat_penalty",
        "HYPERION_MODELS_A_CHAT_TEMPLATE,hyperion.models.a.chat-template",
        "HYPERION_DEFAULT_MODEL,hyperion.default-model",
        "HYPERION_POOLS,hyperion.pools",
        "HYPERION_MODELS_A_SOURCE,hyperion.models.a.source",
        "HYPERION_MODELS_A_PRELOAD,hyperion.models.a.preload",
        "HYPERION_MODELS_A_PRELOAD_MESSAGES,hyperion.models.a.preload.messages",
        "HYPERION_MODELS_A_TTL,hyperion.models.a.ttl",
        "HYPERION_MODELS_A_ALIASES,hyperion.models.a.aliases",
        "HYPERION_MODELS_DIR,hyperion.models-dir",
        "HYPERION_MEMORY_LIMIT,hyperion.memory.limit",
        "HYPERION_MEMORY_LIMIT_CUDA0,hyperion.memory.limit.CUDA0",
        "HYPERION_HUGGINGFACE_TOKEN,hyperion.huggingface.token",
        "HYPERION_DOWNLOAD_READ_TIMEOUT,hyperion.download.read-timeout",
        "HYPERION_HTTP_BODY_LIMIT,hyperion.http.body-limit",
        "HYPERION_HTTP_ALLOWED_ORIGINS,hyperion.http.allowed-origins",
        "HYPERION_SECURITY_MODE,hyperion.security.mode",
        "HYPERION_SECURITY_KEYS_HR_HASH,hyperion.security.keys.hr.hash",
        "HYPERION_SECURITY_KEYS_MY_APP_MODELS,hyperion.security.keys.my-app.models"
    })
    @DisplayName("understands environment variables")
    void environment(String variable, String key) {
        assertThat(of(Map.of(variable, "7")).properties()).containsExactly(Map.entry(key, "7"));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "HYPERION_MODELS_PATH",
                "HYPERION_HOME",
                "HYPERION_MODELS_A_COLOUR",
                "HYPERION_",
                "HYPERION_SECURITY_KEYS_HASH"
            })
    @DisplayName("leaves variables alone that stand for no key")
    void otherVariables(String variable) {
        assertThat(of(Map.of(variable, "7")).properties()).isEmpty();
    }

    @Test
    @DisplayName("finds the model that a variable means by its name elsewhere")
    void environmentOfKnownModel() {
        assertThat(of(Map.of(
                                "hyperion.models.My.Model_1.path", "/m",
                                "HYPERION_MODELS_MY_MODEL_1_SLOTS", "2",
                                "HYPERION_MODELS_MY_MODEL_1_PATH", "/from/environment"))
                        .properties())
                .containsOnly(
                        // The path has a dotted name, under which MicroProfile Config itself decides between the two.
                        Map.entry("hyperion.models.My.Model_1.path", "/m"),
                        Map.entry("hyperion.models.My.Model_1.slots", "2"));
    }

    private static Settings settings(Map<String, String> source) {
        return of(source).settings();
    }

    private static Configuration of(Map<String, String> source) {
        return Configuration.of(source.keySet(), name -> Optional.ofNullable(source.get(name)));
    }
}
