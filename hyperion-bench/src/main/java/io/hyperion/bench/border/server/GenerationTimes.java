package io.hyperion.bench.border.server;

import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import java.util.concurrent.CompletableFuture;

/** How long an injected client takes for a text, in the application that this class is packed into. */
@Path("border/generation")
@Produces("text/plain")
@ApplicationScoped
public class GenerationTimes {
    @Inject
    HyperionClient hyperion;

    /**
     * Generates once, always the same.
     *
     * @param way how
     * @param tokens how many tokens
     * @return the nanoseconds
     */
    @GET
    public String measure(@QueryParam("way") Way way, @QueryParam("tokens") int tokens) {
        GenerateRequest request = GenerateRequest.builder()
                .prompt("Once upon a time")
                .parameters(GenerateParameters.builder()
                        .maxTokens(tokens)
                        .temperature(0)
                        .seed(1)
                        .ignoreEos(true)
                        .build())
                .build();
        long begin = System.nanoTime();
        GenerateReply reply = way == Way.BLOCKING ? hyperion.generate(request) : stream(request);
        long nanos = System.nanoTime() - begin;
        if (reply.completionTokens() != tokens) {
            throw new IllegalStateException("The text has " + reply.completionTokens() + " tokens, not " + tokens);
        }
        return Long.toString(nanos);
    }

    private GenerateReply stream(GenerateRequest request) {
        Listener listener = new Listener();
        hyperion.stream(request, listener);
        GenerateReply reply = listener.end.join();
        if (!reply.text().contentEquals(listener.text)) {
            throw new IllegalStateException("The pieces are not the text");
        }
        return reply;
    }

    /** Takes the pieces of a text. */
    public static final class Listener implements GenerateListener {
        private final StringBuilder text = new StringBuilder();
        private final CompletableFuture<GenerateReply> end = new CompletableFuture<>();

        @Override
        public void onText(String piece) {
            text.append(piece);
        }

        @Override
        public void onDone(GenerateReply reply) {
            end.complete(reply);
        }

        @Override
        public void onError(HyperionException error) {
            end.completeExceptionally(error);
        }
    }
}
