package io.hyperion.core.llama;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.Lock;
import java.util.stream.IntStream;

/**
 * The tokens of a model, and the way between them and text. It belongs to its {@link LlamaModel} and ends with it. Safe for use by many
 * threads, also while another closes the model.
 */
public final class Vocabulary {
    private static final int INITIAL_PIECE = 64;
    private static final int TYPE_BPE = 2;

    private final LlamaModel model;
    private final int size;
    /** Pieces never change, and asking for one costs more than a token of a small model: each is asked for once. */
    private final AtomicReferenceArray<byte[]> pieces;

    private final BitSet endsOfGeneration = new BitSet();
    private final boolean splitsByRegex;
    private final boolean addsBos;
    private final int bos;
    private final int eos;
    private final int separator;
    private final int newLine;
    private final Infill infill;

    /**
     * The tokens that mark the parts of a text with a gap (fill in the middle); each is -1 if there is none.
     *
     * @param prefix before what is before the gap
     * @param suffix before what is behind the gap
     * @param middle before what fills the gap
     * @param repository before the name of a project
     * @param file before the name of a file
     */
    public record Infill(int prefix, int suffix, int middle, int repository, int file) {
        /** {@return whether the model can fill gaps: it has tokens for the three parts} */
        public boolean isSupported() {
            return prefix >= 0 && suffix >= 0 && middle >= 0;
        }
    }

    Vocabulary(LlamaModel model, com.sun.jna.Pointer vocab) {
        this.model = model;
        this.size = LlamaH.llama_vocab_n_tokens(vocab);
        this.pieces = new AtomicReferenceArray<>(size);
        this.splitsByRegex = LlamaH.llama_vocab_type(vocab) == TYPE_BPE;
        this.addsBos = LlamaH.llama_vocab_get_add_bos(vocab) != 0;
        this.bos = LlamaH.llama_vocab_bos(vocab);
        this.eos = LlamaH.llama_vocab_eos(vocab);
        this.separator = LlamaH.llama_vocab_sep(vocab);
        this.newLine = known(LlamaH.llama_vocab_nl(vocab));
        this.infill = new Infill(
                known(LlamaH.llama_vocab_fim_pre(vocab)),
                known(LlamaH.llama_vocab_fim_suf(vocab)),
                known(LlamaH.llama_vocab_fim_mid(vocab)),
                known(LlamaH.llama_vocab_fim_rep(vocab)),
                known(LlamaH.llama_vocab_fim_sep(vocab)));
        for (int token = 0; token < size; token++) {
            if (LlamaH.llama_vocab_is_eog(vocab, token) != 0) {
                endsOfGeneration.set(token);
            }
        }
    }

    private int known(int token) {
        return token < size ? token : -1;
    }

    /** {@return the number of tokens; ids are 0 to this number, exclusive} */
    public int size() {
        return size;
    }

    /** {@return whether the model wants a beginning-of-sequence token before each text} */
    public boolean addsBos() {
        return addsBos;
    }

    /** {@return the id of the beginning-of-sequence token, or -1 if there is none} */
    public int bos() {
        return bos;
    }

    /** {@return the id of the end-of-sequence token, or -1 if there is none} */
    public int eos() {
        return eos;
    }

    /** {@return the id of the token that separates two texts, or -1 if there is none} */
    public int separator() {
        return separator;
    }

    /** {@return the id of the token of a line break, or -1 if there is none} */
    public int newLine() {
        return newLine;
    }

    /** {@return the tokens that mark a gap in a text} */
    public Infill infill() {
        return infill;
    }

    /**
     * Whether a token ends a turn or a text.
     *
     * @param token its id
     * @return whether it does
     * @throws IndexOutOfBoundsException if there is no such token
     */
    public boolean isEndOfGeneration(int token) {
        requireToken(token);
        return endsOfGeneration.get(token);
    }

    /** {@return the ids of all tokens that end a turn or a text} */
    public IntStream endsOfGeneration() {
        return endsOfGeneration.stream();
    }

