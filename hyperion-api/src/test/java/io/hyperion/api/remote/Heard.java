package io.hyperion.api.remote;

import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a listener heard, in order. */
final class Heard implements GenerateListener {
    static final long PATIENCE_SECONDS = 20;

    final List<String> all = new CopyOnWriteArrayList<>();
    private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    private final CompletableFuture<GenerateReply> reply = new CompletableFuture<>();

    String next() throws InterruptedException {
        return Optional.ofNullable(texts.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .orElse("nothing came");
    }

    GenerateReply reply() {
        return reply.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    HyperionException error() {
        return reply.<HyperionException>handle((done, error) -> (HyperionException) error)
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    @Override
    public void onWaiting(ModelProgress progress) {
        all.add(progress.toString());
    }

    @Override
    public void onStart() {
        all.add("start");
    }

    @Override
    public void onText(String text) {
        all.add(text);
        texts.add(text);
    }

    @Override
    public void onDone(GenerateReply whole) {
        all.add("done");
        reply.complete(whole);
    }

    @Override
    public void onError(HyperionException error) {
        all.add("error");
        reply.completeExceptionally(error);
    }
}
