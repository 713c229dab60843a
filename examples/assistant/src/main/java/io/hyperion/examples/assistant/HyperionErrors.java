package io.hyperion.examples.assistant;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.hyperion.api.HyperionException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** Tells the page what Hyperion says: its messages are written for callers. */
@Provider
public class HyperionErrors implements ExceptionMapper<HyperionException> {
    private static final System.Logger LOG = System.getLogger(HyperionErrors.class.getName());

    @Override
    public Response toResponse(HyperionException error) {
        switch (error.kind()) {
            case ENGINE_FAILURE -> LOG.log(WARNING, "A model failed", error);
            // Every look at the page would have the same stack trace.
            case UNAVAILABLE -> LOG.log(WARNING, error.getMessage());
            default -> LOG.log(DEBUG, error.getMessage());
        }
        return Problem.of(error).response();
    }
}
