package io.hyperion.war.hyperion;

import io.hyperion.api.HyperionException;
import io.hyperion.war.access.Caller;
import io.hyperion.war.http.Answers;
import io.hyperion.war.http.BodyReader;
import io.hyperion.war.http.ErrorFormat;
import io.hyperion.war.http.LateAnswers;
import io.hyperion.war.json.FieldHints;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.JsonInput;
import io.hyperion.war.wire.LoadFields;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.InputStream;
import java.util.List;

/** {@code POST /embed}: texts in, their vectors out, whatever the pooling, with the counts and the times. */
@Path("embed")
@ApplicationScoped
public class EmbedResource {
    @Inject
    Caller caller;

    @Inject
    BodyReader bodies;

    @Inject
    LateAnswers answers;

    /**
     * @param headers the request's headers
     * @param response where the answer goes
     * @param body the request
     */
    @POST
    public void embed(@Context HttpHeaders headers, @Suspended AsyncResponse response, InputStream body) {
        List<String> hints = List.of();
        try {
            Fields fields = JsonInput.object(bodies.read(headers, body));
            hints = FieldHints.of(fields.names(), EmbedCall.FIELDS);
            LoadFields.refuse(fields);
            EmbedCall call = EmbedCall.read(fields);
            answers.answer(
                    response, caller.client().embedAsync(call.request()), call::reply, ErrorFormat.HYPERION, hints);
        } catch (HyperionException refusal) {
            response.resume(Answers.warn(Answers.error(refusal, ErrorFormat.HYPERION), hints)
                    .build());
        }
    }
}
