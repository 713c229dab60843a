package io.hyperion.bench.model;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A SentencePiece vocabulary: control tokens, a token for each byte and each printable ASCII character, and words with the space before
 * them. The beginnings of a word are tokens too, since a word is found by joining one character after the other; nothing else can be
 * joined, so that a text of the words gives one token for each, and these give the very text again.
 */
final class RandomVocabulary {
    /** The smallest size: all but the words take 355. */
    static final int MIN_SIZE = 512;

    static final int UNKNOWN = 0;
    static final int BOS = 1;
    static final int EOS = 2;
    static final int END_OF_TURN = 4;

    private static final List<String> CONTROLS = List.of("<s>", "</s>", "<|im_start|>", "<|im_end|>");
    private static final String SPACE = "▁";
    private static final String CONSONANTS = "bdfghklmnprstvz";
    private static final String VOWELS = "aeiou";

    private static final int TYPE_NORMAL = 1;
    private static final int TYPE_UNKNOWN = 2;
    private static final int TYPE_CONTROL = 3;
    private static final int TYPE_BYTE = 6;

    /** The ids of the tokens, in their order. */
    private final Map<String, Integer> ids = new LinkedHashMap<>();

    private final int[] types;
    private final BitSet words = new BitSet();
    private final int size;

    /**
     * @param size how many tokens there are, at least {@link #MIN_SIZE}
     */
    RandomVocabulary(int size) {
        this.size = size;
        types = new int[size];
        add("<unk>", TYPE_UNKNOWN);
        CONTROLS.forEach(token -> add(token, TYPE_CONTROL));
        for (int i = 0; i < 256; i++) {
            add(String.format("<0x%02X>", i), TYPE_BYTE);
        }
        add(SPACE, TYPE_NORMAL);
        for (char c = '!'; c <= '~'; c++) {
            add(String.valueOf(c), TYPE_NORMAL);
        }
        Words.common().forEach(this::addWord);
        Words.common().forEach(word -> addWord(word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1)));
        for (int i = 0; ids.size() < size; i++) {
            addWord(madeUp(i));
        }
    }

    private int add(String token, int type) {
        int id = ids.computeIfAbsent(token, added -> ids.size());
        types[id] = type;
        return id;
    }

    private void addWord(String word) {
        for (int end = 1; end <= word.length(); end++) {
            String piece = SPACE + word.substring(0, end);
            if (ids.size() == size && !ids.containsKey(piece)) {
                return;
            }
            int id = add(piece, TYPE_NORMAL);
            if (end == word.length()) {
                words.set(id);
            }
        }
    }

    /** {@return a word of syllables; another for each number} */
    private static String madeUp(int number) {
        StringBuilder word = new StringBuilder();
        // From 1, or the shortest words would be those of one syllable alone.
        for (int rest = number + CONSONANTS.length() * VOWELS.length(); rest > 0; ) {
            word.append(CONSONANTS.charAt(rest % CONSONANTS.length()));
            rest /= CONSONANTS.length();
            word.append(VOWELS.charAt(rest % VOWELS.length()));
            rest /= VOWELS.length();
        }
        return word.toString();
    }

    int size() {
        return size;
    }

    List<String> tokens() {
        return List.copyOf(ids.keySet());
    }

    int[] types() {
        return types.clone();
    }

    /** {@return the order in which pieces are joined: the earlier a token, the sooner} */
    float[] scores() {
        float[] scores = new float[size];
        for (int i = 0; i < size; i++) {
            scores[i] = -i;
        }
        return scores;
    }

    /**
     * @param token its id
     * @return whether it is a whole word
     */
    boolean isWord(int token) {
        return words.get(token);
    }
}
