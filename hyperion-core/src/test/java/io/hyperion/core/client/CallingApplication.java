package io.hyperion.core.client;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** What an application does with the models of another one; its classes are in many things that it hands over. */
public final class CallingApplication implements Consumer<InProcessClient>, GenerateListener {
    private final InheritableThreadLocal<CallingApplication> inherited = new InheritableThreadLocal<>();
    private final List<String> pieces = new CopyOnWriteArrayList<>();
    private final CompletableFuture<GenerateReply> streamed = new CompletableFuture<>();

    /** An application that is about to begin. */
    public CallingApplication() {}

    @Override
    public void accept(InProcessClient client) {
        inherited.set(this);
        GenerateRequest request =
                GenerateRequest.builder().prompt("Hello").maxTokens(3).build();
        client.generate(request);
        client.stream(request, this);
        client.embed(EmbeddingRequest.builder().model("vectors").text("a").build());
        client.generateAsync(request).thenAccept(reply -> pieces.add(reply.text()));
        try {
            streamed.get(30, SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("The stream did not end well", e);
        }
    }

    @Override
    public void onText(String piece) {
        pieces.add(piece);
    }

    @Override
    public void onDone(GenerateReply reply) {
        streamed.complete(reply);
    }

    @Override
    public void onError(HyperionException error) {
        streamed.completeExceptionally(error);
    }
}
