package io.hyperion.core.engine;

import io.hyperion.api.ContextExceededException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Prompt;
import io.hyperion.core.llama.Vocabulary;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * A prompt as the model is given it.
 *
 * @param text the text, as replies tell it
 * @param tokens the tokens
 */
record PromptTokens(String text, int[] tokens) {
    /** Where a project has no name, and where the file with the gap has none: llama.cpp's server names them so. */
    private static final String PROJECT = "myproject\n";

    private static final String FILE = "filename\n";
    private static final String OTHER_FILE = "tmp";

    /** Between files where the model has no token for that, as in llama.cpp's server. */
    private static final String BETWEEN_FILES = "\n\n--- snip ---\n\n";

    /** The tokens around the parts: the model's own first one, and those of prefix, suffix and middle. */
    private static final int MARKS = 4;

    /**
     * Turns a prompt into tokens.
     *
     * @param prompt the prompt; no conversation
     * @param vocabulary the vocabulary
     * @param sequenceLimit how many tokens a request may have, prompt and completion together
     * @param maxTokens how many the completion may have, if that is limited
     * @throws InvalidRequestException if the prompt has no tokens, or one that the model does not have, or a gap that it cannot fill
     * @throws ContextExceededException if a long text, or the begin of what fills a gap, is certainly too long
     */
    static PromptTokens of(Prompt prompt, Vocabulary vocabulary, int sequenceLimit, OptionalInt maxTokens) {
        PromptTokens all;
        if (prompt instanceof Prompt.Raw raw) {
            requireShort(raw.text(), vocabulary, sequenceLimit);
            all = new PromptTokens(raw.text(), vocabulary.tokenize(raw.text(), true, true));
        } else if (prompt instanceof Prompt.Mixed mixed) {
            all = told(mixed(mixed.parts(), vocabulary, sequenceLimit), vocabulary);
        } else if (prompt instanceof Prompt.Infill gap) {
            all = told(infill(gap, vocabulary, sequenceLimit, maxTokens), vocabulary);
        } else {
            throw new IllegalArgumentException("A conversation must be rendered before");
        }
        if (all.tokens.length == 0) {
            throw new InvalidRequestException(ErrorCode.EMPTY_PROMPT, "prompt", "The prompt has no tokens");
        }
        return all;
    }

    private static void requireShort(String text, Vocabulary vocabulary, int sequenceLimit) {
        LongTexts.tooMany(text, vocabulary, sequenceLimit).ifPresent(tokens -> {
            throw new ContextExceededException(
                    ErrorCode.CONTEXT_EXCEEDED,
                    "The prompt has more than " + tokens + " tokens, but the context of the model holds "
                            + sequenceLimit + ", of which at least one is for the completion");
        });
    }

    private static PromptTokens told(int[] tokens, Vocabulary vocabulary) {
        return new PromptTokens(vocabulary.detokenize(tokens), tokens);
    }

    private static int[] mixed(List<Prompt.Part> parts, Vocabulary vocabulary, int sequenceLimit) {
        int[][] tokens = new int[parts.size()][];
        for (int i = 0; i < tokens.length; i++) {
            if (parts.get(i) instanceof Prompt.Part.Text text) {
                requireShort(text.text(), vocabulary, sequenceLimit);
                tokens[i] = vocabulary.tokenize(text.text(), i == 0, true);
            } else if (parts.get(i) instanceof Prompt.Part.Tokens ids) {
                tokens[i] = TokenIds.checked("prompt", ids.ids(), vocabulary.size());
            }
        }
        return Arrays.stream(tokens).flatMapToInt(Arrays::stream).toArray();
    }

    /**
     * As llama.cpp's server does: {@code [REPOSITORY]name [FILE]name text … [FILE]name [PREFIX]… begin [SUFFIX]… [MIDDLE]}. Where the context
     * does not hold all of it, room for the completion comes first (what it may have, but at most half of the context; a quarter if that is
     * not limited), then the begin of the filling, then the end of the prefix with three quarters and the begin of the suffix with one
     * quarter of what is left, or with more where the other one is shorter, and at last the end of the other files.
     */
    private static int[] infill(Prompt.Infill gap, Vocabulary vocabulary, int sequenceLimit, OptionalInt maxTokens) {
        Vocabulary.Infill marks = vocabulary.infill();
        if (!marks.isSupported()) {
            throw new InvalidRequestException(
                    ErrorCode.NOT_SUPPORTED,
                    "input_suffix",
                    "The model cannot fill gaps: its vocabulary has no tokens for prefix, suffix and middle");
        }
        int[] begin = vocabulary.tokenize(gap.begin(), false, true);
        int[] prefix = vocabulary.tokenize(gap.prefix(), false, false);
        int[] suffix = vocabulary.tokenize(gap.suffix(), false, false);
        int completion = maxTokens.isPresent() ? Math.min(maxTokens.getAsInt(), sequenceLimit / 2) : sequenceLimit / 4;
        int room = sequenceLimit - Math.max(1, completion) - MARKS - begin.length;
        if (room < 0) {
            throw new ContextExceededException(
                    ErrorCode.CONTEXT_EXCEEDED,
                    "The begin of what fills the gap has " + begin.length + " tokens: with the completion that is more"
                            + " than the context of " + sequenceLimit + " tokens holds");
        }
        int suffixTaken = Math.min(suffix.length, Math.max(room / 4, room - prefix.length));
        int prefixTaken = Math.min(prefix.length, room - suffixTaken);
        int[] files = files(gap.extra(), vocabulary);
        int filesTaken = Math.min(files.length, room - suffixTaken - prefixTaken);
        return concatenated(
                last(files, filesTaken),
                vocabulary.addsBos() && vocabulary.bos() >= 0 ? new int[] {vocabulary.bos()} : new int[0],
                new int[] {marks.prefix()},
                last(prefix, prefixTaken),
                begin,
                new int[] {marks.suffix()},
                Arrays.copyOf(suffix, suffixTaken),
                new int[] {marks.middle()});
    }

    private static int[] files(List<Prompt.Extra> others, Vocabulary vocabulary) {
        Vocabulary.Infill marks = vocabulary.infill();
        IntStream.Builder tokens = IntStream.builder();
        if (marks.repository() >= 0) {
            tokens.add(marks.repository());
            add(tokens, PROJECT, vocabulary);
        }
        for (Prompt.Extra other : others) {
            if (marks.file() >= 0) {
                tokens.add(marks.file());
                add(tokens, (other.name().isEmpty() ? OTHER_FILE : other.name()) + "\n", vocabulary);
            } else {
                add(tokens, BETWEEN_FILES, vocabulary);
            }
            add(tokens, other.text(), vocabulary);
        }
        if (marks.file() >= 0) {
            tokens.add(marks.file());
            add(tokens, FILE, vocabulary);
        }
        return tokens.build().toArray();
    }

    private static void add(IntStream.Builder tokens, String text, Vocabulary vocabulary) {
        for (int token : vocabulary.tokenize(text, false, false)) {
            tokens.add(token);
        }
    }

    private static int[] last(int[] tokens, int count) {
        return Arrays.copyOfRange(tokens, tokens.length - count, tokens.length);
    }

    private static int[] concatenated(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }
}
