package io.hyperion.core.engine;

import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionException;
import io.hyperion.api.Timings;
import io.hyperion.core.llama.SamplerChain;
import java.time.Duration;
import java.util.Arrays;

/** One request in a model's batch loop. All but {@link #cancel()} belongs to the loop's thread. */
final class Sequence implements Generation {
    private static final System.Logger LOGGER = System.getLogger(Sequence.class.getName());
    private static final int NONE = -1;

    private final EngineRequest request;
    private final GenerateListener listener;
    private final TextAssembler assembler;
    private final int promptTokens;
    private final long arrived = System.nanoTime();

    /** The prompt, then what was generated. */
    private int[] tokens;

    private int size;
    private int evaluated;
    private int planned;
    private int id = NONE;
    private int logitsIndex = NONE;
    private SamplerChain chain;
    private long admitted;
    private long firstToken;
    private boolean started;
    private boolean ended;
    private volatile boolean cancelled;

    Sequence(EngineRequest request, GenerateListener listener) {
        this.request = request;
        this.listener = listener;
        this.assembler = new TextAssembler(request.parameters().stop());
        this.tokens = request.tokens().clone();
        this.promptTokens = tokens.length;
        this.size = promptTokens;
    }

    /** The loop looks at each step, and does not wait while it has a sequence: so it need not be told. */
    @Override
    public void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    boolean isOverdue(long now) {
        return request.timeout().isPresent()
                && now - arrived > request.timeout().get().toNanos();
    }

    /** Takes a place in the context. Listeners hear of it once, also if the sequence loses its place and takes another later. */
    void admit(int sequenceId, SamplerChain samplers) {
        id = sequenceId;
        if (chain == null) {
            chain = samplers;
        }
        evaluated = 0;
        if (!started) {
            started = true;
            admitted = System.nanoTime();
            tell(listener::onStart);
        }
    }

    /** Loses its place; what it generated stays, and is evaluated again when it takes another. */
    void preempt() {
        id = NONE;
        evaluated = 0;
        unplan();
    }

    boolean hasSamplers() {
        return chain != null;
    }

    SamplerChain samplers() {
        return chain;
    }

    EngineRequest request() {
        return request;
    }

    int id() {
        return id;
    }

    int size() {
        return size;
    }

    int token(int position) {
        return tokens[position];
    }

    int evaluated() {
        return evaluated;
    }

    /** {@return how many tokens are known but not evaluated: one while generating} */
    int pending() {
        return size - evaluated;
    }

    boolean isGenerating() {
        return size > promptTokens && pending() == 1;
    }

    int generated() {
        return size - promptTokens;
    }

    boolean hasEnded() {
        return ended;
    }

    /** The step under way evaluates this many of its tokens. */
    void planned(int count) {
        planned = count;
    }

    /** The step under way was evaluated. */
    void markPlannedEvaluated() {
        evaluated += planned;
        planned = 0;
    }

    int logitsIndex() {
        return logitsIndex;
    }

    void setLogitsIndex(int index) {
        logitsIndex = index;
    }

    /** A new step is planned. */
    void unplan() {
        planned = 0;
        logitsIndex = NONE;
    }

    /** Takes the next token and the text that it adds. */
    void append(int token, byte[] piece) {
        if (generated() == 0) {
            firstToken = System.nanoTime();
        }
        if (size == tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.max(16, size + size / 2));
        }
        tokens[size++] = token;
        tellText(assembler.add(piece));
    }

    boolean hasStopString() {
        return assembler.stopString().isPresent();
    }

    void finish(FinishReason reason) {
        if (ended) {
            return;
        }
        // Never before the rest of the text: its listener may fail and end the sequence.
        tellText(assembler.finish());
        if (ended) {
            return;
        }
        end();
        long now = System.nanoTime();
        long admission = started ? admitted : now;
        long first = generated() > 0 ? firstToken : now;
        GenerateReply reply = new GenerateReply(
                request.model(),
                assembler.text(),
                request.prompt(),
                promptTokens,
                generated(),
                reason,
                assembler.stopString(),
                new Timings(
                        Duration.ofNanos(admission - arrived),
                        Duration.ofNanos(first - admission),
                        Duration.ofNanos(now - first)));
        tell(() -> listener.onDone(reply));
    }

    void fail(HyperionException error) {
        if (ended) {
            return;
        }
        end();
        tell(() -> listener.onError(error));
    }

    private void end() {
        ended = true;
        if (chain != null) {
            chain.close();
        }
    }

    private void tellText(String piece) {
        if (!piece.isEmpty() && !ended) {
            tell(() -> listener.onText(piece));
        }
    }

    /** A listener is the caller's code: whatever it throws must not end the loop that serves the others. */
    private void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            LOGGER.log(System.Logger.Level.WARNING, "The listener of a generation failed; the generation ends", e);
            if (!ended) {
                end();
                tell(() -> listener.onError(new EngineException(
                        ErrorCode.ENGINE_FAILURE, "The listener of the generation failed: " + e, e)));
            }
        }
    }
}
