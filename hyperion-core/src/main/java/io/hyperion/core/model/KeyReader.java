package io.hyperion.core.model;

import io.hyperion.api.Excerpts;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads the values of keys that begin alike. What is wrong is an {@link IllegalArgumentException} whose message begins with the whole key.
 *
 * @param prefix how all the keys begin
 * @param values the values, by what stands behind the prefix
 */
record KeyReader(String prefix, Map<String, String> values) {
    private static final int MAX_WORDS = 100;

    KeyReader {
        Objects.requireNonNull(prefix, "prefix");
        Objects.requireNonNull(values, "values");
    }

    /** {@return a value without the space around it; empty if there is none, or nothing else in it} */
    Optional<String> text(String key) {
        return Optional.ofNullable(values.get(key)).map(String::strip).filter(text -> !text.isEmpty());
    }

    /** {@return a text of a length that can be shown to people} */
    Optional<String> text(String key, int maxLength) {
        Optional<String> text = text(key);
        if (text.isPresent() && text.get().length() > maxLength) {
            throw wrong(
                    key,
                    "may have " + maxLength + " characters, but has "
                            + text.get().length());
        }
        return text;
    }

    /** {@return the texts between commas} */
    List<String> words(String key, int maxLength) {
        List<String> words = text(key).stream()
                .flatMap(text -> Arrays.stream(text.split(",")))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .distinct()
                .toList();
        if (words.size() > MAX_WORDS) {
            throw wrong(key, "may have " + MAX_WORDS + " words, but has " + words.size());
        }
        for (String word : words) {
            if (word.length() > maxLength) {
                throw wrong(key, "may have words of " + maxLength + " characters, but has one of " + word.length());
            }
        }
        return words;
    }

    int integer(String key, int absent, int min) {
        String value = values.get(key);
        if (value == null) {
            return absent;
        }
        try {
            int number = Integer.parseInt(value.strip());
            if (number >= min) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw wrong(key, "must be a whole number of at least " + min + ", but is '" + Excerpts.of(value) + "'", e);
        }
        throw wrong(key, "must be at least " + min + ", but is " + value.strip());
    }

    int integer(String key, int absent, int min, int max) {
        int number = integer(key, absent, min);
        if (number > max) {
            throw wrong(key, "must be between " + min + " and " + max + ", but is " + number);
        }
        return number;
    }

    /** {@return whether a value is {@code true}, and not {@code false}} */
    Optional<Boolean> truth(String key) {
        return Optional.ofNullable(values.get(key)).map(value -> switch (value.strip()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(key, "is '" + Excerpts.of(value) + "', which is neither true nor false");
        });
    }

    /** {@return an ISO 8601 duration} */
    Optional<Duration> duration(String key) {
        String value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        try {
            Duration duration = Duration.parse(value.strip());
            if (!duration.isNegative()) {
                return Optional.of(duration);
            }
        } catch (DateTimeParseException e) {
            throw wrong(key, "must be a duration such as PT30S or PT5M, but is '" + Excerpts.of(value) + "'", e);
        }
        throw wrong(key, "must not be negative, but is " + value.strip());
    }

    /** {@return the absolute path of a file or directory} */
    Optional<Path> path(String key) {
        return text(key).map(path -> toPath(key, path));
    }

    /** {@return the absolute path that a part of a value is} */
    Path toPath(String key, String path) {
        try {
            return Path.of(path).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw wrong(key, "is not a path: " + e.getMessage(), e);
        }
    }

    IllegalArgumentException wrong(String key, String what) {
        return new IllegalArgumentException(prefix + key + " " + what);
    }

    IllegalArgumentException wrong(String key, String what, Exception cause) {
        return new IllegalArgumentException(prefix + key + " " + what, cause);
    }
}
