package io.hyperion.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.Message;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.Parameter;
import io.hyperion.core.download.DownloadSettings;
import io.hyperion.core.download.HttpSettings;
import io.hyperion.core.download.ModelSource;
import io.hyperion.core.engine.EngineSettings;
import io.hyperion.core.engine.LoraSettings;
import io.hyperion.core.llama.Pooling;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    @DisplayName("reads where a model comes from, how long it lives and what is said about it")
    void readsSourceLifeAndDescription() {
        HyperionConfiguration configuration = configuration(
                "hyperion.models-dir", "models",
                "hyperion.models.a.source", "hf:owner/repo:Q4_K_M",
                "hyperion.models.a.sha256", "AB".repeat(32),
                "hyperion.models.a.min-instances", "2",
                "hyperion.models.a.max-instances", "3",
                "hyperion.models.a.idle-timeout", "PT10M",
                "hyperion.models.a.preload.messages", "[{\"role\": \"system\", \"content\": \"You are the Batman.\"}]",
                "hyperion.models.a.description", " For tests. ",
                "hyperion.models.a.tags", "small, fast,,small",
                "hyperion.models.a.aliases", "a:latest, b, a",
                "hyperion.models.a.operator", "@us",
                "hyperion.models.b2.path", "b.gguf",
                "hyperion.models.b2.ttl", "300",
                "hyperion.models.b2.min-instances", "4");
        assertThat(configuration.warnings()).isEmpty();
        ModelSettings a = configuration.models().get("a");
        assertThat(a.problem()).isEmpty();
        assertThat(a.path()).isEmpty();
        assertThat(a.source())
                .contains(new SourceSettings(
                        new ModelSource.HubQuantization("owner", "repo", Optional.empty(), "Q4_K_M"),
                        Optional.of("ab".repeat(32)),
                        true));
        assertThat(a.life())
                .isEqualTo(new LifeSettings(
                        true,
                        List.of(Message.system("You are the Batman.")),
                        2,
                        3,
                        Optional.of(Duration.ofMinutes(10))));
        assertThat(a.description())
                .isEqualTo(new ModelInfo.Description(
                        Optional.of("For tests."),
                        List.of("small", "fast"),
                        List.of("a:latest", "b"),
                        Optional.of("@us"),
                        Optional.of("hf:owner/repo:Q4_K_M"),
                        ModelInfo.Origin.CONFIGURATION));
        LifeSettings b = configuration.models().get("b2").life();
        assertThat(b).isEqualTo(new LifeSettings(false, List.of(), 4, 4, Optional.of(Duration.ofSeconds(300))));
        assertThat(configuration.modelsDirectory()).contains(Path.of("models").toAbsolutePath());
    }

    @Test
    @DisplayName("shows neither what lets somebody download a file nor where this machine has one")
    void sourceWithoutSecrets() {
        HyperionConfiguration configuration = configuration(
                "hyperion.models-dir", "models",
                "hyperion.models.a.source", "https://example.com/a.gguf?signature=SECRET",
                "hyperion.models.b.source", "file:///srv/models/b.gguf",
                "hyperion.huggingface.token", "hf_SECRET");
        assertThat(configuration.models().get("a").description().source()).contains("https://example.com/a.gguf?…");
        assertThat(configuration.models().get("b").description().source()).isEmpty();
        assertThat(configuration.download().toString()).doesNotContain("SECRET");
        assertThat(configuration.download().http().token()).contains("hf_SECRET");
    }

    @Test
    @DisplayName("evaluates messages at the start only if the model is to be loaded then")
    void messagesWithoutPreload() {
        HyperionConfiguration configuration = configuration(
                "hyperion.models.a.path",
                "a.gguf",
                "hyperion.models.a.preload",
                "false",
                "hyperion.models.a.preload.messages",
                "[{\"role\":\"user\",\"content\":\"\"}]");
        assertThat(configuration.models().get("a").life().preload()).isFalse();
        assertThat(configuration.models().get("a").life().preloadMessages()).hasSize(1);
    }

    @Test
    @DisplayName(
            "makes a model that has to be downloaded a failed one where there is no directory for it, and says which key is missing")
    void sourceWithoutDirectory() {
        HyperionConfiguration configuration = configuration(
                "hyperion.models.a.source", "https://example.com/a.gguf",
                "hyperion.models.b.source", "file:///srv/b.gguf");
        assertThat(configuration.models().get("a").problem().orElseThrow())
                .contains("hyperion.models.a.source", "set hyperion.models-dir");
        assertThat(configuration.models().get("b").problem()).isEmpty();
    }

    @Test
    @DisplayName("gives an alias to the first of two models, and never one that is a model's own name")
    void sharedAliases() {
        HyperionConfiguration configuration = configuration(
                "hyperion.models.a.path", "a.gguf",
                "hyperion.models.a.aliases", "x,b",
                "hyperion.models.b.path", "b.gguf",
                "hyperion.models.b.aliases", "y,x",
                "hyperion.default-model", "y");
        assertThat(configuration.models().get("a").description().aliases()).containsExactly("x");
        assertThat(configuration.models().get("b").description().aliases()).containsExactly("y");
        assertThat(configuration.warnings())
                .containsExactly(
                        "hyperion.models.a.aliases has 'b', which another model is called already",
                        "hyperion.models.b.aliases has 'x', which another model is called already");
        assertThat(configuration.defaultModel()).contains("y");
    }

    @Test
    @DisplayName("takes a default model that may be found in the directory of models")
    void defaultModelOfDirectory() {
        HyperionConfiguration configuration = configuration(
                "hyperion.models-dir", "models",
                "hyperion.models.a.path", "a.gguf",
                "hyperion.default-model", "dropped");
        assertThat(configuration.defaultModel()).contains("dropped");
        assertThat(configuration.warnings()).isEmpty();
    }

    @Test
    @DisplayName("reads how much memory there is for models, and how the network is used")
    void readsMemoryAndDownloads() {
        HyperionConfiguration configuration = configuration(
                "hyperion.memory.limit", "80%",
                "hyperion.memory.limit.CUDA0", "12GiB",
                "hyperion.huggingface.url", "https://mirror.example.com/hf/",
                "hyperion.huggingface.token", "secret",
                "hyperion.download.connect-timeout", "PT3S",
                "hyperion.download.read-timeout", "PT4S",
                "hyperion.download.retries", "5",
                "hyperion.download.reserve", "6",
                "hyperion.download.at-once", "7");
        assertThat(configuration.warnings()).isEmpty();
        assertThat(configuration.memory().limit("CPU", 1000)).isEqualTo(800);
        assertThat(configuration.memory().limit("cuda0", 1000)).isEqualTo(12L << 30);
        assertThat(configuration.download())
                .isEqualTo(new DownloadSettings(
                        new HttpSettings(
                                URI.create("https://mirror.example.com/hf"),
                                Optional.of("secret"),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4)),
                        5,
                        DownloadSettings.DEFAULT.firstPause(),
                        DownloadSettings.DEFAULT.longestPause(),
                        6L << 20,
                        7));
        assertThat(configuration().memory()).isEqualTo(MemorySettings.DEFAULT);
        assertThat(configuration().download()).isEqualTo(DownloadSettings.DEFAULT);
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource({
        "hyperion.memory.limit, much",
        "hyperion.memory.limit.CUDA0, 0",
        "hyperion.huggingface.url, huggingface.co",
        "hyperion.huggingface.url, file:///srv",
        "hyperion.huggingface.url, https://user@huggingface.co",
        "hyperion.huggingface.url, https://hugging face",
        "hyperion.download.connect-timeout, PT0S",
        "hyperion.download.read-timeout, P1D",
        "hyperion.download.read-timeout, soon",
        "hyperion.download.retries, 1001",
        "hyperion.download.retries, -1",
        "hyperion.download.reserve, -1",
        "hyperion.download.at-once, 0",
        "hyperion.queue.timeout, -PT1S",
        "hyperion.queue.timeout, P400D",
        "hyperion.models-dir, 'a\0b'"
    })
    @DisplayName("warns of a wrong value that is of no single model, and uses the default")
    void wrongGlobalValues(String key, String value) {
        HyperionConfiguration configuration = configuration(key, value.replace("\\0", "\0"));
        assertThat(configuration.warnings())
                .singleElement()
                .asString()
                .startsWith(key + " ")
                .contains("the default is used");
        assertThat(configuration)
                .usingRecursiveComparison()
                .ignoringFields("warnings")
                .isEqualTo(configuration());
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "source | ftp://example.com/a.gguf",
                "source | hf:owner",
                "source | https://example.com/a.gguf",
                "sha256 | abc",
                "min-instances | -1",
                "min-instances | 65",
                "max-instances | 0",
                "max-instances | 65",
                "idle-timeout | 5m",
                "idle-timeout | -PT1S",
                "idle-timeout | P400D",
                "ttl | 1.5",
                "ttl | -2",
                "aliases | a b",
                "preload.messages | {}",
                "preload.messages | [1]",
                "preload.messages | [null]",
                "preload.messages | [{\"role\":\"system\"}]",
                "preload.messages | [{\"role\":\"pirate\",\"content\":\"\"}]",
                "preload.messages | [{\"role\":\"user\",\"content\":\"\",\"name\":\"x\"}]",
                "preload.messages | [{\"role\":\"user\",\"content\":\"\"}"
            })
    @DisplayName("makes a model whose source or life is wrong a failed one, whose problem names the key")
    void wrongSourceOrLife(String key, String value) {
        HyperionConfiguration configuration = configuration(
                "hyperion.models-dir",
                "models",
                "hyperion.models.bad.path",
                "a.gguf",
                "hyperion.models.bad." + key,
                value);
        assertThat(configuration.models().get("bad").problem().orElseThrow())
                .contains("hyperion.models.bad.", key + " ");
    }

    @Test
    @DisplayName(
            "refuses what excludes each other: both ways to tell the idle time, a path and a source, a checksum and no source")
    void exclusions() {
        assertThat(configuration(
                                "hyperion.models.a.path", "a.gguf",
                                "hyperion.models.a.ttl", "3",
                                "hyperion.models.a.idle-timeout", "PT3S")
                        .models()
                        .get("a")
                        .problem()
                        .orElseThrow())
                .contains("hyperion.models.a.ttl", "hyperion.models.a.idle-timeout");
        assertThat(configuration("hyperion.models.a.ttl", "3")
                        .models()
                        .get("a")
                        .problem()
                        .orElseThrow())
                .contains("hyperion.models.a.path is missing, and so is hyperion.models.a.source");
        assertThat(configuration(
                                "hyperion.models.a.source",
                                "file:/models/a.gguf",
                                "hyperion.models.a.sha256",
                                "ab".repeat(32))
                        .models()
                        .get("a")
                        .problem()
                        .orElseThrow())
                .contains("hyperion.models.a.sha256", "on this machine");
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
