package io.hyperion.war.openai;

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

/** {@code POST /v1/embeddings}: texts in, a vector of each out. */
@Path("{base: (openai/)?v1}/embeddings")
@ApplicationScoped
public class EmbeddingsResource {
    private static final ErrorFormat ERRORS = OpenAiErrors.ofPrompt("input");

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
            hints = FieldHints.of(fields.names(), EmbeddingCall.FIELDS);
            LoadFields.refuse(fields);
            EmbeddingCall call = EmbeddingCall.read(fields);
            answers.answer(response, caller.client().embedAsync(call.request()), call::reply, ERRORS, hints);
        } catch (HyperionException refusal) {
            response.resume(Answers.warn(Answers.error(refusal, ERRORS), hints).build());
        }
    }
}
