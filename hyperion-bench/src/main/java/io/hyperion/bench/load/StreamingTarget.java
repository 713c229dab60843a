package io.hyperion.bench.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.IntConsumer;

/** A target that takes requests at any time, while others are under way. {@link #send} is for one thread at a time. */
public interface StreamingTarget extends Target {
    /**
     * Sends a request.
     *
     * @param request the request
     * @param progress is told how many pieces have come, after each; from a thread of the target, which it must not block
     * @return the completion, or why there is none
     */
    CompletableFuture<Completion> send(LoadRequest request, IntConsumer progress);

    @Override
    default List<Completion> complete(List<LoadRequest> requests) throws IOException, InterruptedException {
        List<CompletableFuture<Completion>> sent = new ArrayList<>();
        for (LoadRequest request : requests) {
            sent.add(send(request, pieces -> {}));
        }
        List<Completion> completions = new ArrayList<>();
        for (CompletableFuture<Completion> future : sent) {
            completions.add(await(future));
        }
        return completions;
    }

    /**
     * Waits for a completion.
     *
     * @param <T> what it is
     * @param future what {@link #send} gave, or what was made of it
     * @return the completion
     * @throws IOException if it failed
     * @throws InterruptedException if the thread is interrupted
     */
    static <T> T await(CompletableFuture<T> future) throws IOException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }
}