    /**
     * Turns text into tokens.
     *
     * @param text the text, without unpaired surrogates
     * @param addSpecial whether to add the tokens that the model wants around a text, such as {@link #bos()}
     * @param parseSpecial whether the text of a control token, such as {@code <|im_start|>}, becomes that token
     * @return the ids
     */
    public int[] tokenize(String text, boolean addSpecial, boolean parseSpecial) {
        if (!splitsByRegex || LongRuns.longest(text) <= LongRuns.HARMLESS) {
            return tokenizePart(text, addSpecial, parseSpecial);
        }
        return LongRuns.onLargeStack(() -> {
            IntStream tokens = IntStream.empty();
            boolean first = true;
            for (String part : LongRuns.parts(text)) {
                tokens = IntStream.concat(tokens, Arrays.stream(tokenizePart(part, addSpecial && first, parseSpecial)));
                first = false;
            }
            return tokens.toArray();
        });
    }

    private int[] tokenizePart(String text, boolean addSpecial, boolean parseSpecial) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        Lock use = model.use();
        try {
            // Every byte gives one token at most, and there are at most two special ones.
            int[] tokens = new int[utf8.length + 2];
            int count = tokenize(utf8, tokens, addSpecial, parseSpecial);
            if (count < 0) {
                tokens = new int[-count];
                count = tokenize(utf8, tokens, addSpecial, parseSpecial);
            }
            return Arrays.copyOf(tokens, Math.max(count, 0));
        } finally {
            use.unlock();
        }
    }

    private int tokenize(byte[] utf8, int[] tokens, boolean addSpecial, boolean parseSpecial) {
        return LlamaH.llama_tokenize(
                model.vocabHandle(), utf8, utf8.length, tokens, tokens.length, (byte) (addSpecial ? 1 : 0), (byte)
                        (parseSpecial ? 1 : 0));
    }

    /**
     * The text of a token; control tokens have none.
     *
     * @param token its id
     * @return its bytes in UTF-8, which may be a part of a character; not to be changed
     * @throws IndexOutOfBoundsException if there is no such token
     */
    public byte[] piece(int token) {
        requireToken(token);
        byte[] known = pieces.get(token);
        if (known != null) {
            return known;
        }
        byte[] piece = piece(token, (byte) 0);
        pieces.set(token, piece);
        return piece;
    }

    /**
     * The text of a token; of a control token its name, such as {@code <|im_end|>}.
     *
     * @param token its id
     * @return its bytes in UTF-8, which may be a part of a character; not to be changed
     * @throws IndexOutOfBoundsException if there is no such token
     */
    public byte[] pieceOrName(int token) {
        byte[] piece = piece(token);
        return piece.length > 0 ? piece : piece(token, (byte) 1);
    }

    /**
     * Turns tokens into text, as llama.cpp's server does: what {@link #pieceOrName} gives of each, one after the other.
     *
     * @param tokens their ids
     * @return the text; what is no UTF-8 in it, such as a part of a character, has become U+FFFD
     * @throws IndexOutOfBoundsException if there is no such token
     */
    public String detokenize(int[] tokens) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int token : tokens) {
            text.writeBytes(pieceOrName(token));
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    private byte[] piece(int token, byte special) {
        Lock use = model.use();
        try {
            byte[] buffer = new byte[INITIAL_PIECE];
            int length = LlamaH.llama_token_to_piece(model.vocabHandle(), token, buffer, buffer.length, 0, special);
            if (length < 0) {
                buffer = new byte[-length];
                length = LlamaH.llama_token_to_piece(model.vocabHandle(), token, buffer, buffer.length, 0, special);
            }
            return Arrays.copyOf(buffer, Math.max(length, 0));
        } finally {
            use.unlock();
        }
    }

    LlamaModel model() {
        return model;
    }

    private void requireToken(int token) {
        if (token < 0 || token >= size) {
            throw new IndexOutOfBoundsException("There is no token " + token + ": ids are 0 to " + (size - 1));
        }
    }
}
