package io.hyperion.core.model;

import io.hyperion.api.ModelState;
import io.hyperion.core.download.Downloads;
import io.hyperion.core.download.ModelSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The files of a model: where they are, if they are there, and what their headers say. Immutable and safe for use by many threads. */
final class ModelFiles {
    private final ModelSettings settings;
    private final Optional<Downloads> downloads;

    /**
     * What an examination found.
     *
     * @param located the settings with the path of the file; empty if it is not there, or cannot be
     * @param stamps the files as they were
     * @param facts what their headers say; empty if they are not there or not sound
     * @param problem why the model cannot be served, for its administrator; empty if it can, or could if its file were there
     */
    record Examined(
            Optional<ModelSettings> located,
            List<Optional<FileStamp>> stamps,
            Optional<ModelFacts> facts,
            Optional<String> problem) {
        /** {@return where the model stands, if nobody uses it} */
        ModelState state() {
            if (problem.isPresent()) {
                return ModelState.FAILED;
            }
            return facts.isPresent() ? ModelState.READY : ModelState.ABSENT;
        }
    }

    /**
     * @param downloads where files from elsewhere come to; empty if there is no directory for them
     */
    ModelFiles(ModelSettings settings, Optional<Downloads> downloads) {
        this.settings = settings;
        this.downloads = downloads;
    }

    /** Finds the files and reads their headers. */
    Examined examine() {
        if (settings.problem().isPresent()) {
            return new Examined(Optional.empty(), List.of(), Optional.empty(), settings.problem());
        }
        Optional<SourceSettings> remote = remote();
        if (remote.isPresent() && downloads.isEmpty()) {
            return new Examined(
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    Optional.of("its file is to come from " + remote.get().source()
                            + ", but there is no directory for it: set " + HyperionConfiguration.MODELS_DIRECTORY));
        }
        if (settings.source()
                .filter(from -> !from.trusted() && from.source() instanceof ModelSource.Local)
                .isPresent()) {
            return new Examined(
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    Optional.of("its file is to come from this machine, which only the configuration may say"));
        }
        Optional<ModelSettings> located = locate();
        if (located.isEmpty()) {
            return new Examined(located, List.of(), Optional.empty(), Optional.empty());
        }
        List<Optional<FileStamp>> stamps = FileStamp.of(located.get());
        try {
            return new Examined(located, stamps, Optional.of(read(located.get())), Optional.empty());
        } catch (IOException e) {
            return new Examined(located, stamps, Optional.empty(), Optional.of(e.getMessage()));
        }
    }

    /** {@return what an examination would find now: the same if no file has changed} */
    Examined examineIfChanged(Examined before) {
        return haveChanged(before) ? examine() : before;
    }

    /** {@return whether the files are others than at an examination} */
    boolean haveChanged(Examined before) {
        Optional<ModelSettings> now = settings.problem().isPresent() ? Optional.empty() : locate();
        return !now.equals(before.located())
                || now.filter(located -> !FileStamp.of(located).equals(before.stamps()))
                        .isPresent();
    }

    private Optional<ModelSettings> locate() {
        Optional<SourceSettings> remote = remote();
        if (remote.isPresent()) {
            return downloads
                    .flatMap(all ->
                            all.present(remote.get().source(), remote.get().sha256()))
                    .map(files -> settings.at(files.get(0)));
        }
        return settings.path()
                .or(() -> settings.source().flatMap(ModelFiles::local))
                .map(settings::at);
    }

    /** {@return where the file comes from, if it is not on this machine anyway} */
    Optional<SourceSettings> remote() {
        return settings.source()
                .filter(from -> settings.path().isEmpty() && local(from).isEmpty());
    }

    private static Optional<Path> local(SourceSettings from) {
        return from.trusted() && from.source() instanceof ModelSource.Local file
                ? Optional.of(file.path())
                : Optional.empty();
    }

    /** An interrupt closes the file that the thread reads, and says nothing of the file: it is there again afterwards. */
    private static ModelFacts read(ModelSettings located) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return ModelFacts.read(located);
                } catch (IOException e) {
                    if (!Thread.interrupted()) {
                        throw e;
                    }
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
