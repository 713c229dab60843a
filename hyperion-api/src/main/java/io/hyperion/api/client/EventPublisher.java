package io.hyperion.api.client;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.Function;

/**
 * Generations as streams, by the contract of {@link HyperionClient#stream(io.hyperion.api.GenerateRequest)}: each subscription begins a
 * generation, a slow subscriber gets joined pieces, and cancelling the subscription cancels the generation. Safe for use by many threads.
 */
public final class EventPublisher implements Flow.Publisher<GenerateEvent> {
    private final Function<GenerateListener, Generation> start;

    /**
     * @param start begins a generation that a listener hears of; what it throws as a {@link HyperionException}, the subscriber is told
     */
    public EventPublisher(Function<GenerateListener, Generation> start) {
        this.start = Objects.requireNonNull(start, "start");
    }

    @Override
    public void subscribe(Flow.Subscriber<? super GenerateEvent> subscriber) {
        new EventSubscription(subscriber).begin(start);
    }
}
