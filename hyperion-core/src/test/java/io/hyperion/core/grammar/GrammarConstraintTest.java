package io.hyperion.core.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("The constraint of a grammar")
class GrammarConstraintTest {
    private static BitSet tokens(int... tokens) {
        BitSet set = new BitSet();
        for (int token : tokens) {
            set.set(token);
        }
        return set;
    }

    private static GrammarConstraint over(String gbnf, String... pieces) {
        return new GrammarConstraint(Grammar.parse(gbnf), Texts.vocabulary(List.of(pieces)));
    }

    @Test
    @DisplayName(
            "allows the tokens that go on with a text, and the end of the generation exactly where one is complete")
    void tokensAndEnd() {
        GrammarConstraint constraint =
                over("root ::= \"ab\" (\"c\" | \"cd\")?", "a", "ab", "abc", "b", "c", "cd", "d", "abcde", "");
        int end = 9;
        assertThat(constraint.allowed()).isEqualTo(tokens(0, 1, 2));
        assertThat(constraint.mayEnd()).isFalse();
        constraint.accept(1);
        assertThat(constraint.allowed()).isEqualTo(tokens(4, 5, end));
        assertThat(constraint.mayEnd()).isTrue();
        assertThat(constraint.mustEnd()).isFalse();
        constraint.accept(4);
        assertThat(constraint.allowed()).isEqualTo(tokens(6, end));
        constraint.accept(6);
        assertThat(constraint.allowed()).isEqualTo(tokens(end));
        assertThat(constraint.mustEnd()).isTrue();
        constraint.accept(end);
        assertThat(constraint.allowed()).isEqualTo(tokens());
        assertThat(constraint.allows(end)).isFalse();
        assertThat(constraint.mayEnd()).isTrue();
        assertThat(constraint.mustEnd()).isTrue();
    }

