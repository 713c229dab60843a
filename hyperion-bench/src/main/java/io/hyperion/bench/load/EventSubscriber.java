package io.hyperion.bench.load;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.IntConsumer;

/** Gathers the events of an answer. What they say is read when all have come: meanwhile the server may need the processor. */
final class EventSubscriber implements BodySubscriber<List<ReceivedEvent>> {
    private final List<ReceivedEvent> events = new ArrayList<>();
    private final CompletableFuture<List<ReceivedEvent>> body = new CompletableFuture<>();
    private final EventStream stream;

    EventSubscriber(IntConsumer progress) {
        stream = new EventStream((name, data) -> {
            events.add(new ReceivedEvent(name, data, System.nanoTime()));
            progress.accept(events.size());
        });
    }

    @Override
    public CompletionStage<List<ReceivedEvent>> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        buffers.forEach(stream::feed);
    }

    @Override
    public void onError(Throwable failure) {
        body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        body.complete(events);
    }
}
