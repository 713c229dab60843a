package io.hyperion.core.client;

import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.HyperionException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Keeps what it hears, and lets tests wait for it. */
class RecordingListener implements GenerateListener {
    final List<String> pieces = new CopyOnWriteArrayList<>();
    final CountDownLatch started = new CountDownLatch(1);
    final CountDownLatch firstPiece = new CountDownLatch(1);
    final CompletableFuture<GenerateReply> reply = new CompletableFuture<>();

    @Override
    public void onStart() {
        started.countDown();
    }

    @Override
    public void onText(String piece) {
        pieces.add(piece);
        firstPiece.countDown();
    }

    @Override
    public void onDone(GenerateReply whole) {
        if (!reply.complete(whole)) {
            throw new IllegalStateException("A second end");
        }
    }

    @Override
    public void onError(HyperionException error) {
        if (!reply.completeExceptionally(error)) {
            throw new IllegalStateException("A second end");
        }
    }
}
