package io.hyperion.api.remote;

import io.hyperion.api.GenerateReply;
import io.hyperion.api.HyperionException;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A stream of server-sent events (by the HTML standard) on its way to a call. The next bytes are asked for when the events in those before
 * have been told, so that no more of them is ever held here.
 */
final class EventStream implements BodySubscriber<Optional<String>> {
    /** Nothing is to follow the last event but the end. */
    private static final int MAX_SKIPPED = 65_536;

    private static final String DATA = "data:";
    private static final String EVENT = "event:";

    private final String source;
    private final Json json;
    private final Failures failures;
    private final Call call;
    private final int completions;
    private final AtomicBoolean complete;
    private final CompletableFuture<Optional<String>> body = new CompletableFuture<>();

    /** Those of a line that has not ended yet. */
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    private final StringBuilder data = new StringBuilder();
    private String event = "";
    private int skipped;
    private Flow.Subscription subscription;
    private volatile long heard = System.nanoTime();

    /**
     * @param complete is set when the last event has come: the connection may be used again
     */
    EventStream(String source, Json json, Failures failures, Call call, int completions, AtomicBoolean complete) {
        this.source = source;
        this.json = json;
        this.failures = failures;
        this.call = call;
        this.completions = completions;
        this.complete = complete;
    }

    /** {@return when something came at last, as {@link System#nanoTime()} has it} */
    long heard() {
        return heard;
    }

    /** Nothing, once all has come: the events are told to the call. */
    @Override
    public CompletionStage<Optional<String>> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        call.whenEnded(() -> {
            if (!complete.get()) {
                given.cancel();
            }
        });
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        heard = System.nanoTime();
        try {
            for (ByteBuffer buffer : buffers) {
                if (complete.get()) {
                    skip(buffer);
                } else {
                    read(buffer);
                }
            }
        } catch (HyperionException e) {
            call.fail(e);
        }
        heard = System.nanoTime();
        if (!call.hasEnded() || complete.get()) {
            subscription.request(1);
        }
    }

    private void skip(ByteBuffer buffer) {
        skipped += buffer.remaining();
        if (skipped > MAX_SKIPPED) {
            subscription.cancel();
        }
    }

    private void read(ByteBuffer buffer) {
        while (buffer.hasRemaining() && !complete.get()) {
            byte next = buffer.get();
            if (next == '\n') {
                String text = line.toString(StandardCharsets.UTF_8);
                line.reset();
                read(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
            } else {
                line.write(next);
                if (line.size() + data.length() > LimitedBody.MAX_BYTES) {
                    throw LimitedBody.tooLarge(source);
                }
            }
        }
    }

    private void read(String text) {
        if (text.isEmpty()) {
            if (data.length() > 0) {
                dispatch();
            }
            data.setLength(0);
            event = "";
        } else if (text.startsWith(DATA)) {
            data.append(data.length() == 0 ? "" : "\n").append(value(text, DATA));
        } else if (text.startsWith(EVENT)) {
            event = value(text, EVENT);
        }
        // All else is a comment, which keeps the connection alive, or of no importance here.
    }

    private static String value(String text, String field) {
        String value = text.substring(field.length());
        return value.startsWith(" ") ? value.substring(1) : value;
    }

    private void dispatch() {
        Answer answer = json.read(source, data.toString());
        switch (event) {
            case "progress" -> call.waiting(Replies.progressOfModel(answer));
            case "token" -> call.piece(Replies.piece(answer, completions));
            case "done" -> {
                GenerateReply reply = Replies.generate(answer);
                complete.set(true);
                call.done(reply);
            }
            case "error" -> {
                HyperionException error = failures.told(answer.object("error"));
                complete.set(true);
                call.fail(error);
            }
            default -> {
                // A newer server may tell more.
            }
        }
    }

    @Override
    public void onError(Throwable failure) {
        body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        body.complete(Optional.empty());
    }
}
