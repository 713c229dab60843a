package io.hyperion.examples.assistant;

import static java.lang.System.Logger.Level.DEBUG;

import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionException;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * An answer while it is being written. The engine's thread only leaves its words here; a thread of the server takes them and waits for the
 * browser. Words that nobody has taken yet are joined, so a slow browser holds up nobody.
 */
public final class Draft implements GenerateListener {
    private static final System.Logger LOG = System.getLogger(Draft.class.getName());

    private final Duration keepAlive;
    private final StringBuilder words = new StringBuilder();
    private boolean begun;
    private Optional<GenerateReply> reply = Optional.empty();
    private Optional<HyperionException> error = Optional.empty();
    private Generation generation;

    Draft() {
        this(Duration.ofSeconds(10));
    }

    /** @param keepAlive after this silence a comment is written, which shows whether the browser is still there */
    Draft(Duration keepAlive) {
        this.keepAlive = keepAlive;
    }

    /** @param handle of the generation that tells this draft */
    synchronized void begin(Generation handle) {
        generation = handle;
    }

    @Override
    public synchronized void onStart() {
        begun = true;
        notifyAll();
    }

    @Override
    public synchronized void onText(String text) {
        words.append(text);
        notifyAll();
    }

    @Override
    public synchronized void onDone(GenerateReply whole) {
        reply = Optional.of(whole);
        notifyAll();
    }

    @Override
    public synchronized void onError(HyperionException why) {
        error = Optional.of(why);
        notifyAll();
    }

    /**
     * Waits until the model has begun, so that what is refused gets its own status and no stream.
     *
     * @throws HyperionException if there will be no answer
     * @throws InterruptedException if the thread was interrupted; the generation is cancelled then
     */
    synchronized void awaitBegin() throws InterruptedException {
        try {
            while (!begun && reply.isEmpty() && error.isEmpty()) {
                wait();
            }
        } catch (InterruptedException shutdown) {
            generation.cancel();
            throw shutdown;
        }
        if (!begun && error.isPresent()) {
            throw error.get();
        }
    }

    /**
     * Writes the answer as server-sent events: {@code token} for each piece, then {@code done} or {@code error}. Returns when all is
     * written, or when nobody reads any more: then the generation is cancelled.
     *
     * @param out where to
     */
    void writeTo(OutputStream out) {
        boolean more = true;
        try {
            while (more) {
                Optional<String> text = takeText();
                if (text.isPresent()) {
                    write(out, text.get().isEmpty() ? ":\n\n" : token(text.get()));
                } else {
                    more = false;
                    write(out, end());
                }
            }
        } catch (IOException gone) {
            LOG.log(DEBUG, "The reader of a draft is gone", gone);
        } catch (InterruptedException shutdown) {
            Thread.currentThread().interrupt();
        } finally {
            cancel();
        }
    }

    /** {@return the words since the last time; an empty text if there are none after a while, nothing if there will be none} */
    private synchronized Optional<String> takeText() throws InterruptedException {
        long deadline = System.nanoTime() + keepAlive.toNanos();
        while (words.isEmpty() && reply.isEmpty() && error.isEmpty()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return Optional.of("");
            }
            // At least one millisecond: zero would wait for ever.
            wait(Math.max(1, left / 1_000_000));
        }
        if (words.isEmpty()) {
            return Optional.empty();
        }
        String text = words.toString();
        words.setLength(0);
        return Optional.of(text);
    }

    private synchronized String end() {
        return error.map(why -> event("error", Problem.of(why).json()))
                .orElseGet(() -> event("done", summary(reply.orElseThrow())));
    }

    private synchronized void cancel() {
        generation.cancel();
    }

    private static void write(OutputStream out, String event) throws IOException {
        out.write(event.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static String token(String text) {
        return event("token", Json.createObjectBuilder().add("text", text).build());
    }

    private static JsonObject summary(GenerateReply reply) {
        return Json.createObjectBuilder()
                .add("model", reply.model())
                .add("finishReason", reply.finishReason().wireName())
                .add("tokens", reply.completionTokens())
                .add("tokensPerSecond", Math.round(reply.tokensPerSecond() * 10) / 10.0)
                .build();
    }

    private static String event(String name, JsonObject data) {
        return "event: " + name + "\ndata: " + data + "\n\n";
    }
}
