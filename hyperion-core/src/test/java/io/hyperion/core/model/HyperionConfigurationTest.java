package io.hyperion.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.Parameter;
import io.hyperion.core.engine.EngineSettings;
import io.hyperion.core.engine.LoraSettings;
import io.hyperion.core.llama.Pooling;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The configuration")
class HyperionConfigurationTest {
    private static HyperionConfiguration configuration(String... keysAndValues) {
        Map<String, String> properties = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return HyperionConfiguration.of(properties);
    }

    @Test
    @DisplayName("reads every key of a model")
    void readsModel() {
        HyperionConfiguration configuration = configuration(
                "hyperion.models.tiny.path", "/models/tiny.gguf",
                "hyperion.models.tiny.context-size", "2048",
                "hyperion.models.tiny.slots", "3",
                "hyperion.models.tiny.batch-size", "64",
                "hyperion.models.tiny.threads", "2",
                "hyperion.models.tiny.gpu-layers", "0",
                "hyperion.models.tiny.prefix-memory", "3",
                "hyperion.models.tiny.lora", "/loras/a.gguf, /loras/b=c.gguf = -0.5,/loras/d.gguf=1e-1",
                "hyperion.models.tiny.slot-save-path", "/saved",
                "hyperion.models.tiny.chat-template", "chatml",
                "hyperion.models.tiny.embeddings", "true",
                "hyperion.models.tiny.pooling", "cls",
                "hyperion.models.tiny.preload", "true",
                "hyperion.models.tiny.defaults.temperature", "0.3",
                "hyperion.models.tiny.defaults.max_tokens", "77",
                "hyperion.queue.capacity", "5",
                "hyperion.queue.timeout", "PT20S",
                "java.version", "17");
        ModelSettings tiny = configuration.models().get("tiny");
        assertThat(configuration.warnings()).isEmpty();
        assertThat(configuration.defaultModel()).contains("tiny");
        assertThat(tiny.problem()).isEmpty();
        assertThat(tiny.path()).hasValueSatisfying(path -> assertThat(path).hasFileName("tiny.gguf"));
        assertThat(tiny.engine())
                .isEqualTo(new EngineSettings(
                        2048,
                        3,
                        64,
                        2,
                        0,
                        5,
                        Duration.ofSeconds(20),
                        OptionalLong.of(3 << 20),
                        List.of(
                                new LoraSettings(Path.of("/loras/a.gguf"), 1),
                                new LoraSettings(Path.of("/loras/b=c.gguf"), -0.5f),
                                new LoraSettings(Path.of("/loras/d.gguf"), 0.1f))));
        assertThat(tiny.slotSavePath()).contains(Path.of("/saved"));
        assertThat(tiny.template()).contains("chatml");
        assertThat(tiny.embeddings()).contains(true);
        assertThat(tiny.pooling()).contains(Pooling.CLS);
        assertThat(tiny.life().preload()).isTrue();
        assertThat(tiny.defaults().temperature()).isEqualTo(OptionalDouble.of(0.3));
        assertThat(tiny.defaults().maxTokens()).isEqualTo(OptionalInt.of(77));
    }

    @Test
    @DisplayName("reads a default of every parameter that is a number or a truth, and of no other")
    void defaultsOfAllParameters() {
        for (Parameter parameter : Parameter.values()) {
            boolean truth = parameter.type() == Parameter.Type.BOOLEAN;
            HyperionConfiguration configuration = configuration(
                    "hyperion.models.a.path",
                    "a.gguf",
                    "hyperion.models.a.defaults." + parameter.wireName(),
                    truth ? "true" : "1");
            assertThat(configuration.models().get("a").defaults().has(parameter))
                    .isEqualTo(parameter.isScalar());
            assertThat(configuration.warnings().isEmpty()).isEqualTo(parameter.isScalar());
        }
        HyperionConfiguration configuration = configuration(
                "hyperion.models.a.path", "a.gguf",
                "hyperion.models.a.defaults.repeat_penalty", "1.1",
                "hyperion.models.a.defaults.mirostat", "2",
                "hyperion.models.a.defaults.ignore_eos", "true");
        assertThat(configuration.models().get("a").defaults())
                .isEqualTo(GenerateParameters.builder()
                        .repeatPenalty(1.1)
                        .mirostat(2)
                        .ignoreEos(true)
                        .build());
    }

