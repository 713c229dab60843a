package io.hyperion.core.model;

import io.hyperion.api.ModelState;
import java.util.Optional;

/**
 * Where a model stands while it is neither in memory nor on its way there: what its files say, and what it failed of. Guarded by the lock of
 * the model's life.
 */
final class ModelStanding {
    private static final System.Logger LOGGER = System.getLogger(ModelStanding.class.getName());

    private final String model;
    private final ModelFiles files;
    private final CatalogTimer timer;
    private ModelFiles.Examined examined;
    /** Why it is failed, and since when. */
    private Optional<Failure> failure = Optional.empty();

    private long failedAt;

    ModelStanding(String model, ModelFiles files, CatalogTimer timer) {
        this.model = model;
        this.files = files;
        this.timer = timer;
        take(files.examine());
    }

    /** {@return what the last examination of the files found} */
    ModelFiles.Examined examined() {
        return examined;
    }

    /** {@return why it is failed, if it is} */
    Optional<Failure> failure() {
        return failure;
    }

    /** {@return {@code READY}, {@code ABSENT} or {@code FAILED}} */
    ModelState state() {
        return failure.isPresent() ? ModelState.FAILED : examined.state();
    }

    /** Takes over what an examination has found, and forgets what the model failed of before. */
    void take(ModelFiles.Examined now) {
        boolean news = now != examined;
        examined = now;
        failure = now.problem().map(problem -> Failure.unsound(model, problem));
        failedAt = timer.nanoTime();
        if (news) {
            log();
        }
    }

    /** The model could not be brought into memory. */
    void fail(Failure why) {
        failure = Optional.of(why);
        failedAt = timer.nanoTime();
        log();
    }

    private void log() {
        failure.ifPresent(why -> LOGGER.log(System.Logger.Level.ERROR, why.message()));
    }

    /** Forgets what it failed of, and looks whether its files are others by now. */
    void settle() {
        take(files.examineIfChanged(examined));
    }

    /** Forgets what it failed of, and nothing else. */
    void rest() {
        take(examined);
    }

    /** A request comes for the failed model: it is forgiven if enough time has passed, or somebody may have put the right file there. */
    void reconsider() {
        boolean pauseIsOver = failure.flatMap(Failure::pause)
                .filter(pause -> timer.nanoTime() - failedAt >= pause.toNanos())
                .isPresent();
        if (pauseIsOver || files.haveChanged(examined)) {
            settle();
        }
    }
}
