package io.hyperion.core.model;

import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelInfo;
import io.hyperion.core.download.DownloadSettings;
import io.hyperion.core.download.HttpSettings;
import io.hyperion.core.download.ModelSource;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the {@code hyperion.…} keys. Used once. */
final class ConfigurationReader {
    private static final String PREFIX = "hyperion.";
    /** A name of a model stands in the key as it is, or in double quotes if it has other characters, such as dots. */
    private static final Pattern MODEL_KEY =
            Pattern.compile("hyperion\\.models\\.(?:\"([A-Za-z0-9_.:-]{1,128})\"|([A-Za-z0-9_-]{1,128}))\\.(.+)");

    /** The limit of one device stands behind it. */
    private static final Pattern DEVICE_KEY = Pattern.compile("memory\\.limit\\.[A-Za-z0-9_.:-]{1,64}");

    private static final String DEFAULT_MODEL = "default-model";
    private static final String MEMORY_LIMIT = "memory.limit";
    private static final String MODELS_DIRECTORY = HyperionConfiguration.MODELS_DIRECTORY.substring(PREFIX.length());
    private static final String QUEUE_CAPACITY = "queue.capacity";
    private static final String QUEUE_TIMEOUT = "queue.timeout";
    private static final String HUB_URL = "huggingface.url";
    private static final String HUB_TOKEN = "huggingface.token";
    private static final String CONNECT_TIMEOUT = "download.connect-timeout";
    private static final String READ_TIMEOUT = "download.read-timeout";
    private static final String RETRIES = "download.retries";
    private static final String RESERVE = "download.reserve";
    private static final String AT_ONCE = "download.at-once";
    private static final List<String> GLOBAL_KEYS = List.of(
            DEFAULT_MODEL,
            MODELS_DIRECTORY,
            MEMORY_LIMIT,
            QUEUE_CAPACITY,
            QUEUE_TIMEOUT,
            HUB_URL,
            HUB_TOKEN,
            CONNECT_TIMEOUT,
            READ_TIMEOUT,
            RETRIES,
            RESERVE,
            AT_ONCE);

    private static final Duration MAX_QUEUE_TIMEOUT = Duration.ofDays(365);
    private static final Duration MAX_NETWORK_TIMEOUT = Duration.ofHours(1);

    private final List<String> warnings = new ArrayList<>();
    private final SortedMap<String, SortedMap<String, String>> byModel = new TreeMap<>();
    private final SortedMap<String, String> global = new TreeMap<>();
    private final KeyReader reader = new KeyReader(PREFIX, global);

    ConfigurationReader(Map<String, String> properties) {
        new TreeMap<>(properties).forEach(this::sort);
    }

    private void sort(String key, String value) {
        Matcher modelKey = MODEL_KEY.matcher(key);
        if (modelKey.matches()) {
            String quoted = modelKey.group(1);
            byModel.computeIfAbsent(quoted == null ? modelKey.group(2) : quoted, name -> new TreeMap<>())
                    .put(modelKey.group(3), value.strip());
        } else if (key.startsWith(PREFIX)) {
            String rest = key.substring(PREFIX.length());
            if (GLOBAL_KEYS.contains(rest) || DEVICE_KEY.matcher(rest).matches()) {
                global.put(rest, value);
            } else {
                warnings.add("Unknown key " + key
                        + NearestKey.hint(
                                key, GLOBAL_KEYS.stream().map(PREFIX::concat).toList()));
            }
        }
    }

    HyperionConfiguration read() {
        QueueSettings queue = new QueueSettings(
                or(QueueSettings.DEFAULT.capacity(), absent -> reader.integer(QUEUE_CAPACITY, absent, 0)),
                or(QueueSettings.DEFAULT.timeout(), this::queueTimeout));
        Optional<Path> directory = or(Optional.<Path>empty(), absent -> reader.path(MODELS_DIRECTORY));
        SortedMap<String, ModelSettings> models = new TreeMap<>();
        byModel.forEach((name, values) -> models.put(name, model(name, values, queue, directory.isPresent())));
        withoutSharedAliases(models);
        return new HyperionConfiguration(
                models, defaultModel(models, directory.isPresent()), queue, directory, memory(), download(), warnings);
    }

    private <T> T or(T absent, Function<T, T> read) {
        try {
            return read.apply(absent);
        } catch (IllegalArgumentException e) {
            warnings.add(e.getMessage() + "; the default is used"
                    + (absent instanceof Optional<?> ? "" : ", which is " + absent));
            return absent;
        }
    }

