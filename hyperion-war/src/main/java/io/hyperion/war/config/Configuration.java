package io.hyperion.war.config;

import static java.lang.System.Logger.Level.WARNING;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Every {@code hyperion.} property that is set anywhere in MicroProfile Config. A wrong value of a key that the wire reads itself is
 * reported by the key's name, and the default is used: a typing error does not keep the models from serving.
 */
public final class Configuration {
    private static final System.Logger LOG = System.getLogger(Configuration.class.getName());
    private static final String ALLOWED_ORIGINS = "hyperion.http.allowed-origins";
    private static final String BODY_LIMIT = "hyperion.http.body-limit";
    private static final String DEFAULT_MODEL = "hyperion.default-model";
    private static final String LLAMA_PROPS = "hyperion.llamacpp.props";
    private static final String MAX_REQUESTS = "hyperion.ws.max-requests";
    private static final String OPERATOR = "hyperion.neuroengine.operator";
    private static final String POOLS = "hyperion.pools";
    private static final String SEND_TIMEOUT = "hyperion.ws.send-timeout";

    /** Groups of keys that are the wire's own, and all keys in them; the port is one of the launcher's, which starts the server. */
    private static final List<String> GROUPS = List.of(
            "hyperion.http.", "hyperion.llamacpp.", "hyperion.neuroengine.", SecurityKeys.PREFIX, "hyperion.ws.");

    private static final List<String> KEYS = List.of(
            ALLOWED_ORIGINS,
            BODY_LIMIT,
            "hyperion.http.port",
            LLAMA_PROPS,
            OPERATOR,
            POOLS,
            SecurityKeys.MODE,
            MAX_REQUESTS,
            SEND_TIMEOUT);

    /** A scheme, a host and perhaps a port, as browsers send them: no path, and no slash at the end. */
    private static final Pattern ORIGIN = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://[^/\\s,]+");

    private final Map<String, String> properties;
    private final Settings settings;
    private final Security security;

    private Configuration(Map<String, String> properties) {
        this.properties = properties;
        unknownKeys().forEach(key -> LOG.log(WARNING, "Unknown key {0}; known are {1}", key, KEYS));
        this.settings = new Settings(
                whole(BODY_LIMIT, Settings.DEFAULT_BODY_LIMIT, Settings.MIN_BODY_LIMIT, Settings.MAX_BODY_LIMIT),
                whole(MAX_REQUESTS, Settings.DEFAULT_REQUESTS, 1, Settings.MAX_REQUESTS),
                duration(
                        SEND_TIMEOUT,
                        Settings.DEFAULT_SEND_TIMEOUT,
                        Settings.MIN_SEND_TIMEOUT,
                        Settings.MAX_SEND_TIMEOUT),
                origins(),
                properties.getOrDefault(OPERATOR, Settings.DEFAULT_OPERATOR),
                truth(LLAMA_PROPS));
        this.security = SecurityKeys.read(properties);
    }

    /**
     * @param names the names of all properties, as a configuration source lists them: those of environment variables in capitals
     * @param lookup the value of a property by one of these names
     * @return the configuration
     */
    public static Configuration of(Iterable<String> names, Function<String, Optional<String>> lookup) {
        Map<String, String> properties = new TreeMap<>();
        for (String name : names) {
            if (name.startsWith("hyperion.")) {
                value(name, name, lookup).ifPresent(value -> properties.put(name, value));
            }
        }
        // After the dotted names: these tell which model a variable such as HYPERION_MODELS_MY_MODEL_PATH means. One
        // whose dotted name is there has been looked up under it, by MicroProfile Config's own mapping and order.
        Map<String, String> variables = new TreeMap<>();
        for (String name : names) {
            EnvironmentNames.toKey(name, properties.keySet())
                    .filter(key -> !properties.containsKey(key))
                    .ifPresent(key -> value(key, name, lookup).ifPresent(value -> variables.put(key, value)));
        }
        properties.putAll(variables);
        return new Configuration(properties);
    }

    /** MicroProfile Config takes an empty value for none; but who may use no model must not get all. */
    private static Optional<String> value(String key, String name, Function<String, Optional<String>> lookup) {
        Optional<String> value = lookup.apply(name);
        return value.isEmpty() && key.startsWith(SecurityKeys.KEYS) ? Optional.of("") : value;
    }

