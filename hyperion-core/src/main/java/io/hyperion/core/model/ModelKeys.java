package io.hyperion.core.model;

import io.hyperion.api.Excerpts;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.LoraScale;
import io.hyperion.api.Message;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.Parameter;
import io.hyperion.core.download.ModelSource;
import io.hyperion.core.engine.EngineSettings;
import io.hyperion.core.engine.LoraSettings;
import io.hyperion.core.llama.LlamaContext;
import io.hyperion.core.llama.Pooling;
import io.hyperion.core.prompt.MessageList;
import io.hyperion.core.prompt.PromptTemplates;
import io.hyperion.core.prompt.SpecialTokens;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the keys of one model say, wherever they stand.
 *
 * @param reader the keys and their values
 */
record ModelKeys(KeyReader reader) {
    /** Those that only an administrator of the machine may set: they name files of it. */
    static final List<String> OF_THE_MACHINE = List.of("path", "lora", "slot-save-path");

    /** A name of a model. */
    static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:-]{1,128}");

    /** The name of a parameter stands behind it. */
    static final String DEFAULTS = "defaults.";

    private static final List<String> KEYS = Stream.concat(
                    OF_THE_MACHINE.stream(),
                    Stream.of(
                            "source",
                            "sha256",
                            "context-size",
                            "slots",
                            "batch-size",
                            "threads",
                            "gpu-layers",
                            "prefix-memory",
                            "chat-template",
                            "embeddings",
                            "pooling",
                            "preload",
                            "preload.messages",
                            "min-instances",
                            "max-instances",
                            "idle-timeout",
                            "ttl",
                            "description",
                            "tags",
                            "aliases",
                            "operator"))
            .toList();

    /** The parameters that a model can have defaults of. */
    private static final List<String> DEFAULT_PARAMETERS = Arrays.stream(Parameter.values())
            .filter(Parameter::isScalar)
            .map(Parameter::wireName)
            .toList();

    /** The path of an adapter, and behind its last {@code =} a number, if that is one. */
    private static final Pattern SCALED_PATH =
            Pattern.compile("(.*?)\\s*=\\s*([+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)");

    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");
    private static final int MAX_DESCRIPTION = 2000;
    private static final int MAX_WORD = 128;
    private static final Duration MAX_IDLE_TIMEOUT = Duration.ofDays(365);

    /** {@return messages about those keys that no model has} */
    static List<String> unknown(String prefix, Collection<String> keys) {
        List<String> known = new ArrayList<>(KEYS);
        DEFAULT_PARAMETERS.forEach(parameter -> known.add(DEFAULTS + parameter));
        return keys.stream()
                .filter(key -> !known.contains(key))
                .map(key -> "Unknown key " + prefix + Excerpts.of(key) + NearestKey.hint(key, known))
                .toList();
    }

    /**
     * @param name the model's name
     * @param origin who has declared it; what the administrator's own configuration does not say is not trusted
     * @param queue how requests wait
     * @return its settings
     * @throws IllegalArgumentException if a value is wrong, with its key
     * @throws io.hyperion.api.InvalidRequestException if a default parameter or the template is wrong
     */
    ModelSettings read(String name, ModelInfo.Origin origin, QueueSettings queue) {
        Optional<String> template = Optional.ofNullable(reader.values().get("chat-template"));
        template.ifPresent(new PromptTemplates(SpecialTokens.NONE)::of);
        Optional<Path> path = reader.path("path");
        Optional<SourceSettings> source = source(origin == ModelInfo.Origin.CONFIGURATION);
        if (path.isPresent() && source.isPresent()) {
            throw reader.wrong("source", "says where the file comes from, and so does " + reader.prefix() + "path");
        }
        if (path.isEmpty() && source.isEmpty()) {
            throw origin == ModelInfo.Origin.CONFIGURATION
                    ? reader.wrong("path", "is missing, and so is " + reader.prefix() + "source")
                    : reader.wrong("source", "is missing");
        }
        return new ModelSettings(
                name,
                path,
                source,
                engine(queue),
                template,
                defaults(),
                reader.truth("embeddings"),
                pooling(),
                life(),
                description(name, origin, source),
                reader.path("slot-save-path"),
                Optional.empty());
    }

    private Optional<SourceSettings> source(boolean trusted) {
        Optional<String> sha256 = reader.text("sha256");
        if (sha256.isPresent() && !SHA256.matcher(sha256.get()).matches()) {
            throw reader.wrong("sha256", "must be 64 hexadecimal digits");
        }
        Optional<String> text = reader.text("source");
        if (text.isEmpty() && sha256.isPresent()) {
            throw reader.wrong(
                    "sha256", "is of a file that is downloaded, but " + reader.prefix() + "source is missing");
        }
        Optional<ModelSource> source;
        try {
            source = text.map(ModelSource::parse);
        } catch (IllegalArgumentException e) {
            throw reader.wrong("source", e.getMessage(), e);
        }
        if (sha256.isPresent() && source.orElseThrow() instanceof ModelSource.Local) {
            throw reader.wrong(
                    "sha256", "is of a file that is downloaded, but " + reader.prefix() + "source is on this machine");
        }
        return source.map(
                from -> new SourceSettings(from, sha256.map(digits -> digits.toLowerCase(Locale.ROOT)), trusted));
    }

    private EngineSettings engine(QueueSettings queue) {
        return new EngineSettings(
                reader.integer("context-size", 0, 0, LlamaContext.MAX_CELLS),
                reader.integer("slots", EngineSettings.DEFAULT_SLOTS, 1, LlamaContext.MAX_SEQUENCES),
                reader.integer("batch-size", EngineSettings.DEFAULT_BATCH_SIZE, 1, LlamaContext.MAX_BATCH_SIZE),
                reader.integer("threads", EngineSettings.defaultThreads(), 1, LlamaContext.MAX_THREADS),
                reader.integer("gpu-layers", EngineSettings.DEFAULT_GPU_LAYERS, 0),
                queue.capacity(),
                queue.timeout(),
                prefixMemory(),
                lora());
    }

    /** In MiB, as memory is mostly told. */
    private OptionalLong prefixMemory() {
        int mebibytes = reader.integer("prefix-memory", -1, 0);
        return mebibytes < 0 ? OptionalLong.empty() : OptionalLong.of((long) mebibytes << 20);
    }

    /** Adapters, separated by commas: a path each, or a path, {@code =} and a scale. */
    private List<LoraSettings> lora() {
        List<LoraSettings> lora = new ArrayList<>();
        Optional<String> value = reader.text("lora");
        if (value.isEmpty()) {
            return lora;
        }
        for (String adapter : value.get().split(",", -1)) {
            Matcher scaled = SCALED_PATH.matcher(adapter.strip());
            String path = scaled.matches() ? scaled.group(1) : adapter.strip();
            float scale = scaled.matches() ? Float.parseFloat(scaled.group(2)) : 1;
            if (path.isEmpty()) {
                throw reader.wrong("lora", "has an adapter without a path: '" + value.get() + "'");
            }
            if (!(Math.abs(scale) <= LoraScale.MAX)) {
                throw reader.wrong(
                        "lora",
                        "has a scale of " + scale + ", and it must be between " + LoraScale.MIN + " and "
                                + LoraScale.MAX);
            }
            lora.add(new LoraSettings(reader.toPath("lora", path), scale));
        }
        return lora;
    }

    private GenerateParameters defaults() {
        GenerateParameters.Builder defaults = GenerateParameters.builder();
        for (Parameter parameter : Parameter.values()) {
            String key = DEFAULTS + parameter.wireName();
            Optional<String> value =
                    Optional.ofNullable(reader.values().get(key)).map(String::strip);
            if (value.isPresent() && parameter.isScalar()) {
                try {
                    switch (parameter.type()) {
                        case NUMBER -> defaults.set(parameter, Double.parseDouble(value.get()));
                        case WHOLE -> defaults.set(parameter, Long.parseLong(value.get()));
                        default -> defaults.set(parameter, reader.truth(key).orElseThrow());
                    }
                } catch (NumberFormatException e) {
                    throw reader.wrong(
                            key,
                            "must be a " + (parameter.type() == Parameter.Type.WHOLE ? "whole " : "")
                                    + "number, but is '" + Excerpts.of(value.get()) + "'",
                            e);
                }
            }
        }
        return defaults.build();
    }

    private Optional<Pooling> pooling() {
        Optional<String> name = reader.text("pooling");
        if (name.isPresent()
                && reader.truth("embeddings").filter(truth -> !truth).isPresent()) {
            throw reader.wrong(
                    "pooling", "is of models that make vectors, but " + reader.prefix() + "embeddings is false");
        }
        try {
            return name.map(Pooling::of);
        } catch (IllegalArgumentException e) {
            throw reader.wrong("pooling", e.getMessage(), e);
        }
    }

    private LifeSettings life() {
        List<Message> messages = List.of();
        try {
            messages = reader.text("preload.messages").map(MessageList::of).orElse(messages);
        } catch (IllegalArgumentException e) {
            throw reader.wrong("preload.messages", e.getMessage(), e);
        }
        int minInstances = reader.integer("min-instances", 0, 0, LifeSettings.MAX_INSTANCES);
        int maxInstances = reader.integer("max-instances", Math.max(1, minInstances), 1, LifeSettings.MAX_INSTANCES);
        if (minInstances > maxInstances) {
            throw reader.wrong("min-instances", "is " + minInstances + ", but max-instances is " + maxInstances);
        }
        return new LifeSettings(
                // Whoever says what is to be evaluated at the start wants that.
                reader.truth("preload").orElse(!messages.isEmpty()),
                messages,
                minInstances,
                maxInstances,
                idleTimeout());
    }

    private Optional<Duration> idleTimeout() {
        Optional<Duration> timeout = reader.duration("idle-timeout");
        int seconds = reader.integer("ttl", -1, 0);
        if (seconds >= 0 && timeout.isPresent()) {
            throw reader.wrong("ttl", "and " + reader.prefix() + "idle-timeout are the same thing: leave one away");
        }
        if (timeout.filter(one -> one.compareTo(MAX_IDLE_TIMEOUT) > 0).isPresent()) {
            throw reader.wrong("idle-timeout", "must be at most 365 days, but is " + timeout.get());
        }
        return seconds >= 0 ? Optional.of(Duration.ofSeconds(seconds)) : timeout;
    }

    private ModelInfo.Description description(String name, ModelInfo.Origin origin, Optional<SourceSettings> source) {
        List<String> aliases = reader.words("aliases", MAX_WORD).stream()
                .filter(alias -> !alias.equals(name))
                .toList();
        for (String alias : aliases) {
            if (!NAME.matcher(alias).matches()) {
                throw reader.wrong("aliases", "must be names of letters, digits, '.', ':', '_' and '-'");
            }
        }
        return new ModelInfo.Description(
                reader.text("description", MAX_DESCRIPTION),
                reader.words("tags", MAX_WORD),
                aliases,
                reader.text("operator", MAX_WORD),
                source.map(SourceSettings::source).flatMap(ModelKeys::withoutSecrets),
                origin);
    }

    /** What stands behind a question mark often lets somebody in; where this machine has its files is nobody's matter. */
    private static Optional<String> withoutSecrets(ModelSource source) {
        if (source instanceof ModelSource.Local) {
            return Optional.empty();
        }
        if (source instanceof ModelSource.Web web && web.uri().getRawQuery() != null) {
            String address = web.uri().toString();
            return Optional.of(address.substring(0, address.indexOf('?')) + "?…");
        }
        return Optional.of(source.toString());
    }
}
