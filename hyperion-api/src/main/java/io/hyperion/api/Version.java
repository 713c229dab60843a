package io.hyperion.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Hyperion's version. */
public final class Version {
    /** The version of this copy of the api, such as {@code 0.1.0}. */
    public static final String TEXT = read();

    private Version() {}

    private static String read() {
        Properties properties = new Properties();
        try (InputStream resource = Version.class.getResourceAsStream("version.properties")) {
            properties.load(resource);
        } catch (IOException e) {
            throw new UncheckedIOException("The version of this copy of Hyperion's api cannot be read", e);
        }
        return properties.getProperty("version");
    }
}
