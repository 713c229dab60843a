package io.hyperion.core.model;

import io.hyperion.api.BusyException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerationTimeoutException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import java.time.Duration;

/** What those are told who have waited for a model for too long. */
final class WaitingTexts {
    /** When it is worth trying again to find room in memory. */
    private static final Duration ROOM = Duration.ofSeconds(5);

    private WaitingTexts() {}

    /** The request's own time is over. */
    static HyperionException timeout(ModelProgress progress) {
        return new GenerationTimeoutException(
                ErrorCode.TIMEOUT,
                "The request's time-out was over before model '" + progress.model() + "' was loaded: it is "
                        + doing(progress));
    }

    /** The queue's time is over. */
    static HyperionException queueTimeout(ModelProgress progress, Duration limit) {
        String message = "The request waited for model '" + progress.model() + "' for " + limit.toSeconds()
                + " seconds, the limit set here: it is " + doing(progress);
        return progress.state() == ModelState.UNLOADING
                ? new BusyException(ErrorCode.NO_ROOM, message, ROOM)
                : new ModelUnavailableException(
                        ErrorCode.QUEUE_TIMEOUT, message, progress.remaining().orElse(Duration.ZERO));
    }

    /** {@return what is done with a model, such as {@code being downloaded, 12 % of 4.1 GiB}} */
    static String doing(ModelProgress progress) {
        StringBuilder text = new StringBuilder(
                switch (progress.state()) {
                    case DOWNLOADING -> "being downloaded";
                    case UNLOADING -> "waiting until models that are in use leave room in memory";
                    default -> "being loaded";
                });
        progress.fraction()
                .ifPresent(part -> text.append(", ").append((int) (part * 100)).append(" %"));
        progress.totalBytes().ifPresent(total -> text.append(" of ").append(MemorySize.text(total)));
        return text.toString();
    }
}
