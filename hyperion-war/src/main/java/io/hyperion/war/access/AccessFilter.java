package io.hyperion.war.access;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.Method;

/** Stands before all resources: without a key that is needed, none of them is reached but those that say so. */
@Provider
@Priority(Priorities.AUTHENTICATION)
@ApplicationScoped
public class AccessFilter implements ContainerRequestFilter {
    @Inject
    Caller caller;

    @Context
    ResourceInfo resource;

    @Context
    HttpServletRequest request;

    @Override
    public void filter(ContainerRequestContext context) {
        Method method = resource.getResourceMethod();
        // What the server answers itself, such as OPTIONS, may have no method of ours.
        boolean isPublic = method != null && method.isAnnotationPresent(Public.class);
        if (!isPublic) {
            caller.arrive(request, method != null && method.isAnnotationPresent(CredentialInBody.class));
        }
    }
}
