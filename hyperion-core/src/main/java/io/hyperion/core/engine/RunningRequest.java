package io.hyperion.core.engine;

import io.hyperion.api.Completion;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionException;
import io.hyperion.api.Parameter;
import io.hyperion.api.Progress;
import io.hyperion.api.RequestOutcome;
import io.hyperion.api.Timings;
import io.hyperion.api.TokenProbability;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One request in a model's batch loops: its sequences, one for each text that it generates, and the listener that hears of them. All but
 * {@link #cancel()} and its owner belongs to the thread of the loop that owns it.
 */
final class RunningRequest implements Generation {
    /** Who runs it. */
    interface Owner {
        /** In the thread of whoever cancels. */
        void cancelled(RunningRequest request);

        void ended(RunningRequest request, RequestOutcome outcome);
    }

    private static final System.Logger LOGGER = System.getLogger(RunningRequest.class.getName());

    private final EngineRequest request;
    private final GenerateListener listener;
    private final List<Sequence> sequences;
    /** Whether the texts are chosen among when all are there, and told only then. */
    private final boolean chooses;

    private final boolean tellsProgress;

    private final long arrived = System.nanoTime();
    private long admitted;
    private long firstToken;
    private int slot = -1;
    private boolean started;
    private boolean ended;
    private volatile boolean cancelled;
    /** Changed only in the monitor of the queue. */
    private volatile Optional<Owner> owner = Optional.empty();

    RunningRequest(EngineRequest request, GenerateListener listener) {
        this.request = request;
        this.listener = listener;
        this.tellsProgress = request.parameters().truth(Parameter.TIMINGS_PER_TOKEN);
        this.chooses = request.options().bestOf() > request.options().completions();
        this.sequences = IntStream.range(0, request.options().bestOf())
                .mapToObj(index -> new Sequence(this, index))
                .toList();
    }

    /** The loop looks at each step, and does not wait while it has a sequence: so it need not be told, but may break a step off. */
    @Override
    public void cancel() {
        cancelled = true;
        owner.ifPresent(one -> one.cancelled(this));
    }

    /** {@return the loop that works on it, or is to do so; empty while any may} */
    Optional<Owner> owner() {
        return owner;
    }

    boolean isOwnedBy(Owner loop) {
        return owner.filter(one -> one == loop).isPresent();
    }

    /** Changes who works on it. Only in the monitor of the queue. */
    void setOwner(Optional<Owner> loop) {
        owner = loop;
    }

    boolean isCancelled() {
        return cancelled;
    }

    EngineRequest request() {
        return request;
    }

    List<Sequence> sequences() {
        return sequences;
    }

    String caller() {
        return request.caller().orElse("");
    }

    long waited(long now) {
        return now - arrived;
    }

    boolean isOverdue(long now) {
        return request.timeout().isPresent()
                && waited(now) > request.timeout().get().toNanos();
    }

    boolean hasStarted() {
        return started;
    }

    boolean hasEnded() {
        return ended;
    }

    /** {@return how many tokens of its prompt were taken from other requests: by its first sequence, as the others have them from it} */
    int cachedTokens() {
        return sequences.get(0).cachedTokens();
    }

    /** A sequence took a slot. The listener hears of the first one only. */
    void admitted(int takenSlot) {
        if (!started) {
            started = true;
            slot = takenSlot;
            admitted = System.nanoTime();
            tell(listener::onStart);
        }
    }

    void sampled() {
        if (firstToken == 0) {
            firstToken = System.nanoTime();
        }
    }

    void piece(String text, int completion, List<TokenProbability> probabilities, List<Integer> tokens) {
        if (!chooses && !ended) {
            tell(newPiece(text, completion, probabilities, tokens));
        }
    }

    private GenerateEvent.Piece newPiece(
            String text, int completion, List<TokenProbability> probabilities, List<Integer> tokens) {
        return new GenerateEvent.Piece(
                text, completion, request.options().completions(), probabilities, tokens, progress());
    }

    private void tell(GenerateEvent.Piece piece) {
        tell(() -> listener.onPiece(piece));
    }

    private Optional<Progress> progress() {
        return tellsProgress
                ? Optional.of(new Progress(request.tokens().length, cachedTokens(), generated(), timings()))
                : Optional.empty();
    }

    /** A sequence has its completion; the last one's makes the reply. */
    void completed() {
        if (ended
                || sequences.stream().anyMatch(sequence -> sequence.completion().isEmpty())) {
            return;
        }
        List<Completion> completions = completions();
        if (chooses) {
            tellChosen(completions);
            if (ended) {
                return;
            }
        }
        GenerateReply reply = new GenerateReply(
                request.model(),
                request.prompt(),
                request.tokens().length,
                cachedTokens(),
                slot,
                completions,
                timings());
        ended = true;
        try {
            owner.orElseThrow().ended(this, outcomeOf(reply.finishReason()));
        } finally {
            tell(() -> listener.onDone(reply));
        }
    }

    private List<Completion> completions() {
        Comparator<Sequence> mostProbable =
                Comparator.comparingDouble(Sequence::meanLogProbability).reversed();
        return sequences.stream()
                .sorted(chooses ? mostProbable : Comparator.comparingInt(Sequence::index))
                .limit(request.options().completions())
                .map(sequence -> sequence.completion().orElseThrow())
                .toList();
    }

    private void tellChosen(List<Completion> completions) {
        for (int i = 0; i < completions.size() && !ended; i++) {
            Completion completion = completions.get(i);
            if (!completion.text().isEmpty() || !completion.tokenIds().isEmpty()) {
                tell(newPiece(completion.text(), i, completion.probabilities(), completion.tokenIds()));
            }
        }
    }

    /** {@return where the time went until now} */
    Timings timings() {
        long now = System.nanoTime();
        long admission = started ? admitted : now;
        long first = firstToken != 0 ? firstToken : now;
        return new Timings(
                Duration.ofNanos(admission - arrived),
                Duration.ofNanos(first - admission),
                Duration.ofNanos(now - first));
    }

    /** Ends all of its sequences with the texts that they have. */
    void finish(FinishReason reason) {
        for (Sequence sequence : sequences) {
            sequence.finish(reason);
        }
    }

    void fail(HyperionException error) {
        if (ended) {
            return;
        }
        ended = true;
        try {
            sequences.forEach(Sequence::end);
            owner.orElseThrow().ended(this, RequestOutcome.of(error));
        } finally {
            tell(() -> listener.onError(error));
        }
    }

    private static RequestOutcome outcomeOf(FinishReason reason) {
        return switch (reason) {
            case STOP, TOOL_CALLS -> RequestOutcome.STOPPED;
            case LENGTH -> RequestOutcome.LENGTH;
            case CANCELLED -> RequestOutcome.CANCELLED;
        };
    }

    /** {@return the number of tokens generated in all texts} */
    int generated() {
        return sequences.stream().mapToInt(Sequence::generated).sum();
    }

    /** A listener is the caller's code: whatever it throws must not end the loop that serves the others. */
    private void tell(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            fail(new EngineException(ErrorCode.ENGINE_FAILURE, "The listener of the generation failed: " + e, e));
            LOGGER.log(System.Logger.Level.WARNING, "The listener of a generation failed; the generation ends", e);
        }
    }
}
