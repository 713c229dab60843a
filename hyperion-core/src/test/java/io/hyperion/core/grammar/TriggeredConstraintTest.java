package io.hyperion.core.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A grammar that waits for a trigger")
class TriggeredConstraintTest {
    private static final int END = 0;

    private static TokenTrie vocabulary(List<String> pieces) {
        return new TokenTrie(
                pieces.size(), token -> pieces.get(token).getBytes(StandardCharsets.UTF_8), token -> pieces.get(token)
                        .equals("END"));
    }

    private static List<String> pieces(String... more) {
        List<String> pieces = new ArrayList<>(List.of("END", "", "a", "b", "c", "<", "t", ">", "1", "2"));
        pieces.addAll(List.of(more));
        return pieces;
    }

    private static List<String> allowed(TriggeredConstraint constraint, List<String> pieces) {
        return constraint.allowed().stream().mapToObj(pieces::get).toList();
    }

    private static void accept(TriggeredConstraint constraint, List<String> pieces, String... tokens) {
        for (String token : tokens) {
            constraint.accept(pieces.indexOf(token));
        }
    }

    private static TriggeredConstraint constraint(List<String> pieces, String gbnf, String... triggers) {
        return new TriggeredConstraint(Grammar.parse(gbnf), vocabulary(pieces), List.of(triggers));
    }

    @Test
    @DisplayName("lets everything come before, tokens without text and the end included")
    void waits() {
        List<String> pieces = pieces();
        TriggeredConstraint constraint = constraint(pieces, "root ::= \"<t>\" [12]+", "<t>");
        accept(constraint, pieces, "a", "<", "t", "b", "", "<");
        assertThat(constraint.isActive()).isFalse();
        assertThat(allowed(constraint, pieces)).isEqualTo(pieces);
        assertThat(constraint.allows(END)).isTrue();
    }

    @Test
    @DisplayName("holds from a trigger on that came in several tokens")
    void acrossTokens() {
        List<String> pieces = pieces();
        TriggeredConstraint constraint = constraint(pieces, "root ::= \"<t>\" [12]{2}", "<t>");
        accept(constraint, pieces, "a", "<", "<", "t", ">");
        assertThat(constraint.isActive()).isTrue();
        assertThat(allowed(constraint, pieces)).containsExactly("1", "2");
        accept(constraint, pieces, "2", "1");
        assertThat(allowed(constraint, pieces)).containsExactly("END");
    }

    @Test
    @DisplayName("does not allow a token that completes a trigger and goes on with what it refuses")
    void withinTokens() {
        List<String> pieces = pieces(">1", ">a", "b<t>2", "b<t>b", "<t><t>", "t>12", "t>1b");
        TriggeredConstraint constraint = constraint(pieces, "root ::= \"<t>\" [12]*", "<t>");
        assertThat(allowed(constraint, pieces))
                .doesNotContain("b<t>b", "<t><t>")
                .contains("b<t>2", ">a", "t>1b");
        accept(constraint, pieces, "a", "<");
        assertThat(allowed(constraint, pieces))
                .doesNotContain("t>1b", "b<t>b", "<t><t>")
                .contains("t>12", ">a", "b<t>2");
        accept(constraint, pieces, "t");
        assertThat(allowed(constraint, pieces)).doesNotContain(">a").contains(">1", ">");
        assertThatThrownBy(() -> accept(constraint, pieces, ">a")).isInstanceOf(IllegalArgumentException.class);
        accept(constraint, pieces, ">1");
        assertThat(allowed(constraint, pieces)).containsExactly("END", "1", "2");
    }

    @Test
    @DisplayName("takes the trigger that is complete first, and the longest of those that end together")
    void severalTriggers() {
        List<String> pieces = pieces();
        String grammar = "root ::= \"abc\" \"1\" | \"bc\" \"2\" | \"ca\" \"12\"";
        TriggeredConstraint longest = constraint(pieces, grammar, "bc", "abc", "ca");
        accept(longest, pieces, "a", "b", "c");
        assertThat(allowed(longest, pieces)).containsExactly("1");
        TriggeredConstraint other = constraint(pieces, grammar, "bc", "abc", "ca");
        accept(other, pieces, "b", "b", "c");
        assertThat(allowed(other, pieces)).containsExactly("2");
        TriggeredConstraint third = constraint(pieces, grammar, "bc", "abc", "ca");
        accept(third, pieces, "c", "c", "a", "1");
        assertThat(allowed(third, pieces)).containsExactly("2");
    }

