package io.hyperion.core.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** The vocabulary. Most of what is wrong with one ends the process not when it is loaded but with some text that is to be tokenised. */
final class VocabularyCheck {
    private static final String PREFIX = "tokenizer.ggml.";
    private static final String MODEL = PREFIX + "model";
    private static final String TOKENS = PREFIX + "tokens";

    private static final String CHARSMAP = PREFIX + "precompiled_charsmap";
    private static final int BYTE_TOKEN = 6;

    /** Of tokens that are kept in a tree. The longest of the RWKV World vocabulary has 128 bytes. */
    private static final int MAX_TREE_TOKEN = 1024;

    /** The tokens that llama.cpp takes unless the file names others of the vocabulary; -1 for none. */
    private record Defaults(
            int bos, int eos, int unknown, int separator, int padding, int mask, boolean addsBos, boolean addsEos) {}

    private static final Map<String, Defaults> DEFAULTS = Map.of(
            "llama", new Defaults(1, 2, 0, -1, -1, -1, true, false),
            "gpt2", new Defaults(11, 11, -1, -1, -1, -1, false, false),
            "rwkv", new Defaults(-1, -1, -1, -1, -1, -1, false, false),
            "bert", new Defaults(101, -1, 100, 102, 0, 103, true, false),
            "t5", new Defaults(-1, 1, 2, -1, 0, -1, false, true));

    /** WordPiece and SentencePiece unigram: llama.cpp knows generating models with neither. */
    private static final Set<String> OF_ENCODERS = Set.of("bert", "t5");

    private final Entries entries;
    private final String model;
    private final TokenIndex tokens;

    private VocabularyCheck(Entries entries, String model, TokenIndex tokens) {
        this.entries = entries;
        this.model = model;
        this.tokens = tokens;
    }

    static void check(Entries entries, ModelArchitecture architecture) throws GgufException {
        String model = entries.text(MODEL).orElseThrow(() -> entries.fault(MODEL, "is missing"));
        if (OF_ENCODERS.contains(model) && architecture.kind() != ModelArchitecture.Kind.EMBEDDING) {
            throw entries.fault(MODEL, "is '" + model + "', a vocabulary for models that do not generate text");
        }
        if (!DEFAULTS.containsKey(model)) {
            throw entries.fault(
                    MODEL,
                    switch (model) {
                        case "none", "no_vocab" -> "is '" + model + "': without a vocabulary there is no text";
                        default -> "is " + Messages.quote(model) + ", and must be llama, gpt2, rwkv, bert or t5";
                    });
        }
        GgufValue.Texts texts = entries.texts(TOKENS).orElseThrow(() -> entries.fault(TOKENS, "is missing"));
        TokenIndex tokens = new TokenIndex(texts);
        if (tokens.duplicate().isPresent()) {
            TokenIndex.Duplicate duplicate = tokens.duplicate().get();
            throw entries.fault(
                    TOKENS,
                    "has " + Messages.quote(texts.get(duplicate.second())) + " twice, at " + duplicate.first() + " and "
                            + duplicate.second());
        }
        new VocabularyCheck(entries, model, tokens).check();
    }

    private void check() throws GgufException {
        // Both are read as far as the tokens go, whatever their own length and type.
        sameLength(PREFIX + "scores", GgufType.FLOAT32);
        sameLength(PREFIX + "token_type", GgufType.INT32, GgufType.UINT32);
        if (model.equals("gpt2")) {
            String merges = PREFIX + "merges";
            entries.texts(merges).orElseThrow(() -> entries.fault(merges, "is missing"));
        }
        specialTokens();
        switch (model) {
            case "llama" -> bytesOfSentencePiece();
            case "rwkv" -> bytesOfRwkv();
            case "bert" -> noBytes();
            case "t5" -> {
                treeTokens();
                CharsmapCheck.check(entries, CHARSMAP);
            }
            default -> {
                // A byte that byte pair encoding has no token for is left out.
            }
        }
    }

    private void sameLength(String key, GgufType... elementTypes) throws GgufException {
        int size =
                entries.numbers(key, elementTypes).map(GgufValue.Numbers::size).orElse(tokens.size());
        if (size != tokens.size()) {
            throw entries.fault(key, "has " + size + " elements, but there are " + tokens.size() + " tokens");
        }
    }

