package io.hyperion.core.engine;

import io.hyperion.api.Completion;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.Parameter;
import io.hyperion.api.SlotInfo;
import io.hyperion.api.TokenProbability;
import io.hyperion.core.sampling.TokenSampler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** One text that a request generates: its tokens, how far they are evaluated, and where. For use by the batch loop's thread. */
final class Sequence {
    private static final int NONE = -1;

    /** A token's probability, and where in the text the token begins. */
    private record Told(TokenProbability probability, int begin) {}

    private final RunningRequest request;
    private final int index;
    private final TextAssembler assembler;
    private final int promptTokens;

    /** The prompt, then what was generated; without what was discarded. */
    private int[] tokens;

    private int size;
    /** Written by the loop's thread only, read by any. */
    private volatile int generated;

    private int evaluated;
    private int planned;
    private int cachedTokens;
    private int logitsIndex = NONE;
    private Optional<PrefixCache.Place> place = Optional.empty();
    private int slot = NONE;
    private Optional<TokenSampler> sampler = Optional.empty();
    private boolean truncated;
    private boolean ended;
    private double logProbabilities;
    private final Deque<Told> untold = new ArrayDeque<>();
    private final List<TokenProbability> probabilities = new ArrayList<>();
    private final boolean tellsTokens;
    private final List<Integer> tokenIds = new ArrayList<>(0);
    /** How long it may generate until it ends at a line break, in nanoseconds; 0 for ever. */
    private final long maxNanos;

    private long firstToken;
    private boolean brokeLine;
    private Optional<Completion> completion = Optional.empty();

    Sequence(RunningRequest request, int index) {
        this.request = request;
        this.index = index;
        GenerateParameters parameters = request.request().parameters();
        this.assembler = new TextAssembler(parameters.stop(), (int) parameters.whole(Parameter.N_INDENT));
        this.tellsTokens = parameters.truth(Parameter.RETURN_TOKENS);
        this.maxNanos = TimeUnit.MILLISECONDS.toNanos(parameters.whole(Parameter.T_MAX_PREDICT_MS));
        this.tokens = request.request().tokens().clone();
        this.promptTokens = tokens.length;
        this.size = promptTokens;
    }

    RunningRequest request() {
        return request;
    }

    /** {@return which of its request's texts it is} */
    int index() {
        return index;
    }

    /** Takes a place in the context and a slot. Listeners hear of it once, also if it loses its place and takes another later. */
    void admit(PrefixCache.Place taken, int takenSlot) {
        place = Optional.of(taken);
        slot = takenSlot;
        evaluated = 0;
        request.admitted(takenSlot);
    }

    /** Loses its place; what it generated stays, and is evaluated again when it takes another. */
    void preempt() {
        place = Optional.empty();
        slot = NONE;
        evaluated = 0;
        if (generated == 0) {
            cachedTokens = 0;
        }
        unplan();
    }

    Optional<PrefixCache.Place> place() {
        return place;
    }

    int slot() {
        return slot;
    }

    /** Takes a sampler, closed when it ends, and shows it the prompt. */
    void setSampler(TokenSampler taken) {
        sampler = Optional.of(taken);
        taken.acceptPrompt(tokens, promptTokens);
    }

    TokenSampler sampler() {
        return sampler.orElseThrow();
    }

    int size() {
        return size;
    }

    int promptTokens() {
        return promptTokens;
    }

    /** {@return its tokens, of which the first {@link #size()} are meant; not to be changed} */
    int[] tokens() {
        return tokens;
    }

    int evaluated() {
        return evaluated;
    }

    /** Its tokens up to here need not be evaluated: others have them. */
    void adopted(int length) {
        if (generated == 0) {
            cachedTokens += length - evaluated;
        }
        evaluated = length;
    }

    /** Its tokens from here on are evaluated again. */
    void rewind(int length) {
        evaluated = length;
        if (generated == 0) {
            cachedTokens = Math.min(cachedTokens, length);
        }
    }

    /** {@return how many tokens of its prompt were taken from others} */
    int cachedTokens() {
        return cachedTokens;
    }

    /** {@return how many tokens are known but not evaluated: one while generating} */
    int pending() {
        return size - evaluated;
    }

    boolean isGenerating() {
        return generated > 0 && pending() == 1;
    }

    int generated() {
        return generated;
    }