    @Test
    @DisplayName("knows the names of control tokens, as triggers and within the text")
    void named() {
        List<String> pieces = pieces();
        TokenTrie named = vocabulary(pieces).withNamed(Map.of(1, "<t>".getBytes(StandardCharsets.UTF_8)));
        TriggeredConstraint constraint =
                new TriggeredConstraint(Grammar.parse("root ::= \"<t>\" [12] \"<t>\""), named, List.of("<t>"));
        accept(constraint, pieces, "a", "");
        assertThat(constraint.isActive()).isTrue();
        accept(constraint, pieces, "1");
        assertThat(allowed(constraint, pieces)).containsExactly("", "<");
        accept(constraint, pieces, "");
        assertThat(allowed(constraint, pieces)).containsExactly("END");
    }

    @Test
    @DisplayName("lets a copy go its own way")
    void copies() {
        List<String> pieces = pieces();
        TriggeredConstraint constraint = constraint(pieces, "root ::= \"<t>\" [12]*", "<t>");
        accept(constraint, pieces, "<", "t");
        TriggeredConstraint copy = constraint.copy();
        accept(copy, pieces, ">", "1");
        assertThat(constraint.isActive()).isFalse();
        assertThat(allowed(constraint, pieces)).isEqualTo(pieces);
        assertThat(allowed(copy, pieces)).containsExactly("END", "1", "2");
    }

    @Test
    @DisplayName("is refused if the grammar cannot begin with a trigger, or there is none")
    void impossible() {
        List<String> pieces = pieces();
        assertThatThrownBy(() -> constraint(pieces, "root ::= \"a\"", "b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'b'");
        assertThatThrownBy(() -> constraint(pieces, "root ::= \"a\"", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> constraint(pieces, "root ::= \"a\"")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("says the same as a search through the whole text, for random vocabularies, triggers and texts")
    void random() {
        String letters = "abc";
        int active = 0;
        int refused = 0;
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            List<String> pieces = new ArrayList<>(List.of("END", "a", "b", "c"));
            IntStream.range(0, 12).forEach(i -> pieces.add(word(random, letters, 1 + random.nextInt(5))));
            List<String> triggers = IntStream.rangeClosed(0, random.nextInt(3))
                    .mapToObj(i -> word(random, letters, 1 + random.nextInt(4)))
                    .toList();
            // After any trigger an even number of letters a, and nothing else.
            StringBuilder gbnf = new StringBuilder("root ::= (");
            triggers.forEach(trigger -> gbnf.append(gbnf.length() > 10 ? " | " : "")
                    .append('"')
                    .append(trigger)
                    .append('"'));
            TriggeredConstraint constraint =
                    constraint(pieces, gbnf.append(") (\"aa\")*").toString(), triggers.toArray(String[]::new));
            String text = "";
            for (int step = 0; step < 8; step++) {
                BitSet allowed = constraint.allowed();
                for (int token = 0; token < pieces.size(); token++) {
                    boolean expected = isAllowed(text, token == END ? "" : pieces.get(token), token == END, triggers);
                    assertThat(constraint.allows(token))
                            .as("%s after '%s' with %s", pieces.get(token), text, triggers)
                            .isEqualTo(expected);
                    assertThat(allowed.get(token)).isEqualTo(expected);
                    refused += expected ? 0 : 1;
                }
                allowed.clear(END);
                if (allowed.isEmpty()) {
                    break;
                }
                int[] choices = allowed.stream().toArray();
                int chosen = choices[random.nextInt(choices.length)];
                constraint.accept(chosen);
                text += pieces.get(chosen);
            }
            active += constraint.isActive() ? 1 : 0;
        }
        assertThat(active).isGreaterThan(200);
        assertThat(refused).isGreaterThan(2000);
    }

    private static String word(Random random, String letters, int length) {
        StringBuilder word = new StringBuilder();
        while (word.length() < length) {
            word.append(letters.charAt(random.nextInt(letters.length())));
        }
        return word.toString();
    }

    private static boolean isAllowed(String before, String piece, boolean ends, List<String> triggers) {
        String text = before + piece;
        for (int end = 1; end <= text.length(); end++) {
            String begin = text.substring(0, end);
            String longest = triggers.stream()
                    .filter(begin::endsWith)
                    .max(Comparator.comparing(String::length))
                    .orElse("");
            if (!longest.isEmpty()) {
                String rest = text.substring(end);
                // What another trigger makes of its own text, such as "a" and "aa", the grammar takes too.
                String matched = longest + rest;
                return triggers.stream()
                        .filter(trigger -> matched.startsWith(trigger) || trigger.startsWith(matched))
                        .anyMatch(trigger -> matched.length() < trigger.length()
                                ? !ends
                                : matched.substring(trigger.length()).matches(ends ? "(aa)*" : "a*"));
            }
        }
        return true;
    }
}
