package io.hyperion.war.page;

import jakarta.ws.rs.core.EntityTag;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of the page.
 *
 * @param type its media type
 * @param bytes what is in it, not to be changed
 * @param tag tells this content from any other
 */
record PageFile(String type, byte[] bytes, EntityTag tag) {
    /**
     * @param name a file that comes with this class
     * @param type its media type
     * @return the file
     * @throws IllegalStateException if it is not there
     */
    static PageFile read(String name, String type) {
        try (InputStream in = PageFile.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing");
            }
            byte[] bytes = in.readAllBytes();
            return new PageFile(type, bytes, new EntityTag(sha256(bytes)));
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read", e);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }
}
