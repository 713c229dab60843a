package io.hyperion.core.download;

import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** Where the file of a model comes from. */
public sealed interface ModelSource {
    /**
     * A file of this machine: {@code file:} and its path.
     *
     * @param path the path, absolute
     */
    record Local(Path path) implements ModelSource {
        public Local {
            Objects.requireNonNull(path, "path");
        }

        @Override
        public String toString() {
            return path.toUri().toString();
        }
    }

    /**
     * A file of a web server: an {@code https:} or {@code http:} address.
     *
     * @param uri the address, without a fragment
     */
    record Web(URI uri) implements ModelSource {
        public Web {
            Objects.requireNonNull(uri, "uri");
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
     * @param revision a branch, tag or commit, which stands behind an {@code @} after the repository; empty for {@code main}
     * @param file the path of the file; of a split one, that of the first
     */
    record HubFile(String owner, String repository, Optional<String> revision, String file) implements ModelSource {
        public HubFile {
            Objects.requireNonNull(owner, "owner");
            Objects.requireNonNull(repository, "repository");
            Objects.requireNonNull(revision, "revision");
            Objects.requireNonNull(file, "file");
        }

        @Override
        public String toString() {
            return "hf:" + owner + "/" + repository
                    + revision.map(name -> "@" + name).orElse("") + "/" + file;
        }
    }

    /**
     * The file of a repository of Hugging Face that has one quantisation: {@code hf:owner/repository:Q4_K_M}.
     *
     * @param owner the owner of the repository
     * @param repository its name
     * @param revision a branch, tag or commit, which stands behind an {@code @} after the repository; empty for {@code main}
     * @param quantization the quantisation, as it stands in the names of the files, in upper or lower case
     */
    record HubQuantization(String owner, String repository, Optional<String> revision, String quantization)
            implements ModelSource {
        public HubQuantization {
            Objects.requireNonNull(owner, "owner");
            Objects.requireNonNull(repository, "repository");
            Objects.requireNonNull(revision, "revision");
            Objects.requireNonNull(quantization, "quantization");
        }

        @Override
        public String toString() {
            return "hf:" + owner + "/" + repository
                    + revision.map(name -> "@" + name).orElse("") + ":" + quantization;
        }
    }
}