    private void specialTokens() throws GgufException {
        Defaults defaults = DEFAULTS.get(model);
        boolean chatglm = entries.text(PREFIX + "pre").orElse("").equals("chatglm-bpe");
        long bos = special("bos", chatglm ? -1 : defaults.bos);
        long eos = special("eos", defaults.eos);
        special("unknown", defaults.unknown);
        // Their texts are logged when the model is loaded. The word is misspelled in the format too.
        special("seperator", defaults.separator);
        special("padding", defaults.padding);
        special("mask", defaults.mask);
        // Both are asserted when a text is tokenised.
        if (bos < 0 && entries.flag(PREFIX + "add_bos_token").orElse(defaults.addsBos)) {
            throw entries.fault(PREFIX + "bos_token_id", "is missing, but each text is to begin with it");
        }
        if (eos < 0 && entries.flag(PREFIX + "add_eos_token").orElse(defaults.addsEos)) {
            throw entries.fault(PREFIX + "eos_token_id", "is missing, but each text is to end with it");
        }
    }

    /** What the file names is ignored if it is not of the vocabulary; what is taken instead is looked up without asking. */
    private long special(String name, int otherwise) throws GgufException {
        String key = PREFIX + name + "_token_id";
        OptionalLong named = entries.number(key);
        if (named.isPresent() && named.getAsLong() < tokens.size()) {
            return named.getAsLong();
        }
        if (otherwise >= tokens.size()) {
            throw entries.fault(
                    key,
                    (named.isPresent() ? "is " + named.getAsLong() : "is missing and stands for " + otherwise)
                            + ", but there are " + tokens.size() + " tokens");
        }
        return otherwise;
    }

    /** A character that no token has is tokenised as its bytes, and a byte without a token is an exception that nobody catches. */
    private void bytesOfSentencePiece() throws GgufException {
        for (int value = 0; value < 256; value++) {
            byte[] name = String.format("<0x%02X>", value).getBytes(StandardCharsets.US_ASCII);
            if (!tokens.contains(name) && !tokens.contains(new byte[] {(byte) value})) {
                throw entries.fault(
                        TOKENS,
                        "has no token for the byte " + value + ": the first text that needs it would end the process");
            }
        }
    }

    /** WordPiece has no tokens for bytes: llama.cpp asks for the byte of such a token when it is loaded, and aborts. */
    private void noBytes() throws GgufException {
        String key = PREFIX + "token_type";
        if (entries.file().metadata().get(key) instanceof GgufValue.Numbers types) {
            for (int i = 0; i < types.size(); i++) {
                if (types.whole(i) == BYTE_TOKEN) {
                    throw entries.fault(key, "makes token " + i + " one of a byte, of which WordPiece has none");
                }
            }
        }
    }

    /** These tokens are kept in a tree that is walked with one call inside another for each byte of a token. */
    private void treeTokens() throws GgufException {
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.text(i).length > MAX_TREE_TOKEN) {
                throw entries.fault(
                        TOKENS,
                        "has a token of " + tokens.text(i).length + " bytes, and may have such of at most "
                                + MAX_TREE_TOKEN);
            }
        }
    }

    /** Where a byte begins tokens but is none, llama.cpp makes no step forward and fills the memory. */
    private void bytesOfRwkv() throws GgufException {
        treeTokens();
        boolean[] single = new boolean[256];
        for (int i = 0; i < tokens.size(); i++) {
            byte[] text = unescape(tokens.text(i));
            if (text.length == 1) {
                single[text[0] & 0xFF] = true;
            }
        }
        for (int value = 0; value < 256; value++) {
            if (!single[value]) {
                throw entries.fault(TOKENS, "has no token for the byte " + value + " alone");
            }
        }
    }

    private static byte[] unescape(byte[] escaped) {
        ByteArrayOutputStream text = new ByteArrayOutputStream(escaped.length);
        for (int i = 0; i < escaped.length; i++) {
            if (escaped[i] != '\\') {
                text.write(escaped[i]);
            } else if (i + 1 < escaped.length) {
                i++;
                switch (escaped[i]) {
                    case 't' -> text.write('\t');
                    case 'n' -> text.write('\n');
                    case 'r' -> text.write('\r');
                    case 'x' -> {
                        if (i + 2 < escaped.length) {
                            text.write((hex(escaped[i + 1]) << 4) + hex(escaped[i + 2]));
                        }
                        i += 2;
                    }
                    default -> text.write(escaped[i]);
                }
            }
        }
        return text.toByteArray();
    }

    /** As llama.cpp has it, which takes any byte for a digit. */
    private static int hex(byte digit) {
        return digit >= 'a' ? digit - 'a' + 10 : digit - '0';
    }
}
