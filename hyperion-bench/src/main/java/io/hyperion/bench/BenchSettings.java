package io.hyperion.bench;

import io.hyperion.bench.load.Protocol;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * What the {@code hyperion.bench.…} properties say; docs/benchmarks.md has them. An empty value is an absent one.
 *
 * @param properties the properties
 */
record BenchSettings(Map<String, String> properties) {
    private static final String PREFIX = "hyperion.bench.";

    static BenchSettings of(Properties properties) {
        Map<String, String> own = new LinkedHashMap<>();
        properties.stringPropertyNames().stream()
                .filter(name ->
                        name.startsWith(PREFIX) && !properties.getProperty(name).isBlank())
                .forEach(name -> own.put(
                        name.substring(PREFIX.length()),
                        properties.getProperty(name).strip()));
        return new BenchSettings(Map.copyOf(own));
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(properties.get(name));
    }

    List<String> list(String name) {
        return text(name).stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    int whole(String name, int otherwise, int min) {
        int value;
        try {
            value = text(name).map(Integer::parseInt).orElse(otherwise);
        } catch (NumberFormatException e) {
            throw wrong(name, "must be a whole number");
        }
        if (value < min) {
            throw wrong(name, "must be at least " + min);
        }
        return value;
    }

    Duration duration(String name, Duration otherwise) {
        try {
            return text(name).map(Duration::parse).orElse(otherwise);
        } catch (DateTimeParseException e) {
            throw wrong(name, "must be a duration such as PT30M");
        }
    }

    long seed() {
        // Another one each time, or a server that still runs takes the prompts from its cache.
        return text("seed").map(Long::parseLong).orElseGet(System::currentTimeMillis);
    }

    Path model() {
        return Path.of(text("model").orElseThrow(() -> wrong("model", "is missing")));
    }

    boolean flag(String name, boolean otherwise) {
        return switch (text(name).orElse(Boolean.toString(otherwise))) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(name, "must be true or false");
        };
    }

    Protocol protocol() {
        String name = text("protocol").orElse("completion");
        return Arrays.stream(Protocol.values())
                .filter(protocol -> protocol.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> wrong("protocol", "must be completion or openai"));
    }

    /** {@return the addresses of the servers by their names} */
    Map<String, URI> servers() {
        Map<String, URI> servers = new LinkedHashMap<>();
        pairs("servers").forEach((name, url) -> servers.put(name, URI.create(url.replaceFirst("/+$", ""))));
        return servers;
    }

    /** {@return a list of {@code name=value} in its order} */
    Map<String, String> pairs(String name) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String part : list(name)) {
            String[] keyAndValue = part.split("=", 2);
            if (keyAndValue.length < 2) {
                throw wrong(name, "must be a list of name=value");
            }
            pairs.put(keyAndValue[0].strip(), keyAndValue[1].strip());
        }
        return pairs;
    }

    IllegalArgumentException wrong(String name, String fault) {
        return new IllegalArgumentException(PREFIX + name + " " + fault
                + text(name).map(value -> ", but is '" + value + "'").orElse(""));
    }
}
