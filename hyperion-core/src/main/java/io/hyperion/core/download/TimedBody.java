package io.hyperion.core.download;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The content of an answer as a stream that does not wait for ever: the JDK's own knows no time-out. A read takes all that has arrived, as
 * far as it has room. Holds few pieces, of 16 KiB each unless {@code jdk.httpclient.bufsize} says otherwise, however fast the server sends.
 * Read by one thread; may be closed by any.
 */
final class TimedBody extends InputStream implements BodySubscriber<InputStream> {
    /**
     * How many pieces are asked for at once, when all of those before have been taken. With more, or earlier, the JDK's client reads ahead of
     * what is asked for, the more the longer the content is, until memory ends: where it gets several buffers at once and forwards one before
     * the next is in its queue, it takes the queue for empty each time, and reads once more for each. A pause lets it use that up.
     */
    private static final int WINDOW = 4;

    private final String source;
    private final Duration timeout;
    private final Consumer<TimedBody> whenOver;
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();

    /** What the reader has taken. */
    private final Queue<ByteBuffer> taken = new ArrayDeque<>();

    private int expected = WINDOW;

    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // All but the last are used with the lock.
    private final Queue<ByteBuffer> arrived = new ArrayDeque<>();
    private int pieces;
    private boolean over;
    private Optional<Throwable> failure = Optional.empty();
    private volatile boolean closed;

    /**
     * @param source who sends it, for messages
     * @param timeout how long it may send nothing
     * @param whenOver told when nothing comes any more, perhaps twice
     */
    TimedBody(String source, Duration timeout, Consumer<TimedBody> whenOver) {
        this.source = source;
        this.timeout = timeout;
        this.whenOver = whenOver;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription.complete(given);
        given.request(WINDOW);
    }

    @Override
    public void onNext(List<ByteBuffer> given) {
        if (given.stream().noneMatch(ByteBuffer::hasRemaining)) {
            // Nobody will take it.
            subscription.join().request(1);
            return;
        }
        lock.lock();
        try {
            given.stream().filter(ByteBuffer::hasRemaining).forEach(arrived::add);
            pieces++;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onError(Throwable error) {
        end(Optional.of(error));
    }

    @Override
    public void onComplete() {
        end(Optional.empty());
    }

    private void end(Optional<Throwable> error) {
        lock.lock();
        try {
            over = true;
            failure = failure.or(() -> error);
            changed.signal();
        } finally {
            lock.unlock();
        }
        whenOver.accept(this);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        requireOpen();
        int read = 0;
        while (read < length && (!taken.isEmpty() || take(read == 0))) {
            ByteBuffer piece = taken.element();
            int count = Math.min(piece.remaining(), length - read);
            piece.get(target, offset + read, count);
            read += count;
            if (!piece.hasRemaining()) {
                taken.remove();
            }
        }
        return read > 0 || length == 0 ? read : -1;
    }

    /** Takes what has arrived. With nothing there, waits for more or for the end, or says that there is nothing now. */
    private boolean take(boolean waits) throws IOException {
        int count;
        boolean silent;
        try {
            lock.lockInterruptibly();
            try {
                silent = waits && !await();
                taken.addAll(arrived);
                arrived.clear();
                count = pieces;
                pieces = 0;
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("Interrupted while it waited for " + source).initCause(e);
        }
        expected -= count;
        if (expected == 0) {
            expected = WINDOW;
            // Without the lock: this may bring the next piece, by this very thread.
            subscription.join().request(WINDOW);
        }
        if (silent) {
            close();
            throw new HttpTimeoutException(source + " has been silent for " + timeout.toSeconds() + " seconds");
        } else if (waits && taken.isEmpty()) {
            requireWhole();
        }
        return !taken.isEmpty();
    }

    /** False if nothing has come in time. */
    private boolean await() throws InterruptedException {
        long left = TimeUnit.NANOSECONDS.convert(timeout);
        while (arrived.isEmpty() && !over && left > 0) {
            left = changed.awaitNanos(left);
        }
        return !arrived.isEmpty() || over;
    }

    private void requireWhole() throws IOException {
        requireOpen();
        if (failure.isPresent()) {
            Throwable cause = failure.get();
            throw new IOException("The connection to " + source + " broke: " + cause.getMessage(), cause);
        }
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("The answer of " + source + " was closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        subscription.thenAccept(Flow.Subscription::cancel);
        onComplete();
    }
}
