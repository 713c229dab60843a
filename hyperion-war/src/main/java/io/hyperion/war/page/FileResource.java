package io.hyperion.war.page;

import io.hyperion.war.access.Public;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;

/** {@code GET /page/{file}}: what the page at the context root is made of. */
@Path("page")
@ApplicationScoped
public class FileResource {
    @Inject
    PageFiles files;

    /**
     * @param name the name of a file
     * @param request the request
     * @return the file
     */
    @GET
    @Public
    @Path("{file}")
    public Response file(@PathParam("file") String name, @Context Request request) {
        return files.answer(name, request).orElseThrow(NotFoundException::new).build();
    }
}
