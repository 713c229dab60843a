package io.hyperion.war.wire;

import static java.lang.System.Logger.Level.ERROR;

import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import java.util.UUID;

/** Failures that no caller can mend: the log gets all, the caller a reference to it and nothing more. */
public final class InternalErrors {
    private static final System.Logger LOG = System.getLogger(InternalErrors.class.getName());

    private InternalErrors() {}

    /**
     * @param place where it failed, for the log
     * @param failure what failed
     * @return what the caller is told
     */
    public static EngineException log(String place, Throwable failure) {
        String reference = UUID.randomUUID().toString();
        LOG.log(ERROR, "Failure " + reference + " at " + place, failure);
        return new EngineException(
                ErrorCode.ENGINE_FAILURE, "Something failed inside the server; its log tells more under " + reference);
    }
}
