package io.hyperion.war.it;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.Parameter;
import io.hyperion.api.cdi.Model;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    /** Goes on until somebody ends it. */
    private static final GenerateRequest ENDLESS = GenerateRequest.builder()
            .prompt("Once")
            .parameters(GenerateParameters.builder()
                    .set(Parameter.MAX_TOKENS, 1_000_000_000)
                    .set(Parameter.IGNORE_EOS, true)
                    .set(Parameter.CONTEXT_SHIFT, true)
                    .build())
            .build();

    @Inject
    HyperionClient hyperion;

    @Inject
    @Model(Fixture.SINGLE)
    HyperionClient single;

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

    /** Tells which models requests without a name get, by how the client was had. */
    @GET
    @Path("models")
    public String models() {
        return Json.createObjectBuilder()
                .add("injected", hyperion.properties(Optional.empty()).model())
                .add("qualified", single.properties(Optional.empty()).model())
                .add(
                        "lookedUp",
                        HyperionClient.lookup().properties(Optional.empty()).model())
                .add(
                        "lookedUpByName",
                        HyperionClient.lookup(Fixture.SINGLE)
                                .properties(Optional.empty())
                                .model())
                .build()
                .toString();
    }

    /** Begins a generation without an end, and cancels it when its first piece is there; tells whether its end was a cancelled one. */
    @GET
    @Path("cancelled")
    public String cancelled() {
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<GenerateReply> end = new CompletableFuture<>();
        Generation generation = single.stream(ENDLESS, new GenerateListener() {
            @Override
            public void onText(String text) {
                first.complete(text);
            }

            @Override
            public void onDone(GenerateReply reply) {
                end.complete(reply);
            }

            @Override
            public void onError(HyperionException error) {
                first.completeExceptionally(error);
                end.completeExceptionally(error);
            }
        });
        String text = first.join();
        boolean endedBefore = end.isDone();
        generation.cancel();
        return Json.createObjectBuilder()
                .add("first", text)
                .add("endedBefore", endedBefore)
                .add("finishReason", end.join().finishReason().name())
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