    /** {@return what it is, for those who watch; any thread may ask} */
    SlotInfo.Work work() {
        EngineRequest told = request.request();
        int done = generated;
        OptionalInt limit = told.parameters().maxTokens();
        return new SlotInfo.Work(
                told.prompt(),
                promptTokens,
                index,
                done,
                limit.isPresent() ? OptionalInt.of(Math.max(0, limit.getAsInt() - done)) : limit,
                told.parameters());
    }

    boolean hasEnded() {
        return ended;
    }

    /** The step under way evaluates this many of its tokens. */
    void planned(int count) {
        planned = count;
    }

    int planned() {
        return planned;
    }

    /** The step under way was evaluated. */
    void markPlannedEvaluated() {
        evaluated += planned;
        planned = 0;
    }

    int logitsIndex() {
        return logitsIndex;
    }

    void setLogitsIndex(int batchIndex) {
        logitsIndex = batchIndex;
    }

    /** A new step is planned. */
    void unplan() {
        planned = 0;
        logitsIndex = NONE;
    }

    /** Takes the next token, the text that it adds, how probable it was, if that is known, and whether that is to be told. */
    void append(int token, byte[] piece, Optional<TokenProbability> probability, boolean told) {
        request.sampled();
        if (size == tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.max(16, size + size / 2));
        }
        tokens[size++] = token;
        if (generated == 0) {
            firstToken = System.nanoTime();
        }
        generated = generated + 1;
        logProbabilities += probability.map(TokenProbability::logProbability).orElse(0.0);
        if (told && probability.isPresent()) {
            untold.add(new Told(probability.get(), assembler.length()));
        }
        List<Integer> ids = List.of();
        if (tellsTokens) {
            tokenIds.add(token);
            ids = List.of(token);
        }
        String text = assembler.add(piece);
        brokeLine = text.indexOf('\n') >= 0;
        tell(text, assembler.given(), ids);
    }

    /** {@return the mean log-probability of its tokens; of no token it is 0} */
    double meanLogProbability() {
        return generated == 0 ? 0 : logProbabilities / generated;
    }

    boolean hasStopString() {
        return assembler.stopString().isPresent();
    }

    /** {@return whether a line came that was not indented enough} */
    boolean isOutdented() {
        return assembler.isOutdented();
    }

    /** {@return whether the text that the last token added has a line break, and its time is over} */
    boolean isAtItsLastLine() {
        return brokeLine && maxNanos > 0 && System.nanoTime() - firstToken > maxNanos;
    }

    /**
     * Forgets tokens.
     *
     * @param from the first to forget
     * @param count how many
     * @param stillEvaluated how many of those that are left need not be evaluated again
     */
    void discard(int from, int count, int stillEvaluated) {
        System.arraycopy(tokens, from + count, tokens, from, size - from - count);
        size -= count;
        evaluated = stillEvaluated;
        truncated = true;
    }

    /** {@return whether tokens were discarded: those behind have cells that depend on what is no longer there} */
    boolean isTruncated() {
        return truncated;
    }

    Optional<Completion> completion() {
        return completion;
    }

    void finish(FinishReason reason) {
        if (ended) {
            return;
        }
        // Never before the rest of the text: its listener may fail and end the sequence.
        String rest = assembler.finish();
        boolean cut = hasStopString() || isOutdented();
        tell(rest, cut ? assembler.given() : Integer.MAX_VALUE, List.of());
        if (ended) {
            return;
        }
        completion = Optional.of(new Completion(
                assembler.text(),
                generated,
                reason,
                assembler.stopString(),
                truncated,
                probabilities,
                tokenIds,
                List.of()));
        end();
        request.completed();
    }

    /** Takes part in no further step. */
    void end() {
        ended = true;
        sampler.ifPresent(TokenSampler::close);
    }

    private void tell(String text, int until, List<Integer> ids) {
        List<TokenProbability> told = List.of();
        if (!untold.isEmpty()) {
            told = new ArrayList<>();
            while (!untold.isEmpty() && untold.peekFirst().begin() < until) {
                told.add(untold.removeFirst().probability());
            }
            probabilities.addAll(told);
        }
        if (!text.isEmpty() || !told.isEmpty() || !ids.isEmpty()) {
            request.piece(text, index, told, ids);
        }
    }
}
