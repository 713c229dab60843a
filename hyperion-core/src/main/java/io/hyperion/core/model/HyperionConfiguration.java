package io.hyperion.core.model;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.HyperionException;
import io.hyperion.api.LoraScale;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.Parameter;
import io.hyperion.core.engine.EngineSettings;
import io.hyperion.core.engine.LoraSettings;
import io.hyperion.core.llama.Pooling;
import io.hyperion.core.prompt.PromptTemplates;
import io.hyperion.core.prompt.SpecialTokens;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the {@code hyperion.…} keys of the configuration say. A wrong value of a model makes that model a failed one and leaves the
 * others alone; what concerns no single model is a warning.
 *
 * @param models the models by their names
 * @param defaultModel the name of the model for requests that name none; empty if there is no model
 * @param warnings unknown keys and wrong values, each with its key
 */
public record HyperionConfiguration(
        SortedMap<String, ModelSettings> models, Optional<String> defaultModel, List<String> warnings) {
    private static final String PREFIX = "hyperion.";
    /** A name of a model stands in the key as it is, or in double quotes if it has other characters, such as dots. */
    private static final Pattern MODEL_KEY =
            Pattern.compile("hyperion\\.models\\.(?:\"([A-Za-z0-9_.:-]{1,128})\"|([A-Za-z0-9_-]{1,128}))\\.(.+)");

    private static final String DEFAULT_MODEL = "hyperion.default-model";
    private static final String QUEUE_CAPACITY = "hyperion.queue.capacity";
    private static final String QUEUE_TIMEOUT = "hyperion.queue.timeout";
    private static final String DEFAULTS = "defaults.";
    private static final List<String> GLOBAL_KEYS = List.of(DEFAULT_MODEL, QUEUE_CAPACITY, QUEUE_TIMEOUT);
    private static final List<String> MODEL_KEYS = List.of(
            "path",
            "context-size",
            "slots",
            "batch-size",
            "threads",
            "gpu-layers",
            "prefix-memory",
            "lora",
            "slot-save-path",
            "chat-template",
            "embeddings",
            "pooling",
            "preload");

    /** The path of an adapter, and behind its last {@code =} a number, if that is one. */
    private static final Pattern SCALED_PATH =
            Pattern.compile("(.*?)\\s*=\\s*([+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)");

    /** The parameters that a model can have defaults of. */
    private static final List<String> DEFAULT_PARAMETERS = Arrays.stream(Parameter.values())
            .filter(Parameter::isScalar)
            .map(Parameter::wireName)
            .toList();

    public HyperionConfiguration {
        Objects.requireNonNull(models, "models");
        Objects.requireNonNull(defaultModel, "defaultModel");
        warnings = List.copyOf(warnings);
    }

    /**
     * A configuration of one model.
     *
     * @param model the model, which is the default too
     * @return the configuration
     */
    public static HyperionConfiguration of(ModelSettings model) {
        return new HyperionConfiguration(
                new TreeMap<>(Map.of(model.name(), model)), Optional.of(model.name()), List.of());
    }

    /**
     * Reads a configuration.
     *
     * @param properties keys and values; keys that do not begin with {@code hyperion.} are ignored
     * @return what they say
     */
    public static HyperionConfiguration of(Map<String, String> properties) {
        List<String> warnings = new ArrayList<>();
        SortedMap<String, SortedMap<String, String>> byModel = new TreeMap<>();
        for (Map.Entry<String, String> property : new TreeMap<>(properties).entrySet()) {
            String key = property.getKey();
            Matcher modelKey = MODEL_KEY.matcher(key);
            if (modelKey.matches()) {
                String quoted = modelKey.group(1);
                byModel.computeIfAbsent(quoted == null ? modelKey.group(2) : quoted, name -> new TreeMap<>())
                        .put(modelKey.group(3), property.getValue().strip());
            } else if (key.startsWith(PREFIX) && !GLOBAL_KEYS.contains(key)) {
                warnings.add("Unknown key " + key + nearest(key, GLOBAL_KEYS));
            }
        }
        int queueCapacity = EngineSettings.DEFAULT_QUEUE_CAPACITY;
        String capacity = properties.get(QUEUE_CAPACITY);
        if (capacity != null) {
            try {
                queueCapacity = integer(QUEUE_CAPACITY, capacity.strip(), 0);
            } catch (IllegalArgumentException e) {
                warnings.add(e.getMessage() + "; the default " + queueCapacity + " is used");
            }
        }
        Duration queueTimeout = EngineSettings.DEFAULT_QUEUE_TIMEOUT;
        String timeout = properties.get(QUEUE_TIMEOUT);
        if (timeout != null) {
            try {
                queueTimeout = duration(QUEUE_TIMEOUT, timeout.strip());
            } catch (IllegalArgumentException e) {
                warnings.add(e.getMessage() + "; the default " + queueTimeout + " is used");
            }
        }
        SortedMap<String, ModelSettings> models = new TreeMap<>();
        for (Map.Entry<String, SortedMap<String, String>> model : byModel.entrySet()) {
            models.put(model.getKey(), model(model.getKey(), model.getValue(), queueCapacity, queueTimeout, warnings));
        }
        return new HyperionConfiguration(
                models, defaultModel(properties.get(DEFAULT_MODEL), models, warnings), warnings);
    }

    private static Optional<String> defaultModel(
            String configured, SortedMap<String, ModelSettings> models, List<String> warnings) {
        if (configured != null && !models.containsKey(configured.strip())) {
            warnings.add(DEFAULT_MODEL + " names '" + configured + "', but the models are " + models.keySet());
        } else if (configured != null) {
            return Optional.of(configured.strip());
        }
        if (models.containsKey("default")) {
            return Optional.of("default");
        }
        return models.isEmpty() ? Optional.empty() : Optional.of(models.firstKey());
    }

    private static ModelSettings model(
            String name,
            SortedMap<String, String> values,
            int queueCapacity,
            Duration queueTimeout,
            List<String> warnings) {
        String prefix = ModelSettings.key(name, "");
        for (String key : values.keySet()) {
            boolean known = key.startsWith(DEFAULTS)
                    ? DEFAULT_PARAMETERS.contains(key.substring(DEFAULTS.length()))
                    : MODEL_KEYS.contains(key);
            if (!known) {
                List<String> candidates = new ArrayList<>(MODEL_KEYS);
                DEFAULT_PARAMETERS.forEach(parameter -> candidates.add(DEFAULTS + parameter));
                warnings.add("Unknown key " + prefix + key + nearest(key, candidates));
            }
        }
        try {
            Optional<String> template = Optional.ofNullable(values.get("chat-template"));
            template.ifPresent(new PromptTemplates(SpecialTokens.NONE)::of);
            return new ModelSettings(
                    name,
                    Optional.of(path(prefix, values)),
                    Optional.empty(),
                    new EngineSettings(
                            integer(prefix, values, "context-size", 0, 0),
                            integer(prefix, values, "slots", EngineSettings.DEFAULT_SLOTS, 1),
                            integer(prefix, values, "batch-size", EngineSettings.DEFAULT_BATCH_SIZE, 1),
                            integer(prefix, values, "threads", EngineSettings.defaultThreads(), 1),
                            integer(prefix, values, "gpu-layers", EngineSettings.DEFAULT_GPU_LAYERS, 0),
                            queueCapacity,
                            queueTimeout,
                            prefixMemory(prefix, values),
                            lora(prefix + "lora", values.getOrDefault("lora", ""))),
                    template,
                    defaults(prefix, values),
                    Optional.ofNullable(values.get("embeddings")).map(HyperionConfiguration::parseBoolean),
                    pooling(prefix, values),
                    new LifeSettings(
                            values.containsKey("preload") && parseBoolean(values.get("preload")),
                            List.of(),
                            0,
                            1,
                            Optional.empty()),
                    ModelInfo.Description.NONE,
                    Optional.ofNullable(values.get("slot-save-path"))
                            .filter(path -> !path.isEmpty())
                            .map(path -> path(prefix + "slot-save-path", path)),
                    Optional.empty());
        } catch (IllegalArgumentException | HyperionException e) {
            return new ModelSettings(
                    name,
                    Optional.empty(),
                    Optional.empty(),
                    EngineSettings.defaults(),
                    Optional.empty(),
                    GenerateParameters.none(),
                    Optional.empty(),
                    Optional.empty(),
                    LifeSettings.DEFAULT,
                    ModelInfo.Description.NONE,
                    Optional.empty(),
                    Optional.of(
                            "The configuration of model '" + name + "' (" + prefix + "…) is wrong: " + e.getMessage()));
        }
    }

    private static Optional<Pooling> pooling(String prefix, SortedMap<String, String> values) {
        Optional<String> name = Optional.ofNullable(values.get("pooling"));
        if (name.isPresent() && "false".equals(values.get("embeddings"))) {
            throw new IllegalArgumentException(
                    prefix + "pooling is of models that make vectors, but " + prefix + "embeddings is false");
        }
        try {
            return name.map(Pooling::of);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(prefix + "pooling " + e.getMessage(), e);
        }
    }

    private static Path path(String prefix, SortedMap<String, String> values) {
        String path = values.get("path");
        if (path == null || path.isEmpty()) {
            throw new IllegalArgumentException(prefix + "path is missing");
        }
        return path(prefix + "path", path);
    }

    private static Path path(String key, String path) {
        try {
            return Path.of(path).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(key + " is not a path: " + e.getMessage(), e);
        }
    }

    /** Adapters, separated by commas: a path each, or a path, {@code =} and a scale. */
    private static List<LoraSettings> lora(String key, String value) {
        List<LoraSettings> lora = new ArrayList<>();
        if (value.isEmpty()) {
            return lora;
        }
        for (String adapter : value.split(",", -1)) {
            Matcher scaled = SCALED_PATH.matcher(adapter.strip());
            String path = scaled.matches() ? scaled.group(1) : adapter.strip();
            float scale = scaled.matches() ? Float.parseFloat(scaled.group(2)) : 1;
            if (path.isEmpty()) {
                throw new IllegalArgumentException(key + " has an adapter without a path: '" + value + "'");
            }
            if (!(Math.abs(scale) <= LoraScale.MAX)) {
                throw new IllegalArgumentException(key + " has a scale of " + scale + ", and it must be between "
                        + LoraScale.MIN + " and " + LoraScale.MAX);
            }
            lora.add(new LoraSettings(path(key, path), scale));
        }
        return lora;
    }

    private static GenerateParameters defaults(String prefix, SortedMap<String, String> values) {
        GenerateParameters.Builder defaults = GenerateParameters.builder();
        for (Parameter parameter : Parameter.values()) {
            String value = values.get(DEFAULTS + parameter.wireName());
            if (value != null && parameter.isScalar()) {
                try {
                    switch (parameter.type()) {
                        case NUMBER -> defaults.set(parameter, Double.parseDouble(value));
                        case WHOLE -> defaults.set(parameter, Long.parseLong(value));
                        default -> defaults.set(parameter, parseBoolean(value));
                    }
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException(
                            prefix + DEFAULTS + parameter.wireName() + " must be a "
                                    + (parameter.type() == Parameter.Type.WHOLE ? "whole " : "") + "number, but is '"
                                    + value + "'",
                            e);
                }
            }
        }
        return defaults.build();
    }

    /** In MiB, as memory is mostly told. */
    private static OptionalLong prefixMemory(String prefix, SortedMap<String, String> values) {
        String key = "prefix-memory";
        return values.containsKey(key)
                ? OptionalLong.of((long) integer(prefix + key, values.get(key), 0) << 20)
                : OptionalLong.empty();
    }

    private static int integer(String prefix, SortedMap<String, String> values, String key, int absent, int min) {
        return values.containsKey(key) ? integer(prefix + key, values.get(key), min) : absent;
    }

    private static int integer(String key, String value, int min) {
        try {
            int number = Integer.parseInt(value);
            if (number >= min) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    key + " must be a whole number of at least " + min + ", but is '" + value + "'", e);
        }
        throw new IllegalArgumentException(key + " must be at least " + min + ", but is " + value);
    }

    private static Duration duration(String key, String value) {
        try {
            Duration duration = Duration.parse(value);
            if (!duration.isNegative()) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    key + " must be a duration such as PT30S or PT5M, but is '" + value + "'", e);
        }
        throw new IllegalArgumentException(key + " must not be negative, but is " + value);
    }

    private static boolean parseBoolean(String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("'" + value + "' is neither true nor false");
        };
    }

    private static String nearest(String key, List<String> known) {
        return known.stream()
                .min((a, b) -> Integer.compare(distance(key, a), distance(key, b)))
                .filter(candidate -> distance(key, candidate) <= Math.max(2, candidate.length() / 3))
                .map(candidate -> "; did you mean " + candidate + "?")
                .orElse("");
    }

    /** The Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        Arrays.setAll(previous, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
