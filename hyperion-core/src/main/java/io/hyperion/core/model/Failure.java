package io.hyperion.core.model;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.core.download.DownloadException;
import io.hyperion.core.llama.LlamaException;
import java.time.Duration;
import java.util.Optional;

/**
 * Why a model did not come into memory.
 *
 * @param code what its requests are told
 * @param reason why, for its administrator
 * @param message what its requests are told
 * @param pause after how long a request may try again; empty if that helps only when a file has changed, or somebody loads the model
 */
record Failure(ErrorCode code, String reason, String message, Optional<Duration> pause) {
    /** Between a download that failed and the next one that a request begins: the source is to have some peace, and the log too. */
    static final Duration DOWNLOAD_PAUSE = Duration.ofSeconds(5);

    /** Of a model whose files are not sound, or that is configured wrongly. */
    static Failure unsound(String model, String problem) {
        return served(model, ErrorCode.MODEL_FAILED, problem, Optional.empty());
    }

    static Failure of(String model, Throwable cause) {
        if (cause instanceof DownloadException download) {
            Duration pause = download.retryAfter()
                    .filter(asked -> asked.compareTo(DOWNLOAD_PAUSE) > 0)
                    .orElse(DOWNLOAD_PAUSE);
            return served(
                    model,
                    ErrorCode.DOWNLOAD_FAILED,
                    "its file could not be downloaded: " + cause.getMessage(),
                    Optional.of(pause));
        }
        if (cause instanceof ModelUnavailableException noRoom) {
            // Another model may be gone or no longer be pinned by then.
            return new Failure(noRoom.code(), noRoom.getMessage(), noRoom.getMessage(), Optional.of(Duration.ZERO));
        }
        // What llama.cpp's binding says is written for the caller; of anything else the kind is worth knowing.
        String reason = cause instanceof LlamaException ? cause.getMessage() : cause.toString();
        return served(model, ErrorCode.MODEL_FAILED, reason, Optional.empty());
    }

    private static Failure served(String model, ErrorCode code, String reason, Optional<Duration> pause) {
        return new Failure(code, reason, "The model '" + model + "' cannot be served: " + reason, pause);
    }

    ModelUnavailableException refusal() {
        return new ModelUnavailableException(code, message, pause.orElse(Duration.ZERO));
    }
}
