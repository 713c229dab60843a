package io.hyperion.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.HyperionClient;
import io.hyperion.api.ModelInfo;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.InvalidPropertyException;
import jakarta.resource.spi.ResourceAdapterInternalException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The properties of a pool")
@Timeout(60)
class PropertiesTest {
    private final HyperionResourceAdapter adapter = new HyperionResourceAdapter();

    @AfterEach
    void stop() {
        adapter.stop();
    }

    private static HyperionClient client(HyperionManagedConnectionFactory factory) throws ResourceException {
        return ((HyperionConnectionFactory) factory.createConnectionFactory(new TestPool(1, Duration.ofSeconds(10))))
                .client();
    }

    static Stream<Arguments> wrongOnes() {
        return Stream.of(
                wrong("HYPRA-1003: modelPath: there is no file", factory -> factory.setModelPath("/nowhere/x.gguf")),
                wrong("HYPRA-1003: modelPath: there is no file", factory -> factory.setModelPath("/")),
                wrong("HYPRA-1004: modelPath is not a path", factory -> factory.setModelPath("a\0b")),
                wrong("HYPRA-1005: model must be", factory -> factory.setModel("a model")),
                wrong("HYPRA-1006: defaults must be", factory -> factory.setDefaults("temperature")),
                wrong("HYPRA-1006: defaults must be", factory -> factory.setDefaults("temperature=1,")),
                wrong("HYPRA-1007: defaults has the parameter top_k", f -> f.setDefaults("top_k=1,top_k=2")),
                wrong(
                        "HYPRA-1008: defaults: Unknown key temprature; did you mean temperature?",
                        factory -> factory.setDefaults("temprature=1")),
                wrong("defaults.top_k must be a whole number", factory -> factory.setDefaults("top_k=many")),
                wrong("HYPRA-1010: idleTimeout must be", factory -> factory.setIdleTimeout("5 minutes")),
                wrong("HYPRA-1010: idleTimeout must be", factory -> factory.setIdleTimeout("PT-1S")),
                wrong("from zero to 365 days", factory -> factory.setIdleTimeout("P999999999D")),
                wrong("HYPRA-1011: queueCapacity must be at least 0", factory -> factory.setQueueCapacity(-1)),
                wrong("HYPRA-1009: The properties of model 'demo' are wrong: slots", factory -> factory.setSlots(0)),
                wrong("slots must be between 1 and 256", factory -> factory.setSlots(257)),
                wrong("contextSize must be at least 0", factory -> factory.setContextSize(-1)),
                wrong("batchSize must be at least 1", factory -> factory.setBatchSize(0)),
                wrong("threads must be at least 1", factory -> factory.setThreads(0)),
                wrong("gpuLayers must be at least 0", factory -> factory.setGpuLayers(-1)),
                wrong("prefixMemory must be at least 0", factory -> factory.setPrefixMemory(-1)),
                wrong("pooling", factory -> factory.setPooling("median")),
                wrong("description may have 2000 characters", f -> f.setDescription("x".repeat(2001))),
                wrong("tags may have words of 128", factory -> factory.setTags("x".repeat(129))),
                wrong("operator may have 128", factory -> factory.setOperator("x".repeat(129))),
                wrong("template", factory -> factory.setChatTemplate("no-such-template")),
                wrong("lora has an adapter without a path", factory -> factory.setLora("a.gguf,,b.gguf")));
    }

