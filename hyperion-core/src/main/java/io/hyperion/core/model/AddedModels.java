package io.hyperion.core.model;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelInfo;
import io.hyperion.core.download.AddressPolicy;
import io.hyperion.core.download.ModelSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Models that somebody has added, each a properties file of the model's name, with what stands behind {@code hyperion.models.<name>.} in the
 * configuration. Nothing in them is trusted, since they come over the wire.
 *
 * @param directory where the files are
 * @param queue how requests wait for a model
 */
record AddedModels(Path directory, QueueSettings queue) {
    static final String ENDING = ".properties";

    /** Of a file in bytes: enough for messages to begin with, and nothing that takes long to read. */
    static final int MAX_SIZE = 1 << 20;

    /** More than there are; so that no file has any number of them that nobody knows. */
    private static final int MAX_KEYS = 200;

    /** Begins so that the name of no file is a hidden one, or the directory itself. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.:-]{0,127}");

    /** What file systems allow. */
    private static final int MAX_FILE_NAME = 255;

    /** An address and no name, which would have to be looked up. */
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[.*");

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    /** {@return whether models in the directory can have that name} */
    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** {@return the name of the model that a file is of; empty if no model's file is called so} */
    static Optional<String> modelName(String fileName) {
        String encoded = fileName.substring(0, fileName.length() - ENDING.length());
        try {
            return Optional.of(URLDecoder.decode(encoded, StandardCharsets.UTF_8))
                    .filter(name -> isName(name) && fileName(name).equals(fileName));
        } catch (IllegalArgumentException e) {
            // It is not encoded as names are.
            return Optional.empty();
        }
    }

    private static String fileName(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8) + ENDING;
    }

    /** {@return the file of a model} */
    Path file(String name) {
        return directory.resolve(fileName(name));
    }

    /**
     * Checks what somebody wants to add.
     *
     * @param name the model's name
     * @param values its keys and their values
     * @return its settings
     * @throws InvalidRequestException if something is wrong with it
     */
    ModelSettings check(String name, SortedMap<String, String> values) {
        if (!isName(name) || fileName(name).length() > MAX_FILE_NAME) {
            throw new InvalidRequestException(
                    ErrorCode.INVALID_NAME,
                    "name",
                    "'name' must be 1 to 128 letters, digits, '.', ':', '_' and '-', the first of them a letter, a digit or"
                            + " '_', with few colons in a long one, but is '" + Excerpts.of(name) + "'");
        }
        if (values.getOrDefault("source", "").isBlank()) {
            throw new InvalidRequestException(ErrorCode.MISSING_FIELD, "source", "'source' is missing");
        }
        if (values.size() > MAX_KEYS) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE, "", "A model may have " + MAX_KEYS + " settings, but has " + values.size());
        }
        for (String key : values.keySet()) {
            if (ModelKeys.OF_THE_MACHINE.contains(key)) {
                throw new InvalidRequestException(
                        ErrorCode.UNKNOWN_VALUE,
                        key,
                        "'" + key + "' names files of this machine, and can be set in its configuration only: "
                                + ModelSettings.key(name, key));
            }
        }
        List<String> unknown = ModelKeys.unknown("", values.keySet());
        if (!unknown.isEmpty()) {
            String key = values.keySet().stream()
                    .filter(one -> !ModelKeys.unknown("", List.of(one)).isEmpty())
                    .findFirst()
                    .orElseThrow();
            throw new InvalidRequestException(ErrorCode.UNKNOWN_VALUE, Excerpts.of(key), unknown.get(0));
        }
        try {
            ModelSettings settings = settings(name, values);
            forbidden(settings).ifPresent(why -> {
                throw new InvalidRequestException(ErrorCode.FORBIDDEN_SOURCE, "source", why);
            });
            return settings;
        } catch (InvalidRequestException e) {
            String field = e.parameter().orElse("");
            String key = field.equals("template") ? "chat-template" : ModelKeys.DEFAULTS + field;
            throw values.containsKey(key) ? new InvalidRequestException(e.code(), key, e.getMessage()) : e;
        } catch (IllegalArgumentException e) {
            // Messages of single keys begin with the key.
            String first = e.getMessage().split(" ", 2)[0];
            throw new InvalidRequestException(
                    first.equals("source") ? ErrorCode.INVALID_NAME : ErrorCode.UNKNOWN_VALUE,
                    values.containsKey(first) ? first : "",
                    e.getMessage());
        }
    }

    private ModelSettings settings(String name, Map<String, String> values) {
        return new ModelKeys(new KeyReader("", values)).read(name, ModelInfo.Origin.ADDED, queue);
    }

    /** {@return why a file may not come from there; empty if that is not to be seen before the names of hosts are looked up} */
    private static Optional<String> forbidden(ModelSettings settings) {
        ModelSource source = settings.source().orElseThrow().source();
        if (source instanceof ModelSource.Local) {
            return Optional.of("'source' is a file of this machine, and can be set in its configuration only");
        }
        if (!(source instanceof ModelSource.Web web)) {
            return Optional.empty();
        }
        String host = web.uri().getHost().toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        if (!"https".equalsIgnoreCase(web.uri().getScheme())) {
            return Optional.of("'source' must be an https: address, or one of Hugging Face");
        }
        try {
            boolean isPrivate = ADDRESS.matcher(host).matches()
                    ? !AddressPolicy.isPublic(InetAddress.getByName(host))
                    : host.equals("localhost") || host.endsWith(".localhost");
            return isPrivate
                    ? Optional.of("'source' must be a public address, but " + Excerpts.of(host) + " is none")
                    : Optional.empty();
        } catch (UnknownHostException e) {
            return Optional.of("'source' has an address that is none: " + Excerpts.of(host));
        }
    }

    /**
     * Reads the file of a model.
     *
     * @param name the model's name
     * @param warnings hears of unknown keys
     * @return its settings, which are those of a failed model if the file cannot be read, or something is wrong in it
     */
    ModelSettings read(String name, Consumer<String> warnings) {
        String fileName = fileName(name);
        try {
            SortedMap<String, String> values = values(file(name));
            for (String key : ModelKeys.OF_THE_MACHINE) {
                if (values.containsKey(key)) {
                    throw new IllegalArgumentException(key + " can be set in the configuration only");
                }
            }
            ModelKeys.unknown(fileName + ": ", values.keySet()).forEach(warnings);
            ModelSettings settings = settings(name, values);
            forbidden(settings).ifPresent(why -> {
                throw new IllegalArgumentException(why);
            });
            return settings;
        } catch (CharacterCodingException e) {
            return failed(name, "it is not UTF-8");
        } catch (IOException e) {
            return failed(name, "it cannot be read (" + e + ")");
        } catch (IllegalArgumentException | HyperionException e) {
            return failed(name, e.getMessage());
        }
    }

    private static ModelSettings failed(String name, String why) {
        return ModelSettings.failed(
                name,
                ModelInfo.Origin.ADDED,
                "The file " + fileName(name) + " of model '" + name + "' is wrong: " + why);
    }

    private static SortedMap<String, String> values(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_SIZE + 1);
        }
        if (bytes.length > MAX_SIZE) {
            throw new IllegalArgumentException("it is larger than " + MAX_SIZE + " bytes");
        }
        // Editors of Windows begin with one.
        int start = bytes.length >= BYTE_ORDER_MARK.length
                        && bytes[0] == BYTE_ORDER_MARK[0]
                        && bytes[1] == BYTE_ORDER_MARK[1]
                        && bytes[2] == BYTE_ORDER_MARK[2]
                ? BYTE_ORDER_MARK.length
                : 0;
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes, start, bytes.length - start))
                .toString();
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        if (properties.size() > MAX_KEYS) {
            throw new IllegalArgumentException("it may have " + MAX_KEYS + " keys, but has " + properties.size());
        }
        SortedMap<String, String> values = new TreeMap<>();
        properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
        return values;
    }

    /**
     * Writes the file of a model, which is there as a whole or not at all.
     *
     * @param name the model's name
     * @param values what was checked
     * @throws FileAlreadyExistsException if there is one
     * @throws IOException if it cannot be written
     */
    void write(String name, SortedMap<String, String> values) throws IOException {
        byte[] bytes = bytes(values);
        makeDirectory();
        Path temporary = directory.resolve("." + UUID.randomUUID() + ".tmp");
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            // Within a directory that renames, and without an option it replaces nothing.
            Files.move(temporary, file(name));
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private void makeDirectory() throws IOException {
        try {
            Files.createDirectories(directory);
        } catch (FileAlreadyExistsException e) {
            IOException noDirectory = new NotDirectoryException(directory.toString());
            noDirectory.initCause(e);
            throw noDirectory;
        }
    }

    private static byte[] bytes(SortedMap<String, String> values) throws IOException {
        Properties properties = new Properties();
        properties.putAll(values);
        StringWriter text = new StringWriter();
        properties.store(text, null);
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text.getBuffer()));
            if (bytes.remaining() <= MAX_SIZE) {
                byte[] array = new byte[bytes.remaining()];
                bytes.get(array);
                return array;
            }
        } catch (CharacterCodingException e) {
            throw new InvalidRequestException(
                    ErrorCode.INVALID_TEXT, "", "The settings of the model have an unpaired surrogate");
        }
        throw new InvalidRequestException(
                ErrorCode.OUT_OF_RANGE, "", "The settings of a model may take " + MAX_SIZE + " bytes together");
    }
}
