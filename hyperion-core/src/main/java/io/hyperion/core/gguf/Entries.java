package io.hyperion.core.gguf;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/** The metadata of a file, read strictly: an entry of another type than llama.cpp wants is refused. */
final class Entries {
    private final GgufFile file;

    Entries(GgufFile file) {
        this.file = file;
    }

    GgufFile file() {
        return file;
    }

    GgufException fault(String key, String fault) {
        return new GgufException(file.path(), file.offsetOf(key), Messages.quote(key) + " " + fault);
    }

    boolean has(String key) {
        return file.metadata().containsKey(key);
    }

    OptionalLong whole(String key, GgufType type) throws GgufException {
        GgufValue value = file.metadata().get(key);
        if (value == null) {
            return OptionalLong.empty();
        }
        if (value instanceof GgufValue.Whole whole && whole.type() == type) {
            return OptionalLong.of(whole.value());
        }
        throw wrongType(key, value, type.toString());
    }

    /** A number without a sign, of 32 bits, as almost all of them are. */
    OptionalLong number(String key) throws GgufException {
        return whole(key, GgufType.UINT32);
    }

    long number(String key, long least, long most) throws GgufException {
        long number = number(key).orElseThrow(() -> fault(key, "is missing"));
        return within(key, number, least, most);
    }

    long number(String key, long least, long most, long otherwise) throws GgufException {
        OptionalLong number = number(key);
        return number.isPresent() ? within(key, number.getAsLong(), least, most) : otherwise;
    }

    private long within(String key, long number, long least, long most) throws GgufException {
        if (number < least || number > most) {
            throw fault(key, "is " + number + ", and must be " + least + " to " + most);
        }
        return number;
    }

    Optional<Boolean> flag(String key) throws GgufException {
        GgufValue value = file.metadata().get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof GgufValue.Bool flag) {
            return Optional.of(flag.value());
        }
        throw wrongType(key, value, "bool");
    }

    Optional<String> text(String key) throws GgufException {
        GgufValue value = file.metadata().get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof GgufValue.Text text) {
            return Optional.of(text.value());
        }
        throw wrongType(key, value, "string");
    }

    Optional<GgufValue.Texts> texts(String key) throws GgufException {
        GgufValue value = file.metadata().get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof GgufValue.Texts texts) {
            return Optional.of(texts);
        }
        throw wrongType(key, value, "a list of string");
    }

    Optional<GgufValue.Numbers> numbers(String key, GgufType... elementTypes) throws GgufException {
        GgufValue value = file.metadata().get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof GgufValue.Numbers numbers
                && Arrays.asList(elementTypes).contains(numbers.elementType())) {
            return Optional.of(numbers);
        }
        throw wrongType(key, value, "a list of " + elementTypes[0]);
    }

    GgufException wrongType(String key, GgufValue value, String wanted) {
        return fault(key, "is of type " + name(value) + ", not " + wanted);
    }

    private static String name(GgufValue value) {
        if (value instanceof GgufValue.Numbers numbers) {
            return "a list of " + numbers.elementType();
        }
        return value instanceof GgufValue.Texts
                ? "a list of string"
                : value.type().toString();
    }
}
