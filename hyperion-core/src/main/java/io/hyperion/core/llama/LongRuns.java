package io.hyperion.core.llama;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Keeps long runs without white space (or of white space alone) from ending the process. llama.cpp splits the text of BPE models with
 * {@code std::regex}, which recurses once for each character that it matches and takes up to 1 KB of stack for each: with Qwen's splitting a
 * word of some thousand letters overflows the stack of a server's thread. Such texts are tokenised on a thread with a stack that suffices,
 * and runs that are longer still are cut.
 */
final class LongRuns {
    /** Runs up to this length, in UTF-16 characters, are safe on any thread. */
    static final int HARMLESS = 100;

    /** Runs are cut at this length. */
    static final int MAX_RUN = 32_768;

    private static final long STACK_BYTES = 2048L * MAX_RUN;

    private LongRuns() {}

    /** {@return the length of the longest run, in UTF-16 characters} */
    static int longest(String text) {
        int longest = 0;
        int begin = 0;
        for (int i = 1; i <= text.length(); i++) {
            if (i == text.length() || isWhiteSpace(text.charAt(i)) != isWhiteSpace(text.charAt(i - 1))) {
                longest = Math.max(longest, i - begin);
                begin = i;
            }
        }
        return longest;
    }

    /** {@return the text in parts of which none has a run longer than {@link #MAX_RUN}} */
    static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        int begin = 0;
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            boolean continues = i > 0 && isWhiteSpace(text.charAt(i)) == isWhiteSpace(text.charAt(i - 1));
            run = continues ? run + 1 : 1;
            if (run > MAX_RUN && !Character.isLowSurrogate(text.charAt(i))) {
                parts.add(text.substring(begin, i));
                begin = i;
                run = 1;
            }
        }
        parts.add(text.substring(begin));
        return parts;
    }

    private static boolean isWhiteSpace(char c) {
        return Character.isWhitespace(c);
    }

    /** Calls on a thread of its own whose stack suffices for any part. */
    static int[] onLargeStack(Callable<int[]> call) {
        FutureTask<int[]> task = new FutureTask<>(call);
        Thread thread = new Thread(null, task, "hyperion-tokenizer", STACK_BYTES);
        thread.setContextClassLoader(LongRuns.class.getClassLoader());
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    // Tokenising is short, and its result is what tells whether the request is sound.
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("The text cannot be tokenised", e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
