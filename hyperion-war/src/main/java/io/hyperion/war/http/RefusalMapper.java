package io.hyperion.war.http;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** Refusals of JAX-RS, for implementations such as CXF, whose own mapper of these comes before one of all failures. */
@Provider
@ApplicationScoped
public class RefusalMapper implements ExceptionMapper<WebApplicationException> {
    @Inject
    ErrorMapper failures;

    @Override
    public Response toResponse(WebApplicationException refusal) {
        return failures.toResponse(refusal);
    }
}
