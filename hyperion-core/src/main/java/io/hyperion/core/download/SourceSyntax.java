package io.hyperion.core.download;

import io.hyperion.api.Excerpts;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the parts of a source may be. */
final class SourceSyntax {
    static final int MAX_LENGTH = 2000;

    /** The file system's own limit; nothing that Git keeps is longer. */
    private static final int MAX_SEGMENT = 255;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,95}");
    private static final Pattern REVISION =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]*(/[A-Za-z0-9][A-Za-z0-9._+-]*)*");
    private static final Pattern QUANTIZATION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,39}");

    /** Behind {@code hf:}: owner, repository, revision, and a file or a quantisation. */
    private static final Pattern HUB =
            Pattern.compile("([^/@:]*)/([^/@:]*)(?:@([^/:]*))?(?:/(.*)|:(.*))?", Pattern.DOTALL);

    /** The page and the content of a file at Hugging Face: owner, repository, revision, file. */
    private static final Pattern HUB_PAGE = Pattern.compile("/([^/]+)/([^/]+)/(?:blob|resolve)/([^/]+)/(.+)");

    private static final List<String> HUB_HOSTS = List.of("huggingface.co", "www.huggingface.co", "hf.co");

    private SourceSyntax() {}

    static IllegalArgumentException wrong(String text, String what) {
        return new IllegalArgumentException("'" + Excerpts.of(text) + "' " + what);
    }

    static ModelSource hub(String text, String rest) {
        Matcher parts = HUB.matcher(rest);
        if (!parts.matches()) {
            throw wrong(text, "is neither hf:owner/repository/file.gguf nor hf:owner/repository:Q4_K_M");
        }
        Optional<String> revision = Optional.ofNullable(parts.group(3)).map(SourceSyntax::unescape);
        if (parts.group(4) != null) {
            return new ModelSource.HubFile(parts.group(1), parts.group(2), revision, parts.group(4));
        }
        String quantization = Objects.requireNonNullElse(parts.group(5), ModelSource.DEFAULT_QUANTIZATION);
        return new ModelSource.HubQuantization(parts.group(1), parts.group(2), revision, quantization);
    }

    private static String unescape(String revision) {
        return revision.replace("%2F", "/").replace("%2f", "/");
    }

    static ModelSource web(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'" + Excerpts.of(text) + "' is no address: " + e.getReason(), e);
        }
        String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
        if (HUB_HOSTS.contains(host) && uri.getRawUserInfo() == null) {
            Matcher page = HUB_PAGE.matcher(uri.getRawPath());
            if (page.matches()) {
                String revision = unescape(page.group(3));
                String file = decode(page.group(4));
                return new ModelSource.HubFile(
                        page.group(1),
                        page.group(2),
                        revision.equals("main") ? Optional.empty() : Optional.of(revision),
                        file);
            }
        }
        return new ModelSource.Web(uri);
    }

    static ModelSource local(String text) {
        try {
            URI uri = new URI(text);
            if (uri.isOpaque()
                    || uri.getRawAuthority() != null
                    || uri.getRawQuery() != null
                    || uri.getRawFragment() != null) {
                throw wrong(text, "is not file: and an absolute path, such as file:///srv/models/a.gguf");
            }
            requireText(text, uri.getPath());
            return new ModelSource.Local(Path.of(uri));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'" + Excerpts.of(text) + "' is no address: " + e.getReason(), e);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + Excerpts.of(text) + "' is no path here: " + e.getReason(), e);
        }
    }

    static void requireWeb(URI uri) {
        String text = uri.toString();
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            throw wrong(text, "is neither an https: nor an http: address");
        } else if (text.length() > MAX_LENGTH) {
            throw wrong(text, "is longer than " + MAX_LENGTH + " characters");
        } else if (uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > 65535) {
            throw wrong(text, "has no host, or a port that is none");
        } else if (uri.getRawUserInfo() != null) {
            // The whole text would tell the password to logs.
            throw wrong(uri.getHost(), "stands behind a user or a password, which are not taken");
        } else if (uri.getRawFragment() != null) {
            throw wrong(text, "has a fragment, a part behind a #");
        } else if (uri.getRawPath().length() < 2) {
            throw wrong(text, "names no file");
        }
        // A slash at the end is an empty name, too.
        for (String segment : uri.getRawPath().substring(1).split("/", -1)) {
            requireSegment(text, decode(segment));
        }
        requireParts(text, uri.getRawPath());
    }

    /** {@return a part of a path without its percent signs} */
    static String decode(String raw) {
        return URI.create("x:/" + raw).getPath().substring(1);
    }

    static void requireRepository(String owner, String repository) {
        for (String name : List.of(owner, repository)) {
            if (!NAME.matcher(name).matches() || name.contains("..") || name.contains("--")) {
                throw wrong(name, "is no name of an owner or a repository: hf:owner/repository/file.gguf has both");
            }
        }
    }

    static void requireRevision(String revision) {
        if (!REVISION.matcher(revision).matches() || revision.contains("..") || revision.length() > MAX_SEGMENT) {
            throw wrong(revision, "is no name of a branch, a tag or a commit");
        }
    }

    static void requireQuantization(String quantization) {
        if (!QUANTIZATION.matcher(quantization).matches()) {
            throw wrong(quantization, "is no quantisation, such as " + ModelSource.DEFAULT_QUANTIZATION);
        }
    }

    static void requireFile(String file) {
        if (file.length() > MAX_LENGTH) {
            throw wrong(file, "is longer than " + MAX_LENGTH + " characters");
        }
        for (String segment : file.split("/", -1)) {
            requireSegment(file, segment);
        }
        if (!file.toLowerCase(Locale.ROOT).endsWith(".gguf")) {
            throw wrong(file, "is no GGUF file: its name does not end with .gguf");
        }
        requireParts(file, file);
    }

    private static void requireParts(String text, String file) {
        if (SplitName.of(file).filter(name -> !name.isPossible()).isPresent()) {
            throw wrong(text, "is a part that there cannot be: of at most " + SplitName.MAX_PARTS);
        }
    }

    /** {@return {@code hf:}, owner, repository and revision, as they are read} */
    static String repository(String owner, String repository, Optional<String> revision) {
        return "hf:" + owner + "/" + repository
                + revision.map(name -> "@" + name.replace("/", "%2F")).orElse("");
    }

    private static void requireSegment(String text, String segment) {
        if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
            throw wrong(text, "has an empty name, '.' or '..' in its path");
        } else if (segment.length() > MAX_SEGMENT) {
            throw wrong(text, "has a name in its path that is longer than " + MAX_SEGMENT + " characters");
        } else if (segment.indexOf('/') >= 0 || segment.indexOf('\\') >= 0) {
            throw wrong(text, "has a name with a slash or a backslash in its path");
        }
        requireText(text, segment);
    }

    private static void requireText(String text, String part) {
        boolean safe = part.codePoints().noneMatch(c -> switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> c == '\uFFFD';
        });
        if (!safe) {
            throw wrong(text, "has characters in its path that cannot be seen");
        }
    }
}
