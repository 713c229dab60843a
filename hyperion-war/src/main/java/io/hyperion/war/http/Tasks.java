package io.hyperion.war.http;

import io.hyperion.api.HyperionException;
import io.hyperion.war.json.FieldHints;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.JsonInput;
import io.hyperion.war.wire.Workers;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonValue;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Answers requests that have to wait, for a model that is being loaded perhaps, in a thread of ours: the server has few for all of its
 * requests, and would answer none while they wait.
 */
@ApplicationScoped
public class Tasks {
    @Inject
    BodyReader bodies;

    @Inject
    Workers workers;

    /**
     * Takes a request in; its answer comes later, from another thread.
     *
     * @param headers the request's headers
     * @param body the request's body
     * @param response where the answer goes
     * @param names the names of all fields that mean something, for hints at misspelled ones
     * @param errors how errors are told
     * @param work makes the answer; may block
     */
    public void serve(
            HttpHeaders headers,
            InputStream body,
            AsyncResponse response,
            Set<String> names,
            ErrorFormat errors,
            Function<Fields, JsonValue> work) {
        serve(headers, body, response, names, errors, 200, work);
    }

    /**
     * Takes a request in; its answer comes later, from another thread.
     *
     * @param headers the request's headers
     * @param body the request's body
     * @param response where the answer goes
     * @param names the names of all fields that mean something, for hints at misspelled ones
     * @param errors how errors are told
     * @param status the status of an answer that is no error
     * @param work makes the answer; may block
     */
    public void serve(
            HttpHeaders headers,
            InputStream body,
            AsyncResponse response,
            Set<String> names,
            ErrorFormat errors,
            int status,
            Function<Fields, JsonValue> work) {
        Fields fields;
        try {
            fields = JsonInput.object(bodies.read(headers, body));
        } catch (HyperionException refusal) {
            response.resume(Answers.error(refusal, errors).build());
            return;
        }
        List<String> hints = FieldHints.of(fields.names(), names);
        run(response, hints, errors, () -> Answers.json(status, work.apply(fields)));
    }

    /**
     * Answers later, from another thread.
     *
     * @param response where the answer goes
     * @param errors how errors are told
     * @param work makes the answer; may block
     */
    public void run(AsyncResponse response, ErrorFormat errors, Supplier<Response.ResponseBuilder> work) {
        run(response, List.of(), errors, work);
    }

    private void run(
            AsyncResponse response, List<String> hints, ErrorFormat errors, Supplier<Response.ResponseBuilder> work) {
        try {
            workers.executor().execute(() -> {
                try {
                    response.resume(Answers.warn(work.get(), hints).build());
                } catch (HyperionException refusal) {
                    response.resume(
                            Answers.warn(Answers.error(refusal, errors), hints).build());
                } catch (RuntimeException failure) {
                    response.resume(failure);
                }
            });
        } catch (RejectedExecutionException shutdown) {
            // The server takes no more work: its own answer says when to come back.
            response.cancel();
        }
    }
}
