package io.hyperion.war.config;

import io.hyperion.api.Parameter;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the dotted name that an environment variable stands for. MicroProfile Config goes only the other way, from a dotted name to a
 * variable, which does not find a model that nothing but variables configure.
 */
final class EnvironmentNames {
    private static final String VARIABLE_PREFIX = "HYPERION_";
    private static final String MODELS_VARIABLE = "HYPERION_MODELS_";
    private static final String KEYS_VARIABLE = "HYPERION_SECURITY_KEYS_";
    private static final String DEVICES_VARIABLE = "HYPERION_MEMORY_LIMIT_";
    private static final String DEVICES_KEY = "hyperion.memory.limit.";
    private static final String MODELS_KEY = "hyperion.models.";

    /** What can stand behind a model's name; its own defaults, which have a further part, come after {@code defaults.}. */
    private static final List<String> MODEL_KEYS = Stream.concat(
                    Stream.of(
                            "path",
                            "source",
                            "sha256",
                            "context-size",
                            "slots",
                            "batch-size",
                            "threads",
                            "gpu-layers",
                            "prefix-memory",
                            "main-gpu",
                            "tensor-split",
                            "flash-attention",
                            "cache-type",
                            "chat-template",
                            "embeddings",
                            "pooling",
                            "lora",
                            "slot-save-path",
                            "min-instances",
                            "max-instances",
                            "idle-timeout",
                            "ttl",
                            "preload",
                            "preload.messages",
                            "description",
                            "tags",
                            "aliases",
                            "operator"),
                    Arrays.stream(Parameter.values()).map(parameter -> "defaults." + parameter.wireName()))
            .toList();

    private static final Set<String> PLAIN_KEYS = Set.of(
            "hyperion.default-model",
            "hyperion.models-dir",
            "hyperion.memory.limit",
            "hyperion.huggingface.url",
            "hyperion.huggingface.token",
            "hyperion.download.connect-timeout",
            "hyperion.download.read-timeout",
            "hyperion.download.retries",
            "hyperion.download.reserve",
            "hyperion.download.at-once",
            "hyperion.llama.library",
            "hyperion.pools",
            "hyperion.queue.capacity",
            "hyperion.queue.timeout",
            "hyperion.http.allowed-origins",
            "hyperion.http.body-limit",
            "hyperion.neuroengine.operator",
            "hyperion.llamacpp.props",
            SecurityKeys.MODE,
            "hyperion.ws.max-requests",
            "hyperion.ws.send-timeout");

    private EnvironmentNames() {}

    /**
     * @param variable a name that may be that of an environment variable
     * @param keys the dotted names that are set elsewhere: a model named there keeps its name; another one's is in lower case, with
     *     hyphens for underscores
     * @return the dotted name; empty if the variable stands for none
     */
    static Optional<String> toKey(String variable, Collection<String> keys) {
        if (!variable.startsWith(VARIABLE_PREFIX)) {
            return Optional.empty();
        }
        Optional<String> plain = PLAIN_KEYS.stream()
                .filter(key -> toVariable(key).equals(variable))
                .findFirst();
        if (plain.isPresent()) {
            return plain;
        }
        if (variable.startsWith(DEVICES_VARIABLE) && variable.length() > DEVICES_VARIABLE.length()) {
            // The case of a device's name does not matter to the engine.
            return Optional.of(DEVICES_KEY + variable.substring(DEVICES_VARIABLE.length()));
        }
        return variable.startsWith(KEYS_VARIABLE)
                ? toAccessKey(variable, keys)
                : Optional.of(variable)
                        .filter(name -> name.startsWith(MODELS_VARIABLE))
                        .flatMap(name -> toModelKey(name, keys));
    }

    /** Any field, known or not: what is wrong with an access key is told where it is read. */
    private static Optional<String> toAccessKey(String variable, Collection<String> keys) {
        String rest = variable.substring(KEYS_VARIABLE.length());
        int end = rest.lastIndexOf('_');
        if (end < 1) {
            return Optional.empty();
        }
        String name = rest.substring(0, end);
        return Optional.of(SecurityKeys.KEYS
                + keys.stream()
                        .filter(key ->
                                key.startsWith(SecurityKeys.KEYS) && key.lastIndexOf('.') > SecurityKeys.KEYS.length())
                        .map(key -> key.substring(SecurityKeys.KEYS.length(), key.lastIndexOf('.')))
                        .filter(known -> toVariable(known).equals(name))
                        .findFirst()
                        .orElseGet(() -> name.toLowerCase(Locale.ROOT).replace('_', '-'))
                + "." + rest.substring(end + 1).toLowerCase(Locale.ROOT));
    }

    private static Optional<String> toModelKey(String variable, Collection<String> keys) {
        String rest = variable.substring(MODELS_VARIABLE.length());
        // The longest ending wins: CONTEXT_SIZE is not the SIZE of a model named x-context.
        return MODEL_KEYS.stream()
                .filter(key -> rest.endsWith("_" + toVariable(key)) && rest.length() > key.length() + 1)
                .max((a, b) -> Integer.compare(a.length(), b.length()))
                .map(key -> {
                    String name = rest.substring(0, rest.length() - key.length() - 1);
                    return MODELS_KEY + toModelName(name, keys) + "." + key;
                });
    }

    private static String toModelName(String name, Collection<String> keys) {
        return modelNames(keys)
                .filter(known -> toVariable(known).equals(name))
                .findFirst()
                .orElseGet(() -> name.toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    private static Stream<String> modelNames(Collection<String> keys) {
        return keys.stream()
                .filter(key -> key.startsWith(MODELS_KEY))
                .map(key -> key.substring(MODELS_KEY.length()))
                .flatMap(rest -> MODEL_KEYS.stream()
                        .filter(key -> rest.endsWith("." + key))
                        .map(key -> rest.substring(0, rest.length() - key.length() - 1)));
    }

    /** As MicroProfile Config looks a name up in the environment. */
    private static String toVariable(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }
}
