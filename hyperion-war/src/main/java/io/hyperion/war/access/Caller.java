package io.hyperion.war.access;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.UnauthorisedException;
import io.hyperion.api.admin.ModelAdministration;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * Who sends the current request over HTTP, and his way to the models. To be asked in the request's own thread; what it gives can be used in
 * any. Every resource injects this one, and none of them a client of its own.
 */
@RequestScoped
public class Caller {
    @Inject
    Access access;

    private HttpServletRequest request;
    private Identity identity;

    /** A request has arrived: tells who sends it, unless that is to be told later. */
    void arrive(HttpServletRequest arrived, boolean credentialInBody) {
        request = arrived;
        if (!credentialInBody
                || !access.needsKeys()
                || Access.fromHeaders(arrived).isPresent()) {
            identity = access.identify(arrived);
        }
    }

    /** {@return whether it is known who sends the request} */
    public boolean isIdentified() {
        return identity != null;
    }

    /**
     * Tells who sends the request by the key in its body, unless that is known already: for methods that are {@link CredentialInBody}.
     *
     * @param credential the key
     * @throws UnauthorisedException if there is none, or one that is not known
     */
    public void identify(Optional<String> credential) {
        if (identity == null && request != null) {
            identity = access.identify(request, credential);
        }
    }

    /**
     * {@return who sends the request}
     *
     * @throws UnauthorisedException if that is not known
     */
    public Identity identity() {
        if (identity == null) {
            throw new UnauthorisedException(ErrorCode.UNAUTHORISED, "It is not known who sends this request");
        }
        return identity;
    }

    /**
     * {@return what tells him from others, as far as that is known: his name, and where nobody needs a key his address too}
     *
     * @throws UnauthorisedException if it is not known who sends the request
     */
    public String owner() {
        String name = identity().name();
        return access.needsKeys() ? name : name + " " + request.getRemoteAddr();
    }

    /**
     * {@return his way to the models, as {@link Access#client} describes it; never one that is bound to the request}
     *
     * @throws UnauthorisedException if it is not known who sends the request
     */
    public HyperionClient client() {
        return access.client(identity());
    }

    /**
     * {@return what he may do with the models, as {@link Access#administration} describes it; never bound to the request}
     *
     * @throws UnauthorisedException if it is not known who sends the request
     */
    public ModelAdministration administration() {
        return access.administration(identity(), request.getRemoteAddr());
    }
}
