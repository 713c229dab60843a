package io.hyperion.examples.assistant;

import static java.lang.System.Logger.Level.WARNING;

import io.hyperion.api.ErrorKind;
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
        if (error.kind() == ErrorKind.ENGINE_FAILURE || error.kind() == ErrorKind.UNAVAILABLE) {
            LOG.log(WARNING, "A ticket could not be served", error);
        }
        return Problem.of(error).response();
    }
}
