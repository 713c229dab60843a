package io.hyperion.servers.consumer;

import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelUnavailableException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What the application makes of an injected client, told over HTTP. */
@Path("/")
@Produces("application/json")
@ApplicationScoped
public class Assistant {
    private static final int PATIENCE_SECONDS = 60;

    @Inject
    HyperionClient hyperion;

    /** Waits for a whole text. */
    @GET
    @Path("blocking")
    public String blocking() {
        GenerateRequest request = GenerateRequest.builder()
                .prompt("Once upon a time")
                .maxTokens(24)
                .temperature(0)
                .build();
        return Json.createObjectBuilder()
                .add("text", hyperion.generate(request).text())
                .build()
                .toString();
    }

    /** Streams a text without an end, and cancels it after some pieces. */
    @GET
    @Path("streaming")
    public String streaming() throws InterruptedException, ExecutionException, TimeoutException {
        GenerateRequest endless = GenerateRequest.builder()
                .prompt("Once")
                .parameters(GenerateParameters.builder()
                        .maxTokens(1_000_000_000)
                        .ignoreEos(true)
                        .contextShift(true)
                        .build())
                .build();
        Pieces pieces = new Pieces();
        Generation generation = hyperion.stream(endless, pieces);
        boolean streamed = pieces.some.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        generation.cancel();
        GenerateReply reply = pieces.end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return Json.createObjectBuilder()
                .add("streamed", streamed)
                .add("finishReason", reply.finishReason().wireName())
                .add("ownLoader", pieces.ownLoader)
                .build()
                .toString();
    }

    /** Asks for what there is not, and tells what was thrown. */
    @GET
    @Path("errors")
    public String errors() {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        JsonObjectBuilder told = Json.createObjectBuilder();
        try {
            hyperion.model("nobody");
        } catch (ModelNotFoundException expected) {
            told.add("unknown", expected.code().code());
        }
        try {
            hyperion.generate(
                    GenerateRequest.builder().prompt("x").template("nobody").build());
        } catch (InvalidRequestException expected) {
            told.add("invalid", expected.code().code());
        }
        return told.add("ownLoader", Thread.currentThread().getContextClassLoader() == before)
                .build()
                .toString();
    }

    /** Asks for the models where there is no Hyperion, and tells what was thrown. */
    @GET
    @Path("missing")
    public String missing() {
        JsonObjectBuilder told = Json.createObjectBuilder();
        try {
            told.add("models", hyperion.models().size());
        } catch (ModelUnavailableException expected) {
            told.add("code", expected.code().code()).add("message", expected.getMessage());
        }
        return told.build().toString();
    }

    private static final class Pieces implements GenerateListener {
        private static final int SOME = 10;

        final CountDownLatch some = new CountDownLatch(SOME);
        final CompletableFuture<GenerateReply> end = new CompletableFuture<>();
        private final ClassLoader own = Thread.currentThread().getContextClassLoader();
        volatile boolean ownLoader = true;

        @Override
        public void onText(String text) {
            ownLoader &= Thread.currentThread().getContextClassLoader() == own;
            some.countDown();
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