    private static Arguments wrong(String message, Consumer<HyperionManagedConnectionFactory> setting) {
        return Arguments.of(message, setting);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongOnes")
    @DisplayName(
            "are refused with a number and a name where a factory or a connection is made, and not where they are set")
    void refusesWrongOnes(String message, Consumer<HyperionManagedConnectionFactory> setting) throws ResourceException {
        HyperionManagedConnectionFactory factory = Factories.demo(adapter);
        setting.accept(factory);
        assertThatThrownBy(() -> factory.createConnectionFactory(new TestPool(1, Duration.ZERO)))
                .isInstanceOf(InvalidPropertyException.class)
                .hasMessageStartingWith("HYPRA-10")
                .hasMessageContaining(message)
                .message()
                .doesNotContain("hyperion.models");
        assertThatThrownBy(() -> factory.createManagedConnection(null, null))
                .isInstanceOf(InvalidPropertyException.class)
                .hasMessageContaining(message);
    }

    @Test
    @DisplayName("say nothing of a limit of the memory, so that there is none: not even what the machine has")
    void unlimitedMemory() throws ResourceException {
        FactoryProperties properties = new FactoryProperties();
        properties.set("modelPath", Factories.DEMO_MODEL);
        assertThat(ModelConfiguration.of(properties, Optional.empty())
                        .hyperion()
                        .memory()
                        .limit("CPU", 1))
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    @DisplayName("need a file, or a model of the adapter's directory")
    void needsAFile() {
        HyperionManagedConnectionFactory factory = new HyperionManagedConnectionFactory();
        assertThatThrownBy(() -> factory.createManagedConnection(null, null)).hasMessageContaining("HYPRA-1001");
        factory.setModel("demo");
        assertThatThrownBy(() -> factory.createManagedConnection(null, null)).hasMessageContaining("HYPRA-1002");
    }

    @Test
    @DisplayName("find the file by the name, and the name by the file, in the adapter's directory")
    void findsFiles() throws ResourceException {
        Path file = Path.of(Factories.DEMO_MODEL);
        adapter.setModelDir(file.getParent().toString());
        HyperionManagedConnectionFactory byName = new HyperionManagedConnectionFactory();
        byName.setResourceAdapter(adapter);
        byName.setModel("hyperion-demo");
        HyperionManagedConnectionFactory byFile = new HyperionManagedConnectionFactory();
        byFile.setResourceAdapter(adapter);
        byFile.setModelPath(file.getFileName().toString());
        for (HyperionManagedConnectionFactory factory : new HyperionManagedConnectionFactory[] {byName, byFile}) {
            assertThat(client(factory).models()).extracting(ModelInfo::name).containsExactly("hyperion-demo");
        }
    }

    @Test
    @DisplayName("reach the model")
    void reachTheModel() throws ResourceException {
        HyperionManagedConnectionFactory factory = Factories.demo(adapter);
        factory.setContextSize(300);
        factory.setSlots(3);
        factory.setDefaults(" temperature = 0.25 , top_k=7,ignore_eos=true");
        factory.setDescription("For tests");
        factory.setTags("small, fast");
        factory.setOperator("us");
        HyperionClient client = client(factory);
        assertThat(client.model("demo").description().text()).contains("For tests");
        assertThat(client.model("demo").description().tags()).containsExactly("small", "fast");
        assertThat(client.model("demo").description().operator()).contains("us");
        assertThat(client.model("demo").contextSize()).isEqualTo(300);
        assertThat(client.model("demo").slots()).isEqualTo(3);
        assertThat(client.properties(Optional.empty()).defaults().temperature()).hasValue(0.25);
        assertThat(client.properties(Optional.empty()).defaults().topK()).hasValue(7);
    }

    @Test
    @DisplayName("are as if they were not set where a console leaves them blank")
    void blankIsAbsent() throws ResourceException {
        HyperionManagedConnectionFactory factory = Factories.demo(adapter);
        HyperionManagedConnectionFactory same = Factories.demo(adapter);
        factory.setLora(" ");
        factory.setPooling("");
        factory.setIdleTimeout("");
        factory.setQueueCapacity(null);
        factory.setEmbeddings(null);
        assertThat(factory).isEqualTo(same);
        assertThat(factory.getIdleTimeout()).isEqualTo("PT0S");
        assertThat(factory.getQueueCapacity()).isEqualTo(256);
        assertThat(factory.getLora()).isNull();
        factory.setEmbeddings(false);
        assertThat(factory).isNotEqualTo(same);
    }

    @Test
    @DisplayName("of the adapter are checked when it starts")
    void adapterChecksItsOwn(@TempDir Path directory) throws Exception {
        adapter.setModelDir(directory.resolve("none").toString());
        assertThatThrownBy(() -> adapter.start(null))
                .isInstanceOf(ResourceAdapterInternalException.class)
                .hasMessageContaining("HYPRA-1020")
                .hasMessageContaining("none");
        Files.createDirectory(directory.resolve("none"));
        adapter.start(null);
        adapter.setModelDir(" ");
        adapter.start(null);
    }
}
