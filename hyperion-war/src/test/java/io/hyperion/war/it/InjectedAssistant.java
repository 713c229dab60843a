package io.hyperion.war.it;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** An application's own code in the server: what it makes of an injected client, told over HTTP. */
@Path("injected")
@Produces("application/json")
@ApplicationScoped
public class InjectedAssistant {
    private static final GenerateRequest REQUEST = GenerateRequest.builder()
            .prompt("Once upon a time")
            .maxTokens(24)
            .temperature(0)
            .build();

    @Inject
    HyperionClient hyperion;

    /** Generates in all the ways there are, and tells the text of each. */
    @GET
    public String generate() {
        GenerateReply blocking = hyperion.generate(REQUEST);
        GenerateReply asynchronous =
                hyperion.generateAsync(REQUEST).toCompletableFuture().join();
        CompletableFuture<List<String>> streamed = new CompletableFuture<>();
        hyperion.stream(REQUEST).subscribe(new Pieces(streamed));
        return Json.createObjectBuilder()
                .add("blocking", blocking.text())
                .add("asynchronous", asynchronous.text())
                .add("streamed", Json.createArrayBuilder(streamed.join()))
                .build()
                .toString();
    }

    /** Asks for a model that is not there, and tells the error. */
    @GET
    @Path("unknown")
    public String unknown() {
        try {
            return hyperion.model("nobody").name();
        } catch (HyperionException error) {
            return Json.createObjectBuilder()
                    .add("type", error.getClass().getSimpleName())
                    .add("code", error.code().code())
                    .build()
                    .toString();
        }
    }

    private static final class Pieces implements Flow.Subscriber<GenerateEvent> {
        private final CompletableFuture<List<String>> all;
        private final List<String> pieces = new ArrayList<>();

        Pieces(CompletableFuture<List<String>> all) {
            this.all = all;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(GenerateEvent event) {
            if (event instanceof GenerateEvent.Piece piece) {
                pieces.add(piece.text());
            }
        }

        @Override
        public void onError(Throwable error) {
            all.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            all.complete(pieces);
        }
    }
}
