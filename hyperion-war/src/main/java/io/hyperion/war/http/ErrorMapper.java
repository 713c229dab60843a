package io.hyperion.war.http;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.war.wire.InternalErrors;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/**
 * Everything that goes wrong outside a resource's own care: errors of Hyperion keep their code, refusals of JAX-RS (no such path, no such
 * method) keep their status, and of anything else the caller learns a reference to the log, and nothing more.
 */
@Provider
@ApplicationScoped
public class ErrorMapper implements ExceptionMapper<Throwable> {
    @Inject
    ErrorFormats formats;

    @Context
    UriInfo uri;

    @Context
    Request request;

    @Override
    public Response toResponse(Throwable failure) {
        String path = uri.getPath();
        ErrorFormat format = formats.of(path);
        if (failure instanceof HyperionException error) {
            return Answers.error(error, format).build();
        }
        if (failure instanceof WebApplicationException refusal) {
            int status = refusal.getResponse().getStatus();
            if (status < 400) {
                return refusal.getResponse();
            }
            if (status < 500) {
                return refused(refusal, status, path, format);
            }
        }
        return Answers.error(InternalErrors.log(request.getMethod() + " /" + Excerpts.of(path), failure), format)
                .build();
    }

    private Response refused(WebApplicationException refusal, int status, String path, ErrorFormat format) {
        String method = request.getMethod();
        String place = "/" + Excerpts.of(path);
        HyperionException error =
                switch (status) {
                    case 404 ->
                        new InvalidRequestException(ErrorCode.UNKNOWN_VALUE, "path", "There is nothing at " + place);
                    case 405 ->
                        new InvalidRequestException(
                                ErrorCode.UNKNOWN_VALUE, "method", place + " does not take " + Excerpts.of(method));
                    default ->
                        new InvalidRequestException(
                                ErrorCode.UNKNOWN_VALUE,
                                "",
                                "The request cannot be served: "
                                        + refusal.getResponse().getStatusInfo().getReasonPhrase());
                };
        Response.ResponseBuilder answer = Answers.error(error, status, format);
        Object allowed = refusal.getResponse().getHeaders().getFirst(HttpHeaders.ALLOW);
        if (allowed != null) {
            answer.header(HttpHeaders.ALLOW, allowed);
        }
        return answer.build();
    }
}
