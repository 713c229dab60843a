package io.hyperion.war.http;

import io.hyperion.api.HyperionException;
import io.hyperion.war.access.Caller;
import io.hyperion.war.json.FieldHints;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.JsonInput;
import io.hyperion.war.wire.LoadFields;
import io.hyperion.war.wire.WireCall;
import io.hyperion.war.wire.WireFormat;
import io.hyperion.war.wire.Workers;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.InputStream;
import java.util.List;

/** Serves a request for a generation over HTTP, whatever its protocol. */
@ApplicationScoped
public class Generations {
    @Inject
    Caller caller;

    @Inject
    BodyReader bodies;

    @Inject
    Workers workers;

    /**
     * Takes the request in and begins its generation. The answer comes later, from another thread of the server.
     *
     * @param headers the request's headers
     * @param body the request's body
     * @param response where the answer goes
     * @param protocol how requests, results, events and errors look
     */
    public void serve(HttpHeaders headers, InputStream body, AsyncResponse response, HttpProtocol protocol) {
        List<String> hints = List.of();
        try {
            Fields fields = JsonInput.object(bodies.read(headers, body));
            WireFormat format = protocol.format();
            hints = FieldHints.of(fields.names(), format.fields());
            LoadFields.refuse(fields);
            WireCall call = format.read(fields);
            begin(call, protocol.events(), protocol.errorFormat(), hints, response);
        } catch (HyperionException refusal) {
            response.resume(Answers.warn(Answers.error(refusal, protocol.errorFormat()), hints)
                    .build());
        }
    }

    /**
     * Begins the generations of a call. The answer comes later, from another thread of the server.
     *
     * @param call the call
     * @param events how a stream looks
     * @param errors how errors look
     * @param hints what the caller is told beside the answer
     * @param response where the answer goes
     * @throws HyperionException if the caller is not known
     */
    public void begin(
            WireCall call, EventStyle events, ErrorFormat errors, List<String> hints, AsyncResponse response) {
        new HttpGeneration(call, events, errors, hints, response, workers.executor()).begin(caller.client());
    }
}