    @Test
    @DisplayName("takes names with dots in double quotes")
    void quotedNames() {
        HyperionConfiguration configuration = configuration(
                "hyperion.models.\"llama-3.1:8b\".path", "llama.gguf",
                "hyperion.models.\"llama-3.1:8b\".slots", "2",
                "hyperion.models.\"llama-3.1:8b\".slot", "2");
        assertThat(configuration.models()).containsOnlyKeys("llama-3.1:8b");
        assertThat(configuration.models().get("llama-3.1:8b").engine().slots()).isEqualTo(2);
        assertThat(configuration.warnings())
                .singleElement()
                .asString()
                .contains("hyperion.models.\"llama-3.1:8b\".slot; did you mean slots?");
    }

    @Test
    @DisplayName("takes the model named default for requests that name none, unless another is configured")
    void defaultModel() {
        String[] models = {"hyperion.models.a.path", "a.gguf", "hyperion.models.default.path", "b.gguf"};
        assertThat(configuration(models).defaultModel()).contains("default");
        assertThat(configuration(models[0], models[1], models[2], models[3], "hyperion.default-model", "a")
                        .defaultModel())
                .contains("a");
        assertThat(configuration().defaultModel()).isEmpty();
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource({
        "slots, 0",
        "slots, 100000",
        "slots, many",
        "context-size, -1",
        "batch-size, 1.5",
        "threads, 0",
        "gpu-layers, -3",
        "chat-template, nonsense",
        "lora, 'a.gguf,'",
        "lora, =0.5",
        "lora, a.gguf=1001",
        "lora, a.gguf=1e99",
        "preload, yes",
        "defaults.temperature, hot",
        "defaults.temperature, NaN",
        "defaults.top_p, 2",
        "defaults.top_k, 1.5",
        "defaults.repeat_penalty, 0",
        "defaults.mirostat, 3",
        "defaults.ignore_eos, 1",
        "path, ''"
    })
    @DisplayName("makes a model with a wrong value a failed one, whose problem names the model")
    void wrongValues(String key, String value) {
        HyperionConfiguration configuration = configuration(
                "hyperion.models.good.path",
                "good.gguf",
                "hyperion.models.bad.path",
                "bad.gguf",
                "hyperion.models.bad." + key,
                value);
        assertThat(configuration.models().get("bad").problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("hyperion.models.bad."));
        assertThat(configuration.models().get("good").problem()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "hyperion.models.a.contextsize, hyperion.models.a.contextsize; did you mean context-size?",
        "hyperion.models.a.defaults.temprature, defaults.temperature?",
        "hyperion.queue.capcity, hyperion.queue.capacity?",
        "hyperion.defaultmodel, hyperion.default-model?",
        "hyperion.models.a.colour, Unknown key hyperion.models.a.colour"
    })
    @DisplayName("warns of unknown keys and names the nearest known one")
    void unknownKeys(String key, String warning) {
        HyperionConfiguration configuration = configuration("hyperion.models.a.path", "a.gguf", key, "1");
        assertThat(configuration.warnings()).singleElement().asString().contains(warning);
        assertThat(configuration.models().get("a").problem()).isEmpty();
    }

    @Test
    @DisplayName("warns of a default model that is not there, and of a wrong queue capacity, and goes on")
    void globalWarnings() {
        HyperionConfiguration configuration = configuration(
                "hyperion.models.a.path", "a.gguf",
                "hyperion.default-model", "b",
                "hyperion.queue.capacity", "-1");
        assertThat(configuration.warnings()).hasSize(2);
        assertThat(configuration.defaultModel()).contains("a");
        assertThat(configuration.models().get("a").engine().queueCapacity())
                .isEqualTo(EngineSettings.DEFAULT_QUEUE_CAPACITY);
    }
}
