package io.hyperion.bench.load;

import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionException;
import io.hyperion.api.Prompt;
import io.hyperion.core.client.InProcessClient;
import io.hyperion.core.model.HyperionConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/** Hyperion in this very process. */
public final class InProcessTarget implements StreamingTarget {
    /** What reports call it. */
    public static final String NAME = "in-process";

    private final InProcessClient client;

    /**
     * @param model what to load; the first request does
     */
    public InProcessTarget(ModelUse model) {
        client = InProcessClient.open(HyperionConfiguration.of(model.configuration()));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public CompletableFuture<Completion> send(LoadRequest request, IntConsumer progress) {
        GenerateRequest.Builder builder =
                GenerateRequest.builder().maxTokens(request.maxTokens()).temperature(0);
        if (request.prompt() instanceof Prompt.Chat chat) {
            builder.messages(chat.messages());
        } else {
            builder.prompt(Protocol.text(request.prompt()));
        }
        CompletableFuture<Completion> completion = new CompletableFuture<>();
        List<Long> arrivals = new ArrayList<>();
        long sent = System.nanoTime();
        client.stream(builder.build(), new GenerateListener() {
            @Override
            public void onText(String piece) {
                arrivals.add(System.nanoTime());
                progress.accept(arrivals.size());
            }

            @Override
            public void onDone(GenerateReply reply) {
                completion.complete(new Completion(
                        reply.text(),
                        reply.promptTokens(),
                        OptionalInt.of(reply.promptTokens() - reply.cachedTokens()),
                        reply.completionTokens(),
                        sent,
                        arrivals,
                        System.nanoTime()));
            }

            @Override
            public void onError(HyperionException error) {
                completion.completeExceptionally(error);
            }
        });
        return completion;
    }

    @Override
    public void close() {
        client.close();
    }
}
