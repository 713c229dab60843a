package io.hyperion.core.engine;

import io.hyperion.core.llama.LoraAdapter;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * What a loop has evaluated lately, for other threads to tell which loop has most of a new prompt. It is no more than a hint: what has left
 * the cache since is still here. Not safe for use by several threads.
 */
final class RecentPrompts {
    private static final int KEPT = 64;

    private record Prompt(List<LoraAdapter.Scaled> adapters, int[] tokens) {}

    private final Deque<Prompt> prompts = new ArrayDeque<>();

    /** Takes tokens, which nobody changes afterwards; what they go on from is not needed any more. */
    void add(List<LoraAdapter.Scaled> adapters, int[] tokens) {
        prompts.removeIf(prompt ->
                prompt.adapters().equals(adapters) && common(prompt.tokens(), tokens) == prompt.tokens().length);
        if (prompts.size() == KEPT) {
            prompts.removeFirst();
        }
        prompts.addLast(new Prompt(adapters, tokens));
    }

    /** {@return how many of the first tokens were evaluated with these adapters} */
    int common(List<LoraAdapter.Scaled> adapters, int[] tokens) {
        return prompts.stream()
                .filter(prompt -> prompt.adapters().equals(adapters))
                .mapToInt(prompt -> common(prompt.tokens(), tokens))
                .max()
                .orElse(0);
    }

    private static int common(int[] one, int[] other) {
        int different = Arrays.mismatch(one, other);
        return different < 0 ? one.length : different;
    }

    void clear() {
        prompts.clear();
    }
}