    @Test
    @DisplayName("refuses a token that is not allowed, and stays as it was")
    void refuses() {
        GrammarConstraint constraint = over("root ::= \"ab\"", "a", "b", "ab", "");
        constraint.accept(0);
        for (int token : new int[] {0, 2, 3, 4}) {
            assertThatThrownBy(() -> constraint.accept(token)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> constraint.allows(5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> constraint.accept(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(constraint.allowed()).isEqualTo(tokens(1));
    }

    @Test
    @DisplayName("gives sets that are the caller's own")
    void ownSets() {
        GrammarConstraint constraint = over("root ::= \"a\"", "a", "b");
        constraint.allowed().clear();
        assertThat(constraint.allowed()).isEqualTo(tokens(0));
    }

    @Test
    @DisplayName("goes its own way after it was copied")
    void copies() {
        GrammarConstraint original = over("root ::= \"a\"{2} | \"ab\"", "a", "b");
        original.accept(0);
        GrammarConstraint copy = original.copy();
        copy.accept(1);
        assertThat(copy.mustEnd()).isTrue();
        assertThat(original.allowed()).isEqualTo(tokens(0, 1));
        original.accept(0);
        assertThat(original.mustEnd()).isTrue();
    }

    @Test
    @DisplayName("has nothing to allow where the vocabulary has nothing to go on with")
    void poorVocabulary() {
        GrammarConstraint constraint = over("root ::= \"a\u20ac\"", "a", "b");
        constraint.accept(0);
        assertThat(constraint.allowed()).isEqualTo(tokens());
        assertThat(constraint.mustEnd()).isFalse();
    }

    @Test
    @DisplayName("allows bytes of a character only as far as they can become one of the grammar")
    void partsOfCharacters() {
        // The snowman is E2 98 83, the umbrella E2 98 82, and the euro sign E2 82 AC.
        GrammarConstraint constraint = Texts.begin("root ::= [\\u2602-\\u2603] | [^\\x00-\\uFFFF]");
        assertThat(constraint.allowed()).isEqualTo(tokens(0xE2, 0xF0, 0xF1, 0xF2, 0xF3, 0xF4));
        GrammarConstraint large = constraint.copy();
        constraint.accept(0xE2);
        assertThat(constraint.allowed()).isEqualTo(tokens(0x98));
        constraint.accept(0x98);
        assertThat(constraint.allowed()).isEqualTo(tokens(0x82, 0x83));
        large.accept(0xF4);
        BitSet belowTheLimit = new BitSet();
        belowTheLimit.set(0x80, 0x90);
        assertThat(large.allowed()).isEqualTo(belowTheLimit);
    }

    @Nested
    @DisplayName("with a hostile grammar")
    class WithHostileGrammar {
        @Test
        @DisplayName("does not go through the readings of an ambiguous one one by one")
        void ambiguous() {
            for (String gbnf : List.of(
                    "root ::= (\"\" | \"\" | \"x\"){30}",
                    "root ::= (" + "\"x\"? ".repeat(60) + ")*",
                    "root ::= ((\"x\"*)*)* ((\"x\"+)+)+",
                    "root ::= s\ns ::= \"x\" s s | \"x\" | \"\"",
                    "root ::= s\ns ::= \"x\" s \"y\" | \"x\" s \"z\" | \"x\" s | \"\"",
                    "root ::= (\"x\" | \"xx\" | \"xxx\"){0,300}")) {
                assertThat(Texts.matches(gbnf, "x".repeat(30))).as(gbnf).isTrue();
                assertThat(Texts.matches(gbnf, "x".repeat(29) + "!")).as(gbnf).isFalse();
            }
            String brackets = "root ::= s\ns ::= \"(\" s \")\" | \"(\" s \"]\" | \"\"";
            assertThat(Texts.matches(brackets, "(".repeat(2000) + ")]".repeat(1000)))
                    .isTrue();
            assertThat(Texts.matches(brackets, "(".repeat(2000) + ")]".repeat(999) + ")"))
                    .isFalse();
        }

        @Test
        @DisplayName("counts large repetitions instead of writing them out")
        void repetitions() {
            String cube = "root ::= (((\"x\"{100000}){100000}){100000}){100000}";
            assertThat(Texts.after(cube, "x".repeat(1000)).allowed()).isEqualTo(tokens('x'));
            String bounded = "root ::= [a-z]{2000,100000} \"!\"?";
            assertThat(Texts.after(bounded, "q".repeat(1999)).mayEnd()).isFalse();
            assertThat(Texts.after(bounded, "q".repeat(2000) + "!").mustEnd()).isTrue();
            assertThat(Texts.after("root ::= (\"x\"?){100000}", "xx").mayEnd()).isTrue();
        }

        @Test
        @DisplayName("follows recursion for as long as a text goes on")
        void recursion() {
            assertThat(Texts.after("root ::= \"a\" root | \"b\"", "a".repeat(100_000))
                            .allowed())
                    .isEqualTo(tokens('a', 'b'));
            String nested = "root ::= \"[\" (root (\",\" root)*)? \"]\"";
            assertThat(Texts.matches(nested, "[".repeat(20_000) + "[],[]" + "]".repeat(20_000)))
                    .isTrue();
        }

        @Test
        @DisplayName("ends with an error of the request where too many of its parts fit one place")
        void tooManyItems() {
            assertThatThrownBy(() -> Texts.begin("root ::= \"x\"" + "?".repeat(60_000)))
                    .isInstanceOfSatisfying(InvalidRequestException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.INVALID_GRAMMAR);
                        assertThat(e.parameter()).contains("grammar");
                    })
                    .hasMessage("'grammar' is too ambiguous to be followed: "
                            + "more than 20000 parts of its rules fit at one place of the text");
        }

        @Test
        @DisplayName("stays where it was when it ends with an error")
        void staysAfterError() {
            // Each of the letters so far can be where a round of each of the repetitions began.
            GrammarConstraint constraint =
                    Texts.begin("root ::= (((\"x\"{0,999} \"z\"?){0,999} \"z\"?){0,999} \"z\"?){0,999}");
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10_000; i++) {
                            constraint.accept('x');
                        }
                    })
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("too ambiguous");
            assertThatThrownBy(() -> constraint.accept('x')).isInstanceOf(InvalidRequestException.class);
            assertThat(constraint.allows('!')).isFalse();
            assertThat(constraint.mayEnd()).isTrue();
        }

        @Test
        @DisplayName("ends with an error of the request where too many of its rules are open")
        void tooManyOpen() {
            GrammarConstraint constraint = Texts.begin("root ::= s\ns ::= \"!\"" + " | \"x\" s \"y\"".repeat(300));
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10_000; i++) {
                            constraint.accept('x');
                        }
                    })
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessage("'grammar' is too ambiguous to be followed: "
                            + "more than 500000 rules of the text so far are open");
        }
    }
}