    /** {@return the engine's properties by their dotted names: all but the wire's own, and a default model that can only be a pool's} */
    public Map<String, String> engineProperties() {
        return properties.entrySet().stream()
                .filter(property -> !isOwn(property.getKey()))
                .filter(property -> !property.getKey().equals(DEFAULT_MODEL) || isDefaultConfigured())
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** {@return the JNDI names of pools, with commas between them; empty for those that are found by their own names} */
    public Optional<String> pools() {
        return Optional.ofNullable(properties.get(POOLS));
    }

    /** {@return the model of requests that name none, be it configured or a pool's; empty if that is not said} */
    public Optional<String> defaultModel() {
        return Optional.ofNullable(properties.get(DEFAULT_MODEL))
                .map(String::strip)
                .filter(name -> !name.isEmpty());
    }

    /** {@return whether the default model is one of those that are configured} */
    public boolean isDefaultConfigured() {
        return defaultModel()
                .filter(name -> properties.keySet().stream()
                        .anyMatch(key -> key.startsWith("hyperion.models." + name + ".")
                                || key.startsWith("hyperion.models.\"" + name + "\".")))
                .isPresent();
    }

    /** {@return all properties by their dotted names} */
    Map<String, String> properties() {
        return Map.copyOf(properties);
    }

    /** {@return the wire's own settings} */
    public Settings settings() {
        return settings;
    }

    /** {@return who may use the wire} */
    public Security security() {
        return security;
    }

    /** {@return keys that look like the wire's own and are not; those of others are reported where they are read} */
    List<String> unknownKeys() {
        return properties.keySet().stream()
                .filter(key -> isOwn(key) && !KEYS.contains(key) && !key.startsWith(SecurityKeys.KEYS))
                .toList();
    }

    private static boolean isOwn(String key) {
        return key.equals(POOLS) || GROUPS.stream().anyMatch(key::startsWith);
    }

    private List<String> origins() {
        List<String> origins = new ArrayList<>();
        for (String entry : properties.getOrDefault(ALLOWED_ORIGINS, "").split(",")) {
            String origin = entry.strip();
            if (origin.equals("*") || ORIGIN.matcher(origin).matches()) {
                origins.add(origin.toLowerCase(Locale.ROOT));
            } else if (!origin.isEmpty()) {
                LOG.log(
                        WARNING,
                        "{0} must hold * or origins such as https://chat.example.com, but holds ''{1}''",
                        ALLOWED_ORIGINS,
                        origin);
            }
        }
        return origins;
    }

    private boolean truth(String key) {
        String value = properties.getOrDefault(key, "").strip();
        if (value.equalsIgnoreCase("true")) {
            return true;
        }
        if (!value.isEmpty() && !value.equalsIgnoreCase("false")) {
            LOG.log(WARNING, "{0} must be true or false, but is ''{1}''; using false", key, value);
        }
        return false;
    }

    private int whole(String key, int fallback, int min, int max) {
        String value = properties.get(key);
        if (value == null || value.isBlank()) {
            return fallback;
        }
        try {
            int number = Integer.parseInt(value.strip());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            LOG.log(System.Logger.Level.DEBUG, "{0} is not a number", key);
        }
        LOG.log(
                WARNING,
                "{0} must be a whole number from {1} to {2}, but is ''{3}''; using {4}",
                key,
                Integer.toString(min),
                Integer.toString(max),
                value,
                Integer.toString(fallback));
        return fallback;
    }

    private Duration duration(String key, Duration fallback, Duration min, Duration max) {
        String value = properties.get(key);
        if (value == null || value.isBlank()) {
            return fallback;
        }
        String text = value.strip();
        try {
            Duration duration = text.chars().allMatch(Character::isDigit)
                    ? Duration.parse("PT" + text + "S")
                    : Duration.parse(text);
            if (duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0) {
                return duration;
            }
        } catch (DateTimeParseException notADuration) {
            LOG.log(System.Logger.Level.DEBUG, "{0} is not a duration", key);
        }
        LOG.log(
                WARNING,
                "{0} must be a number of seconds or an ISO-8601 duration from {1} to {2}, but is ''{3}''; using {4}",
                key,
                min,
                max,
                value,
                fallback);
        return fallback;
    }
}
