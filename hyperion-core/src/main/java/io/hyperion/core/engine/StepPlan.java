package io.hyperion.core.engine;

import io.hyperion.core.engine.PrefixCache.Realm;
import io.hyperion.core.llama.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Says which tokens the next step evaluates: one of every generating sequence, and pieces of prompts in what is left of the batch. The
 * prompt that waits longest gets a quarter of that at least; for the rest callers take turns, each with the prompt of which least is
 * left. So a short prompt is not held up by a long one, and the long one gets on. For use by the batch loop's thread.
 */
final class StepPlan implements AutoCloseable {
    /** A prompt waits for another that evaluates a begin of both, if that saves as many tokens. */
    private static final int WORTH_WAITING = 16;

    private static final int SHARE_OF_OLDEST = 4;

    private final Batch batch;
    private final List<Sequence> generating = new ArrayList<>();
    private final List<Sequence> prompts = new ArrayList<>();
    private int budget;
    private int promptTokens;
    private int turn;

    /**
     * @param batch which it fills, and closes in the end
     */
    StepPlan(Batch batch) {
        this.batch = batch;
    }

    Batch batch() {
        return batch;
    }

    /** {@return how many tokens of the batch are of prompts} */
    int promptTokens() {
        return promptTokens;
    }

    /** Begins the plan of a step. */
    void begin(List<Sequence> active, Function<Sequence, Realm> realms) {
        budget = batch.capacity();
        turn = turn == Integer.MAX_VALUE ? 0 : turn + 1;
        generating.clear();
        prompts.clear();
        List<Sequence> evaluating = new ArrayList<>();
        for (Sequence sequence : active) {
            sequence.unplan();
            if (sequence.isGenerating()) {
                generating.add(sequence);
            } else {
                if (evaluating.stream().noneMatch(other -> isWorthWaiting(sequence, other, realms))) {
                    prompts.add(sequence);
                }
                evaluating.add(sequence);
            }
        }
    }

    private static boolean isWorthWaiting(Sequence sequence, Sequence other, Function<Sequence, Realm> realms) {
        if (sequence.isTruncated()
                || other.isTruncated()
                || !realms.apply(sequence).equals(realms.apply(other))) {
            return false;
        }
        int missing = Math.max(sequence.evaluated(), other.evaluated());
        return common(sequence, other) - missing >= WORTH_WAITING;
    }

    /** {@return how many tokens at the begin of two sequences are the same, at most all but the last of the first} */
    static int common(Sequence sequence, Sequence other) {
        int limit = Math.min(sequence.size() - 1, other.size());
        int different = Arrays.mismatch(sequence.tokens(), 0, limit, other.tokens(), 0, limit);
        return different < 0 ? limit : different;
    }

    /** The sequence takes part in the step no more. */
    void remove(Sequence sequence) {
        generating.remove(sequence);
        prompts.remove(sequence);
    }

    /**
     * Makes the pieces of prompts smaller.
     *
     * @return whether that was possible
     */
    boolean shrink() {
        if (promptTokens == 0 || batch.size() <= 1) {
            return false;
        }
        int others = batch.size() - promptTokens;
        int smaller = Math.max(others, batch.size() / 2);
        if (smaller == 0 || smaller >= batch.size()) {
            return false;
        }
        budget = smaller;
        return true;
    }

    /** Fills the batch. {@return false if there is nothing to evaluate} */
    boolean fill() {
        batch.clear();
        promptTokens = 0;
        generating.forEach(Sequence::unplan);
        prompts.forEach(Sequence::unplan);
        // More sequences than a batch takes have their turns.
        for (int i = 0; i < generating.size() && batch.size() < budget; i++) {
            add(generating.get((turn + i) % generating.size()), 1);
        }
        int[] shares = shares(budget - batch.size());
        for (int i = 0; i < prompts.size(); i++) {
            if (shares[i] > 0) {
                add(prompts.get(i), shares[i]);
                promptTokens += shares[i];
            }
        }
        return batch.size() > 0;
    }

    private int[] shares(int tokens) {
        int[] shares = new int[prompts.size()];
        if (tokens <= 0 || prompts.isEmpty()) {
            return shares;
        }
        shares[0] = Math.min(prompts.get(0).pending(), Math.max(1, tokens / SHARE_OF_OLDEST));
        int left = tokens - shares[0];
        Map<String, List<Integer>> byCaller = new LinkedHashMap<>();
        for (int i = 0; i < shares.length; i++) {
            byCaller.computeIfAbsent(prompts.get(i).request().caller(), caller -> new ArrayList<>())
                    .add(i);
        }
        List<List<Integer>> callers = new ArrayList<>(byCaller.values());
        callers.forEach(
                own -> own.sort(Comparator.comparingInt(i -> prompts.get(i).pending())));
        for (int i = turn % callers.size();
                left > 0 && !callers.isEmpty();
                i = callers.isEmpty() ? 0 : i % callers.size()) {
            List<Integer> own = callers.get(i);
            int prompt = own.remove(0);
            int share = Math.min(left, prompts.get(prompt).pending() - shares[prompt]);
            shares[prompt] += share;
            left -= share;
            if (own.isEmpty()) {
                callers.remove(i);
            } else {
                i++;
            }
        }
        return shares;
    }

    private void add(Sequence sequence, int count) {
        int from = sequence.evaluated();
        int[] tokens = sequence.tokens();
        int id = sequence.place().orElseThrow().id();
        boolean completes = count == sequence.pending();
        for (int position = from; position < from + count; position++) {
            boolean wantLogits = completes && position == from + count - 1;
            int index = batch.add(tokens[position], position, id, wantLogits);
            if (wantLogits) {
                sequence.setLogitsIndex(index);
            }
        }
        sequence.planned(count);
    }

    @Override
    public void close() {
        batch.close();
    }
}