    private ModelSettings model(
            String name, SortedMap<String, String> values, QueueSettings queue, boolean hasDirectory) {
        String prefix = ModelSettings.key(name, "");
        warnings.addAll(ModelKeys.unknown(prefix, values.keySet()));
        try {
            ModelSettings settings =
                    new ModelKeys(new KeyReader(prefix, values)).read(name, ModelInfo.Origin.CONFIGURATION, queue);
            if (!hasDirectory
                    && settings.source()
                            .filter(source -> !(source.source() instanceof ModelSource.Local))
                            .isPresent()) {
                throw new IllegalArgumentException(prefix + "source has to be downloaded, but there is no directory for"
                        + " that: set " + HyperionConfiguration.MODELS_DIRECTORY);
            }
            return settings;
        } catch (IllegalArgumentException | HyperionException e) {
            return ModelSettings.failed(
                    name,
                    ModelInfo.Origin.CONFIGURATION,
                    "The configuration of model '" + name + "' (" + prefix + "…) is wrong: " + e.getMessage());
        }
    }

    /** Of two models with the same alias the first has it, and a model's own name is nobody's alias. */
    private void withoutSharedAliases(SortedMap<String, ModelSettings> models) {
        Aliases aliases = new Aliases(models.keySet());
        models.replaceAll((name, settings) -> aliases.without(
                settings,
                alias -> warnings.add(ModelSettings.key(name, "aliases") + " has '" + alias
                        + "', which another model is called already")));
    }

    private Optional<String> defaultModel(SortedMap<String, ModelSettings> models, boolean hasDirectory) {
        Optional<String> said = reader.text(DEFAULT_MODEL);
        if (said.isPresent()
                && (hasDirectory || models.values().stream().anyMatch(model -> isCalled(model, said.get())))) {
            return said;
        }
        said.ifPresent(name ->
                warnings.add(PREFIX + DEFAULT_MODEL + " names '" + name + "', but the models are " + models.keySet()));
        return HyperionConfiguration.defaultOf(new TreeSet<>(models.keySet()));
    }

    private static boolean isCalled(ModelSettings model, String name) {
        return model.name().equals(name) || model.description().aliases().contains(name);
    }

    private MemorySettings memory() {
        Map<String, MemoryLimit> byDevice = new TreeMap<>();
        Optional<MemoryLimit> limit = limit(MEMORY_LIMIT);
        for (String key : global.keySet()) {
            if (DEVICE_KEY.matcher(key).matches()) {
                limit(key).ifPresent(own -> byDevice.put(key.substring(MEMORY_LIMIT.length() + 1), own));
            }
        }
        return or(new MemorySettings(limit, Map.of()), absent -> new MemorySettings(limit, byDevice));
    }

    private Optional<MemoryLimit> limit(String key) {
        return or(Optional.<MemoryLimit>empty(), absent -> {
            try {
                return reader.text(key).map(MemoryLimit::parse);
            } catch (IllegalArgumentException e) {
                throw reader.wrong(key, e.getMessage(), e);
            }
        });
    }

    private DownloadSettings download() {
        DownloadSettings defaults = DownloadSettings.DEFAULT;
        return new DownloadSettings(
                http(),
                or(defaults.retries(), absent -> reader.integer(RETRIES, absent, 0, DownloadSettings.MAX_COUNT)),
                defaults.firstPause(),
                defaults.longestPause(),
                // In MiB, as other amounts are.
                or(defaults.reserve(), absent -> (long) reader.integer(RESERVE, (int) (absent >> 20), 0) << 20),
                or(defaults.atOnce(), absent -> reader.integer(AT_ONCE, absent, 1, DownloadSettings.MAX_COUNT)));
    }

    private HttpSettings http() {
        HttpSettings defaults = HttpSettings.DEFAULT;
        return new HttpSettings(
                or(defaults.hub(), absent -> reader.text(HUB_URL).map(this::hub).orElse(absent)),
                reader.text(HUB_TOKEN),
                or(defaults.connectTimeout(), absent -> timeout(CONNECT_TIMEOUT, absent)),
                or(defaults.readTimeout(), absent -> timeout(READ_TIMEOUT, absent)));
    }

    private URI hub(String text) {
        try {
            URI uri = new URI(text.replaceFirst("/+$", ""));
            boolean web = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
            if (web
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw reader.wrong(HUB_URL, "is no address: " + e.getMessage(), e);
        }
        throw reader.wrong(HUB_URL, "must be an address such as https://huggingface.co");
    }

    private Duration queueTimeout(Duration absent) {
        Duration timeout = reader.duration(QUEUE_TIMEOUT).orElse(absent);
        if (timeout.compareTo(MAX_QUEUE_TIMEOUT) > 0) {
            throw reader.wrong(QUEUE_TIMEOUT, "must be at most 365 days, but is " + timeout);
        }
        return timeout;
    }

    private Duration timeout(String key, Duration absent) {
        Duration timeout = reader.duration(key).orElse(absent);
        if (timeout.isZero() || timeout.compareTo(MAX_NETWORK_TIMEOUT) > 0) {
            throw reader.wrong(key, "must be more than PT0S and at most " + MAX_NETWORK_TIMEOUT);
        }
        return timeout;
    }
}
