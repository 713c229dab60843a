package io.hyperion.war.config;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import io.hyperion.war.config.Security.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads {@code hyperion.security.…}. A wrong value opens nothing: with an unknown mode nobody gets in, and a key with anything wrong about
 * it is not accepted. Values are not logged, since who mistakes the hash for the key writes down the key.
 */
final class SecurityKeys {
    static final String PREFIX = "hyperion.security.";
    static final String MODE = PREFIX + "mode";
    static final String KEYS = PREFIX + "keys.";
    static final String HASH = "hash";
    static final String MODELS = "models";
    static final String ADMIN = "admin";

    private static final System.Logger LOG = System.getLogger(SecurityKeys.class.getName());

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,128}");
    private static final Pattern SHA256 = Pattern.compile("sha256:[0-9a-fA-F]{64}");

    private SecurityKeys() {}

    static Security read(Map<String, String> properties) {
        String mode = properties.getOrDefault(MODE, "").strip();
        List<Key> keys = keys(properties);
        boolean anyKeys = properties.keySet().stream().anyMatch(key -> key.startsWith(KEYS));
        switch (mode) {
            case "" -> {
                if (!anyKeys) {
                    return new Security.Open(false, List.of());
                }
                LOG.log(INFO, "{0} is keys, since there are some", MODE);
                return new Security.Keys(keys);
            }
            case "open" -> {
                return new Security.Open(
                        true, keys.stream().filter(Key::administrator).toList());
            }
            case "token" -> {
                return new Security.Token();
            }
            case "keys" -> {
                if (keys.isEmpty()) {
                    LOG.log(ERROR, "{0} is keys, but there is no valid key {1}<name>.hash: nobody gets in", MODE, KEYS);
                }
                return new Security.Keys(keys);
            }
            default -> {
                LOG.log(ERROR, "{0} must be open, token or keys, but is ''{1}'': nobody gets in", MODE, mode);
                return new Security.Keys(List.of());
            }
        }
    }

    private static List<Key> keys(Map<String, String> properties) {
        Map<String, Map<String, String>> entries = new TreeMap<>();
        properties.forEach((key, value) -> {
            if (key.startsWith(KEYS)) {
                String rest = key.substring(KEYS.length());
                int dot = rest.lastIndexOf('.');
                entries.computeIfAbsent(rest.substring(0, Math.max(0, dot)), name -> new TreeMap<>())
                        .put(rest.substring(dot + 1), value.strip());
            }
        });
        List<Key> keys = new ArrayList<>();
        Set<String> hashes = new HashSet<>();
        entries.forEach((name, fields) -> {
            Optional<String> fault = fault(name, fields);
            if (fault.isEmpty() && !hashes.add(hash(fields))) {
                fault = Optional.of("its hash is that of another key");
            }
            if (fault.isPresent()) {
                LOG.log(ERROR, "The key {0}{1} is not accepted: {2}", KEYS, name, fault.get());
            } else {
                keys.add(new Key(
                        name,
                        hash(fields),
                        models(fields),
                        fields.getOrDefault(ADMIN, "").equals("true")));
            }
        });
        return keys;
    }

    private static Optional<String> fault(String name, Map<String, String> fields) {
        if (!NAME.matcher(name).matches()) {
            return Optional.of("its name must be 1 to 128 letters, digits, '_' and '-'");
        }
        Set<String> unknown = new TreeSet<>(fields.keySet());
        unknown.removeAll(Set.of(HASH, MODELS, ADMIN));
        if (!unknown.isEmpty()) {
            return Optional.of(
                    "it has " + HASH + ", " + MODELS + " and " + ADMIN + ", and no " + String.join(", ", unknown));
        }
        if (!SHA256.matcher(fields.getOrDefault(HASH, "")).matches()) {
            return Optional.of(HASH + " must be sha256: and 64 hexadecimal digits");
        }
        if (!fields.getOrDefault(ADMIN, "false").matches("true|false")) {
            return Optional.of(ADMIN + " must be true or false");
        }
        if (models(fields).filter(Set::isEmpty).isPresent()) {
            return Optional.of(MODELS + " must name models with commas between them, or not be there");
        }
        return Optional.empty();
    }

    private static String hash(Map<String, String> fields) {
        return fields.get(HASH).substring("sha256:".length()).toLowerCase(Locale.ROOT);
    }

    private static Optional<Set<String>> models(Map<String, String> fields) {
        return Optional.ofNullable(fields.get(MODELS)).map(names -> Arrays.stream(names.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toSet()));
    }
}
