package io.hyperion.core.download;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Where files are kept below the directory of the models. All that is not plain ASCII is written with percent signs, as in addresses: file
 * systems, and Java where the locale is POSIX, differ in what else they take.
 */
final class FilePaths {
    private static final String EXTENSION = ".gguf";

    /** Short enough for any file system, with what is put behind a name while it is being downloaded. */
    private static final int MAX_NAME = 180;

    private FilePaths() {}

    /** {@return {@code https/host/path}, or {@code host_port}; a query is a part of the name, as its hash} */
    static Path of(URI uri) {
        List<String> names = new ArrayList<>();
        names.add(uri.getScheme().toLowerCase(Locale.ROOT));
        names.add(name(uri.getHost().toLowerCase(Locale.ROOT) + (uri.getPort() < 0 ? "" : "_" + uri.getPort())));
        for (String segment : uri.getRawPath().substring(1).split("/")) {
            names.add(name(SourceSyntax.decode(segment)));
        }
        // Before the name: llama.cpp finds the parts of a split model by the ends of their names.
        String query = uri.getRawQuery() == null ? "" : hash(uri.getRawQuery()) + "-";
        names.set(names.size() - 1, query + withExtension(names.get(names.size() - 1)));
        return path(names);
    }

    /** {@return {@code hf/owner/repository/revision/path}} */
    static Path of(String owner, String repository, String revision, String file) {
        List<String> names = new ArrayList<>(List.of("hf", name(owner), name(repository), name(revision)));
        for (String segment : file.split("/")) {
            names.add(name(segment));
        }
        return path(names);
    }

    private static Path path(List<String> names) {
        return Path.of(names.get(0), names.subList(1, names.size()).toArray(String[]::new));
    }

    private static String withExtension(String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(EXTENSION) ? name : name + EXTENSION;
    }

    private static String name(String text) {
        StringBuilder name = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain =
                    b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || "._-+".indexOf(b) >= 0;
            name.append(plain ? Character.toString(b) : String.format("%%%02X", b));
        }
        // A dot at its end is not a part of a name on Windows.
        String whole = name.toString().endsWith(".") ? name.substring(0, name.length() - 1) + "%2E" : name.toString();
        if (whole.length() <= MAX_NAME) {
            return whole;
        }
        // All parts of a split model have the same beginning.
        String kept = SplitName.of(text)
                .map(SplitName::suffix)
                .orElse(text.toLowerCase(Locale.ROOT).endsWith(EXTENSION) ? EXTENSION : "");
        String cut = text.substring(0, text.length() - kept.length());
        return whole.substring(0, MAX_NAME - 60).replaceFirst("%.?$", "") + "-" + hash(cut) + kept;
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
