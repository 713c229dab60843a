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
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The content of an answer as a stream that does not wait for ever: the JDK's own knows no time-out. Holds few buffers, of 16 KiB each,
 * however fast the server sends. Read by one thread; may be closed by any.
 */
final class TimedBody extends InputStream implements BodySubscriber<InputStream> {
    /** How many pieces may be there unread: enough that reader and network do not wait for each other. */
    private static final int WINDOW = 32;

    /** Stands for the end, of whatever kind. */
    private static final List<ByteBuffer> END = List.of(ByteBuffer.allocate(0));

    private final String source;
    private final Duration timeout;
    private final Consumer<TimedBody> whenOver;
    private final BlockingQueue<List<ByteBuffer>> arrived = new LinkedBlockingQueue<>();
    private final Queue<ByteBuffer> buffers = new ArrayDeque<>();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private volatile boolean closed;
    private volatile Throwable failure;
    private boolean ended;

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
        arrived.add(given);
    }

    @Override
    public void onError(Throwable error) {
        failure = error;
        onComplete();
    }

    @Override
    public void onComplete() {
        arrived.add(END);
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
        if (length == 0) {
            return 0;
        }
        if (closed || !fill()) {
            return end();
        }
        int read = 0;
        while (read < length && !buffers.isEmpty()) {
            ByteBuffer buffer = buffers.peek();
            int count = Math.min(buffer.remaining(), length - read);
            buffer.get(target, offset + read, count);
            read += count;
            if (!buffer.hasRemaining()) {
                buffers.remove();
            }
        }
        return read;
    }

    /** Waits until there is something to give; false at the end. */
    private boolean fill() throws IOException {
        while (buffers.isEmpty() && !ended) {
            List<ByteBuffer> next = next();
            ended = next == END;
            if (!ended) {
                next.stream().filter(ByteBuffer::hasRemaining).forEach(buffers::add);
                subscription.join().request(1);
            }
        }
        return !buffers.isEmpty();
    }

    private List<ByteBuffer> next() throws IOException {
        List<ByteBuffer> next;
        try {
            next = arrived.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("Interrupted while it waited for " + source).initCause(e);
        }
        if (next == null) {
            close();
            throw new HttpTimeoutException(source + " has been silent for " + timeout.toSeconds() + " seconds");
        }
        return next;
    }

    private int end() throws IOException {
        if (failure != null) {
            throw new IOException("The connection to " + source + " broke: " + failure.getMessage(), failure);
        } else if (closed) {
            throw new IOException("The answer of " + source + " was closed");
        }
        return -1;
    }

    @Override
    public void close() {
        closed = true;
        subscription.thenAccept(Flow.Subscription::cancel);
        onComplete();
    }
}
