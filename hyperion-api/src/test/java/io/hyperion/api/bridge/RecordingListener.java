package io.hyperion.api.bridge;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.HyperionException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Remembers what it hears, and in what context. */
final class RecordingListener implements GenerateListener {
    final BlockingQueue<String> pieces = new LinkedBlockingQueue<>();
    final List<GenerateReply> replies = new CopyOnWriteArrayList<>();
    final List<HyperionException> errors = new CopyOnWriteArrayList<>();
    final List<ClassLoader> contexts = new CopyOnWriteArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    @Override
    public void onStart() {
        contexts.add(ThreadContext.current());
    }

    @Override
    public void onPiece(GenerateEvent.Piece piece) {
        contexts.add(ThreadContext.current());
        pieces.add(piece.text());
    }

    @Override
    public void onText(String text) {
        throw new AssertionError("Pieces are told of");
    }

    @Override
    public void onDone(GenerateReply reply) {
        contexts.add(ThreadContext.current());
        replies.add(reply);
        ended.countDown();
    }

    @Override
    public void onError(HyperionException error) {
        contexts.add(ThreadContext.current());
        errors.add(error);
        ended.countDown();
    }

    String nextPiece() throws InterruptedException {
        String piece = pieces.poll(10, TimeUnit.SECONDS);
        if (piece == null) {
            throw new AssertionError("No piece within 10 seconds; errors: " + errors);
        }
        return piece;
    }

    void awaitEnd() throws InterruptedException {
        if (!ended.await(10, TimeUnit.SECONDS)) {
            throw new AssertionError("No end within 10 seconds");
        }
    }
}
