package io.hyperion.jca;

import io.hyperion.core.model.HyperionConfiguration;
import io.hyperion.core.model.MemorySettings;
import io.hyperion.core.model.ModelSettings;
import jakarta.resource.spi.InvalidPropertyException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A model as the properties of a managed connection factory say it, checked.
 *
 * @param model the name that requests use
 * @param keys the same as keys of {@link HyperionConfiguration}
 * @param slots how many connections it can have
 * @param idleTimeout how long it stays loaded without connections; zero unloads it with the last one
 * @param queueCapacity how many requests may wait for a connection
 */
record ModelConfiguration(
        String model, SortedMap<String, String> keys, int slots, Duration idleTimeout, int queueCapacity) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:-]{1,128}");
    private static final String SUFFIX = ".gguf";
    private static final Duration MAX_IDLE_TIMEOUT = Duration.ofDays(365);

    /** What is given on to the configuration as it is, and how that calls it. */
    private static final Map<String, String> GIVEN_ON = Map.ofEntries(
            Map.entry("contextSize", "context-size"),
            Map.entry("slots", "slots"),
            Map.entry("batchSize", "batch-size"),
            Map.entry("threads", "threads"),
            Map.entry("gpuLayers", "gpu-layers"),
            Map.entry("prefixMemory", "prefix-memory"),
            Map.entry("chatTemplate", "chat-template"),
            Map.entry("embeddings", "embeddings"),
            Map.entry("pooling", "pooling"),
            Map.entry("description", "description"),
            Map.entry("tags", "tags"),
            Map.entry("operator", "operator"));

    /**
     * Checks the properties.
     *
     * @param properties of the factory
     * @param modelDir the adapter's directory of models; empty if it has none
     * @return what they say
     * @throws InvalidPropertyException if one is wrong, which the message names; or if the file is not there
     */
    static ModelConfiguration of(FactoryProperties properties, Optional<String> modelDir)
            throws InvalidPropertyException {
        Optional<Path> directory =
                modelDir.isPresent() ? Optional.of(path("modelDir", modelDir.get())) : Optional.empty();
        Path file = file(properties, directory);
        String model = name(properties, file);
        Duration idleTimeout = idleTimeout(properties.text("idleTimeout").orElse(""));
        int queueCapacity = properties.number("queueCapacity").orElse(0);
        if (queueCapacity < 0) {
            throw AdapterMessage.QUEUE_CAPACITY.invalidProperty(queueCapacity);
        }
        SortedMap<String, String> values = new TreeMap<>(Map.of("path", file.toString()));
        GIVEN_ON.forEach(
                (name, key) -> properties.value(name).ifPresent(value -> values.put(key, String.valueOf(value))));
        properties.text("lora").ifPresent(lora -> values.put("lora", belowDirectory(lora, directory)));
        properties
                .text("slotSavePath")
                .ifPresent(path -> values.put("slot-save-path", belowDirectory(path, directory)));
        addDefaults(properties.text("defaults").orElse(""), values);
        SortedMap<String, String> keys = new TreeMap<>();
        values.forEach((key, value) -> keys.put(prefix(model) + key, value));
        ModelSettings settings = check(model, keys);
        if (!Files.isRegularFile(file)) {
            throw AdapterMessage.NO_FILE.invalidProperty(file);
        }
        return new ModelConfiguration(model, keys, settings.engine().slots(), idleTimeout, queueCapacity);
    }

    /** {@return the configuration of the model, whose memory is the matter of whoever makes the pool} */
    HyperionConfiguration hyperion() {
        return HyperionConfiguration.of(keys).withMemory(MemorySettings.UNLIMITED);
    }

    private static Path file(FactoryProperties properties, Optional<Path> directory) throws InvalidPropertyException {
        Optional<String> file = properties.text("modelPath");
        Optional<String> model = properties.text("model");
        if (file.isEmpty() && model.isEmpty()) {
            throw AdapterMessage.NO_FILE_SET.invalidProperty();
        }
        if (file.isEmpty() && directory.isEmpty()) {
            throw AdapterMessage.NO_DIRECTORY_SET.invalidProperty(model.get());
        }
        Path path = file.isPresent() ? path("modelPath", file.get()) : path("model", model.get() + SUFFIX);
        return directory
                .map(base -> base.resolve(path))
                .orElse(path)
                .toAbsolutePath()
                .normalize();
    }

    private static Path path(String property, String value) throws InvalidPropertyException {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw AdapterMessage.NO_PATH.invalidProperty(property, e.getMessage());
        }
    }

    private static String name(FactoryProperties properties, Path file) throws InvalidPropertyException {
        Optional<String> model = properties.text("model");
        if (file.getFileName() == null) {
            throw AdapterMessage.NO_FILE.invalidProperty(file);
        }
        String fileName = file.getFileName().toString();
        String name = model.orElseGet(() ->
                fileName.endsWith(SUFFIX) ? fileName.substring(0, fileName.length() - SUFFIX.length()) : fileName);
        if (!NAME.matcher(name).matches()) {
            throw AdapterMessage.MODEL_NAME.invalidProperty(
                    name, model.isPresent() ? "" : ", which is the name of the file: set model to another one");
        }
        return name;
    }

    private static Duration idleTimeout(String value) throws InvalidPropertyException {
        try {
            Duration duration = Duration.parse(value);
            if (!duration.isNegative() && duration.compareTo(MAX_IDLE_TIMEOUT) <= 0) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            // Told below, as one out of range is.
        }
        throw AdapterMessage.IDLE_TIMEOUT.invalidProperty(value);
    }

    /** Relative paths are below the adapter's directory, as that of the model is; a scale behind one stays where it is. */
    private static String belowDirectory(String paths, Optional<Path> directory) {
        return directory.isEmpty()
                ? paths
                : Arrays.stream(paths.split(",", -1))
                        .map(String::strip)
                        .map(path -> path.isEmpty()
                                ? path
                                : directory.get().resolve(path).toString())
                        .collect(Collectors.joining(","));
    }

    private static void addDefaults(String defaults, SortedMap<String, String> values) throws InvalidPropertyException {
        if (defaults.isEmpty()) {
            return;
        }
        for (String parameter : defaults.split(",", -1)) {
            String[] parts = parameter.split("=", -1);
            if (parts.length != 2 || parts[0].isBlank() || parts[1].isBlank()) {
                throw AdapterMessage.NO_PARAMETER.invalidProperty(parameter.strip());
            }
            String name = parts[0].strip();
            if (values.put("defaults." + name, parts[1].strip()) != null) {
                throw AdapterMessage.PARAMETER_TWICE.invalidProperty(name);
            }
        }
    }

    private static ModelSettings check(String model, SortedMap<String, String> keys) throws InvalidPropertyException {
        HyperionConfiguration configuration = HyperionConfiguration.of(keys);
        if (!configuration.warnings().isEmpty()) {
            // Nothing but the names of parameters can be unknown.
            throw AdapterMessage.UNKNOWN_PARAMETER.invalidProperty(
                    asProperties(model, configuration.warnings().get(0)).replace("defaults.", ""));
        }
        ModelSettings settings = configuration.models().get(model);
        if (settings.problem().isPresent()) {
            String problem = settings.problem().get();
            String marker = " is wrong: ";
            throw AdapterMessage.WRONG_PROPERTIES.invalidProperty(
                    model, asProperties(model, problem.substring(problem.indexOf(marker) + marker.length())));
        }
        return settings;
    }

    /** What a text about keys is called of properties. */
    private static String asProperties(String model, String text) {
        String told = text.replace(prefix(model), "").replace("hyperion.models." + model + ".", "");
        for (Map.Entry<String, String> property : GIVEN_ON.entrySet()) {
            told = told.replace(property.getValue(), property.getKey());
        }
        return told.replace("slot-save-path", "slotSavePath");
    }

    private static String prefix(String model) {
        return "hyperion.models.\"" + model + "\".";
    }
}
