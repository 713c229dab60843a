package io.hyperion.core.download;

import io.hyperion.api.Excerpts;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** Where the file of a model comes from. What {@code toString} gives is read by {@link #parse} again. */
public sealed interface ModelSource {
    /** The quantisation of a repository of which none is named: the one that most people use. */
    String DEFAULT_QUANTIZATION = "Q4_K_M";

    /**
     * A file of this machine: {@code file:} and its path.
     *
     * @param path the path, absolute
     */
    record Local(Path path) implements ModelSource {
        public Local {
            if (!path.isAbsolute()) {
                throw new IllegalArgumentException("'" + Excerpts.of(path.toString()) + "' is no absolute path");
            }
        }

        @Override
        public String toString() {
            return path.toUri().toString();
        }
    }

    /**
     * A file of a web server: an {@code https:} or {@code http:} address.
     *
     * @param uri the address, with a host and the path of a file, without a user and a fragment
     */
    record Web(URI uri) implements ModelSource {
        public Web {
            SourceSyntax.requireWeb(uri);
        }

        @Override
        public String toString() {
            return uri.toString();
        }
    }

    /**
     * A file of a repository of Hugging Face: {@code hf:owner/repository/path/file.gguf}.
     *
     * @param owner the owner of the repository
     * @param repository its name
     * @param revision a branch, tag or commit, which stands behind an {@code @} after the repository, with {@code %2F} for each slash; empty
     *     for {@code main}
     * @param file the path of the file, which ends with {@code .gguf}; of a split one, that of the first
     */
    record HubFile(String owner, String repository, Optional<String> revision, String file) implements ModelSource {
        public HubFile {
            SourceSyntax.requireRepository(owner, repository);
            revision.ifPresent(SourceSyntax::requireRevision);
            SourceSyntax.requireFile(file);
        }

        @Override
        public String toString() {
            return SourceSyntax.repository(owner, repository, revision) + "/" + file;
        }
    }

    /**
     * The file of a repository of Hugging Face that has one quantisation: {@code hf:owner/repository:Q4_K_M}.
     *
     * @param owner the owner of the repository
     * @param repository its name
     * @param revision a branch, tag or commit, which stands behind an {@code @} after the repository, with {@code %2F} for each slash; empty
     *     for {@code main}
     * @param quantization the quantisation, as it stands in the names of the files, in upper or lower case
     */
    record HubQuantization(String owner, String repository, Optional<String> revision, String quantization)
            implements ModelSource {
        public HubQuantization {
            SourceSyntax.requireRepository(owner, repository);
            revision.ifPresent(SourceSyntax::requireRevision);
            SourceSyntax.requireQuantization(quantization);
        }

        @Override
        public String toString() {
            return SourceSyntax.repository(owner, repository, revision) + ":" + quantization;
        }
    }

    /**
     * Reads a source: {@code hf:owner/repository/file.gguf}, {@code hf:owner/repository:Q4_K_M}, {@code hf:owner/repository} (for
     * {@value #DEFAULT_QUANTIZATION}), each with {@code @revision} behind the repository if it is not {@code main}; {@code https:} or {@code
     * http:} and an address, of which one of huggingface.co's pages of a file stands for that file; {@code file:} and an absolute path.
     *
     * @param text the source
     * @return the source
     * @throws IllegalArgumentException if it is none; the message says what is wrong and shows the beginning of the text
     */
    static ModelSource parse(String text) {
        Objects.requireNonNull(text, "text");
        int colon = text.indexOf(':');
        String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
        if (text.length() > SourceSyntax.MAX_LENGTH) {
            throw SourceSyntax.wrong(text, "is longer than " + SourceSyntax.MAX_LENGTH + " characters");
        }
        return switch (scheme) {
            case "hf" -> SourceSyntax.hub(text, text.substring(colon + 1));
            case "https", "http" -> SourceSyntax.web(text);
            case "file" -> SourceSyntax.local(text);
            default -> throw SourceSyntax.wrong(text, "starts with none of hf:, https:, http: and file:");
        };
    }
}
