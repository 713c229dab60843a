package io.hyperion.core.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.InvalidRequestException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Random grammars")
class RandomGrammarsTest {
    private static final int GRAMMARS = 600;
    private static final int MAX_TOKENS = 7;
    /** Of the vocabulary: the first token ends the generation, the second is another control token. */
    private static final int END = 0;

    private static final int CONTROL = 1;

    @Test
    @DisplayName("allow exactly the tokens that trying everything finds, wherever characters are cut")
    void agreeWithTryingEverything() {
        Random random = new Random(20250321);
        int followed = 0;
        int complete = 0;
        int cut = 0;
        for (int round = 0; round < GRAMMARS; round++) {
            NaiveGrammar naive = NaiveGrammar.random(random);
            if (naive.isLeftRecursive()) {
                assertThatThrownBy(() -> Grammar.parse(naive.gbnf()))
                        .as(naive.gbnf())
                        .isInstanceOf(InvalidRequestException.class)
                        .hasMessageContaining("begin with itself");
                continue;
            }
            List<byte[]> pieces = vocabulary(random);
            TokenTrie trie = new TokenTrie(pieces.size(), pieces::get, token -> token == END);
            GrammarConstraint constraint = new GrammarConstraint(Grammar.parse(naive.gbnf()), trie);
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            for (int tokens = 0; tokens < MAX_TOKENS; tokens++) {
                BitSet expected = expected(naive, text.toByteArray(), pieces);
                String what = naive.gbnf() + "after " + Arrays.toString(text.toByteArray());
                assertThat(constraint.mayEnd()).as(what).isEqualTo(expected.get(END));
                BitSet asked = new BitSet();
                IntStream.range(0, pieces.size()).filter(constraint::allows).forEach(asked::set);
                assertThat(asked).as(what).isEqualTo(expected);
                assertThat(constraint.allowed()).as(what).isEqualTo(expected);
                complete += expected.get(END) ? 1 : 0;
                expected.clear(END);
                if (constraint.mustEnd()) {
                    assertThat(expected.isEmpty()).as(what).isTrue();
                }
                if (expected.isEmpty()) {
                    break;
                }
                int[] choices = expected.stream().toArray();
                int token = choices[random.nextInt(choices.length)];
                constraint.copy().accept(choices[0]);
                constraint.accept(token);
                text.writeBytes(pieces.get(token));
                followed++;
                cut += new String(text.toByteArray(), StandardCharsets.UTF_8).endsWith("\uFFFD") ? 1 : 0;
            }
        }
        assertThat(followed).as("tokens that were followed").isGreaterThan(1000);
        assertThat(complete).as("texts that were complete").isGreaterThan(300);
        assertThat(cut).as("texts that ended within a character").isGreaterThan(100);
    }

    private static BitSet expected(NaiveGrammar naive, byte[] text, List<byte[]> pieces) {
        BitSet expected = new BitSet();
        expected.set(END, naive.verdict(text).isComplete());
        for (int token = CONTROL + 1; token < pieces.size(); token++) {
            byte[] piece = pieces.get(token);
            byte[] longer = Arrays.copyOf(text, text.length + piece.length);
            System.arraycopy(piece, 0, longer, text.length, piece.length);
            expected.set(token, naive.verdict(longer).isPrefix());
        }
        return expected;
    }

    /** {@return pieces: two without bytes, each byte of some characters, and cuts from random texts, some of them twice} */
    private static List<byte[]> vocabulary(Random random) {
        List<byte[]> pieces = new ArrayList<>(List.of(new byte[0], new byte[0]));
        for (byte value : "abz\u00e9\u00e8\u20ac\uD83D\uDE00\uD83D\uDE01".getBytes(StandardCharsets.UTF_8)) {
            pieces.add(new byte[] {value});
        }
        pieces.add(new byte[] {(byte) 0xFF});
        pieces.add(new byte[] {(byte) 0xED, (byte) 0xA0});
        String[] characters = {"a", "b", "z", "\u00e9", "\u00e8", "\u20ac", "\uD83D\uDE00", "\uD83D\uDE01"};
        for (int i = 0; i < 25; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = 1 + random.nextInt(3); length > 0; length--) {
                text.append(characters[random.nextInt(characters.length)]);
            }
            byte[] utf8 = text.toString().getBytes(StandardCharsets.UTF_8);
            int from = random.nextInt(utf8.length);
            pieces.add(Arrays.copyOfRange(utf8, from, from + 1 + random.nextInt(utf8.length - from)));
        }
        return pieces;
    }
}
