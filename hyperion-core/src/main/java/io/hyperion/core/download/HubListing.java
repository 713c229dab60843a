package io.hyperion.core.download;

import io.hyperion.api.Excerpts;
import io.hyperion.core.json.JsonReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What is in the repositories of Hugging Face, by its API {@code /api/models/{owner}/{name}/tree/{revision}/{folder}}: an array of entries with
 * {@code type}, {@code path} and {@code size}, those of large files with {@code lfs} and in it {@code oid}, their SHA-256. Longer ones come in
 * pages, of which each names the next in its header {@code Link}.
 */
final class HubListing {
    /**
     * A file.
     *
     * @param size how many bytes it has
     * @param sha256 its SHA-256 in lower case; empty for a small file, which Git keeps itself
     */
    record Entry(long size, Optional<String> sha256) {}

    /** A thousand entries, which is a page, have a tenth of it. */
    private static final int MAX_PAGE_BYTES = 8 << 20;

    private static final int MAX_PAGES = 100;
    private static final Duration PAGE_TIME = Duration.ofSeconds(60);
    private static final Pattern NEXT = Pattern.compile("<([^<>]{1,4000})>\\s*;\\s*rel=\"?next\"?");
    private static final Pattern SHA256 = Pattern.compile("(?:sha256:)?([0-9a-f]{64})");

    private final HttpAccess http;
    private final URI hub;

    HubListing(HttpAccess http, URI hub) {
        this.http = http;
        this.hub = hub;
    }

    /** {@return the address that a file is fetched from} */
    URI address(Repository repository, String file) {
        return URI.create(hub + "/" + encoded(repository.owner()) + "/" + encoded(repository.name()) + "/resolve/"
                + encoded(repository.revision()) + "/" + encodedPath(file));
    }

    /** {@return the files of one folder, the empty one for the top, by their paths in the repository} */
    Map<String, Entry> folder(Repository repository, String folder, boolean trusted)
            throws DownloadException, InterruptedException {
        return files(tree(repository) + (folder.isEmpty() ? "" : "/" + encodedPath(folder)), "", trusted);
    }

    /** {@return the files of all folders, by their paths in the repository} */
    Map<String, Entry> all(Repository repository, boolean trusted) throws DownloadException, InterruptedException {
        return files(tree(repository), "recursive=true", trusted);
    }

    private String tree(Repository repository) {
        return hub + "/api/models/" + encoded(repository.owner()) + "/" + encoded(repository.name()) + "/tree/"
                + encoded(repository.revision());
    }

    private Map<String, Entry> files(String address, String query, boolean trusted)
            throws DownloadException, InterruptedException {
        Map<String, Entry> files = new TreeMap<>();
        URI page = URI.create(address + (query.isEmpty() ? "" : "?" + query));
        for (int pages = 0; pages < MAX_PAGES; pages++) {
            Optional<String> next;
            try (HttpAccess.Response response = http.get(page, Map.of("Accept", "application/json"), trusted)) {
                read(page, text(page, response.body()), files);
                next = next(response.headers().allValues("Link"));
            } catch (IOException e) {
                throw DownloadException.passing(e.getMessage(), e);
            }
            if (next.isEmpty()) {
                return files;
            }
            // Of what is said of the next page, its query alone: a mirror may say where the original has it.
            page = URI.create(address + "?" + next.get());
        }
        throw DownloadException.lasting(HttpAccess.shown(page) + " lists files on more than " + MAX_PAGES + " pages");
    }

    private static String text(URI page, InputStream body) throws IOException, DownloadException {
        long end = System.nanoTime() + PAGE_TIME.toNanos();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 14];
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
            bytes.write(buffer, 0, read);
            if (bytes.size() > MAX_PAGE_BYTES) {
                throw DownloadException.lasting(
                        HttpAccess.shown(page) + " sends a list of files of more than " + MAX_PAGE_BYTES + " bytes");
            } else if (System.nanoTime() - end > 0) {
                throw DownloadException.passing(
                        HttpAccess.shown(page) + " has not sent its list of files within " + PAGE_TIME.toSeconds()
                                + " seconds",
                        Optional.empty());
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static void read(URI page, String text, Map<String, Entry> files) throws DownloadException {
        Optional<List<Object>> entries = JsonReader.array(text);
        if (entries.isEmpty()) {
            throw foreign(page, text);
        }
        for (Object entry : entries.get()) {
            if (!(entry instanceof Map<?, ?> fields) || !(fields.get("path") instanceof String path)) {
                throw foreign(page, text);
            }
            if ("file".equals(fields.get("type")) && isModel(path)) {
                files.put(path, entry(fields).orElseThrow(() -> foreign(page, text)));
            }
        }
    }

    /** Whatever else a repository has is not asked for, and a name that no source can have is none that could be. */
    private static boolean isModel(String path) {
        try {
            SourceSyntax.requireFile(path);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Optional<Entry> entry(Map<?, ?> fields) {
        if (!(fields.get("lfs") instanceof Map<?, ?> large)) {
            return size(fields).map(size -> new Entry(size, Optional.empty()));
        }
        Matcher sha256 = SHA256.matcher(String.valueOf(large.get("oid")));
        return sha256.matches()
                ? size(large).map(size -> new Entry(size, Optional.of(sha256.group(1))))
                : Optional.empty();
    }

    private static Optional<Long> size(Map<?, ?> fields) {
        try {
            return fields.get("size") instanceof BigDecimal size && size.signum() >= 0
                    ? Optional.of(size.longValueExact())
                    : Optional.empty();
        } catch (ArithmeticException e) {
            // Neither a fraction of a byte nor more than any disk has is a size.
            return Optional.empty();
        }
    }

    private static DownloadException foreign(URI page, String text) {
        return DownloadException.lasting(HttpAccess.shown(page) + " answers with something else than a list of files: '"
                + Excerpts.of(text) + "'. hyperion.huggingface.url must be Hugging Face or a mirror of it");
    }

    private static Optional<String> next(List<String> links) {
        for (String link : links) {
            Matcher next = NEXT.matcher(link);
            if (next.find()) {
                int query = next.group(1).indexOf('?');
                // As characters that an address may have, whatever came.
                return query < 0
                        ? Optional.empty()
                        : Optional.of(next.group(1).substring(query + 1)).filter(HubListing::isQuery);
            }
        }
        return Optional.empty();
    }

    private static boolean isQuery(String text) {
        return text.matches("(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})+");
    }

    private static String encodedPath(String path) {
        return Arrays.stream(path.split("/")).map(HubListing::encoded).collect(Collectors.joining("/"));
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }
}
