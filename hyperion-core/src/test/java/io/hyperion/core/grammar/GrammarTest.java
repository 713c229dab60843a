package io.hyperion.core.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A grammar")
class GrammarTest {
    private static final String JSON =
            """
            root   ::= space object
            value  ::= (object | array | string | number | ("true" | "false" | "null") space)
            object ::= "{" space ( pair ("," space pair)* )? "}" space
            pair   ::= string ":" space value
            array  ::= "[" space (
                         value            # the first one
                         ("," space value)*
                       )? "]" space
            string ::= "\\"" ( [^"\\\\\\x00-\\x1F\\x7F] | "\\\\" (["\\\\/bfnrt] | "u" [0-9a-fA-F]{4}) )* "\\"" space
            number ::= "-"? ("0" | [1-9] [0-9]{0,15}) ("." [0-9]+)? ([eE] [-+]? [0-9]{1,3})? space
            space  ::= [ \\t\\n]{0,20}
            """;

    private static final String SUMS =
            """
            root ::= (sum "=" blank number blank "\\n")+
            sum ::= product ([-+] blank product)*
            product ::= term ([*/] blank term)*
            term ::= number blank |
                     name blank |
                     "(" blank sum ")" blank
            name ::= [a-z] [a-z0-9]*
            number ::= [0-9]+
            blank ::= " "*
            """;

    private static final String LIST = "root ::= (\"- \" item)+\nitem ::= [^\\r\\n\\x0b\\x85\\u2028\\u2029]+ \"\\n\"";

    private static final String GAME =
            """
            root ::= turn{1,3} result?
            turn ::= [1-9] [0-9]? ". " move " " move "\\n"
            move ::= (pawn | piece | "O-O" "-O"?) [+#]?
            pawn ::= ([a-h] "x")? [a-h] [1-8] ("=" [QRBN])?
            piece ::= [KQRBN] [a-h]? [1-8]? "x"? [a-h] [1-8]
            result ::= "1-0" | "0-1" | "1/2-1/2"
            """;

    private static final String SCORES =
            """
            root   ::= "[" ( entry ("," " "? entry)* )? "]"
            entry  ::= name ":" [0-9]{1,3} |   # a line that ends with '|' goes on
                       "none"
            name   ::= [^\\x00-\\x20:"\\\\]+
            """;

    static Stream<Arguments> texts() {
        return Stream.of(
                Arguments.of(
                        JSON, "{\"a\": [1, -2.5e+3, true], \"\u00e9\\u00e9\\n\": {\"\uD83D\uDE00\": null}}\n", true),
                Arguments.of(JSON, "{}", true),
                Arguments.of(JSON, "{\"a\": 01}", false),
                Arguments.of(JSON, "{\"a\": [1,]}", false),
                Arguments.of(JSON, "{\"a\": \"\\u00g0\"}", false),
                Arguments.of(JSON, "{\"a\": \"\u007f\"}", false),
                Arguments.of(JSON, "{\"a\"" + " ".repeat(20) + ":1}", true),
                Arguments.of(JSON, "{\"a\"" + " ".repeat(21) + ":1}", false),
                Arguments.of(SUMS, "(1 + x1)*3 - 4/2= 7\na=1\n", true),
                Arguments.of(SUMS, "(1+2=3\n", false),
                Arguments.of(SUMS, "1+=3\n", false),
                Arguments.of(SCORES, "[]", true),
                Arguments.of(SCORES, "[\u00e9va:12, none,x:003]", true),
                Arguments.of(SCORES, "[x:1234]", false),
                Arguments.of(LIST, "- eggs\n- \u00bd milk\n", true),
                Arguments.of(LIST, "- a\u2028b\n", false),
                Arguments.of(LIST, "- \n", false),
                Arguments.of(GAME, "1. e4 e5\n2. Nf3 Nc6\n3. Bb5 O-O-O+\n1/2-1/2", true),
                Arguments.of(GAME, "1. e4 e5\n2. e9 e5\n", false),
                Arguments.of(GAME, "1. e4 e5\n2. e4 e5\n3. e4 e5\n4. e4 e5\n", false),
                Arguments.of(
                        "root ::= \"a\\x41\\u00e9\\U0001F600\\\"\\[\\]\\\\\\-\\t\\r\\n\"",
                        "aA\u00e9\uD83D\uDE00\"[]\\-\t\r\n",
                        true),
                Arguments.of("root ::= [-a] [a-] [a-c-e] [\\]\\[\\\\^] [^^]", "-a-^x", true),
                Arguments.of("root ::= [-a] [a-] [a-c-e] [\\]\\[\\\\^] [^^]", "-ad^x", false),
                Arguments.of("root ::= . .", "\n\uD83D\uDE00", true),
                Arguments.of("root ::= [\\uD000-\\uF000]", "\uE000", true),
                Arguments.of("root ::= \"x\"{3} \"y\"{2,} \"z\"{0,2} \"w\"{ 1 , 1 }", "xxxyyyyzzw", true),
                Arguments.of("root ::= \"x\"{3} \"y\"{2,} \"z\"{0,2} \"w\"{ 1 , 1 }", "xxxyw", false),
                Arguments.of("root ::= \"x\"{0} \"y\"", "y", true),
                Arguments.of("root ::= \"ab\"{2}{2} [0-9]+*?", "abababab42", true),
                Arguments.of("root ::= \"ab\" *\n", "abab", true),
                Arguments.of("root ::= ( \"a\"\r\n|\r\n\"b\" # or\r\n)\r\n", "b", true),
                Arguments.of("root ::=\n\n  # comes later\n  \"a\" |\n  \"b\"#done", "b", true),
                Arguments.of("root ::= | \"a\" |", "", true),
                Arguments.of("root ::= \"\"", "", true),
                Arguments.of("root ::= ()", "", true),
                Arguments.of("root ::= a\na ::= \"1\"\na ::= \"2\"", "2", true),
                Arguments.of("root ::= a\na ::= \"1\"\na ::= \"2\"", "1", false),
                Arguments.of("root ::= \"two\nlines\"", "two\nlines", true),
                Arguments.of("-1 ::= \"x\"\nroot ::= -1 -1", "xx", true));
    }

    @ParameterizedTest(name = "{1}: {2}")
    @MethodSource("texts")
    @DisplayName("has the texts that its rules say, and no others")
    void texts(String grammar, String text, boolean matches) {
        assertThat(Texts.matches(grammar, text)).isEqualTo(matches);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of("", "'grammar' has no rule 'root', which every text begins with"),
                Arguments.of(" # nothing\n", "'grammar' has no rule 'root', which every text begins with"),
                Arguments.of("main ::= \"a\"", "'grammar' has no rule 'root', which every text begins with"),
                Arguments.of(
                        "\n  %",
                        "line 2, column 3: a rule begins with its name, of letters, digits and '-', but here is '%'"),
                Arguments.of(
                        "root ::= \"a\"\n  | \"b\"",
                        "line 2, column 3: an alternative on a new line needs its '|' at the end of the line before, or parentheses around"),
                Arguments.of(
                        "root",
                        "line 1, column 5, in the rule 'root': '::=' must follow the rule's name, but here is the end of the grammar"),
                Arguments.of(
                        "root := \"a\"",
                        "line 1, column 6, in the rule 'root': '::=' must follow the rule's name, but here is ':'"),
                Arguments.of(
                        "root\n::= \"a\"",
                        "line 1, column 5, in the rule 'root': '::=' must follow the rule's name, but here is the end of the line"),
                Arguments.of("root ::= a_b", "line 1, column 11, in the rule 'root': a rule cannot go on with '_'"),
                Arguments.of("root ::= \"a\" )", "line 1, column 14, in the rule 'root': this ')' has no '('"),
                Arguments.of("root ::= (\"a\"", "line 1, column 10, in the rule 'root': this '(' has no ')'"),
                Arguments.of(
                        "root ::= (a\na ::= \"a\"",
                        "line 2, column 3, in the rule 'root': what is in parentheses cannot go on with ':'"),
                Arguments.of(
                        "root ::= \"\u00e9\uD83D\uDE00\" \"a",
                        "line 1, column 15, in the rule 'root': this literal has no closing '\"'"),
                Arguments.of(
                        "root ::= \"a\\", "line 1, column 10, in the rule 'root': this literal has no closing '\"'"),
                Arguments.of("root ::= [a-z", "line 1, column 10, in the rule 'root': this '[' has no ']'"),
                Arguments.of("root ::= [A-\\]", "line 1, column 10, in the rule 'root': this '[' has no ']'"),
                Arguments.of("root ::= []", "line 1, column 10, in the rule 'root': no character is in these brackets"),
                Arguments.of(
                        "root ::= [^]", "line 1, column 10, in the rule 'root': no character is in these brackets"),
                Arguments.of(
                        "root ::= [^\\x00-\\U0010FFFF]",
                        "line 1, column 10, in the rule 'root': no character is in these brackets"),
                Arguments.of(
                        "root ::= [\\uD800-\\uDFFF]",
                        "line 1, column 10, in the rule 'root': no character is in these brackets"),
                Arguments.of(
                        "root ::= [az-y]", "line 1, column 12, in the rule 'root': this range ends before it begins"),
                Arguments.of(
                        "root ::= \"a\\q\"",
                        "line 1, column 12, in the rule 'root': a backslash cannot stand before 'q': the escapes are \\n \\r \\t \\\\ \\\" \\[ \\] \\- \\xNN \\uNNNN \\UNNNNNNNN"),
                Arguments.of(
                        "root ::= \"\\x4\"",
                        "line 1, column 11, in the rule 'root': \\x needs 2 hexadecimal digits after it"),
                Arguments.of(
                        "root ::= [\\u00g0]",
                        "line 1, column 11, in the rule 'root': \\u needs 4 hexadecimal digits after it"),
                Arguments.of(
                        "root ::= \"\\U0010FFF",
                        "line 1, column 11, in the rule 'root': \\U needs 8 hexadecimal digits after it"),
                Arguments.of(
                        "root ::= \"\\U00110000\"",
                        "line 1, column 11, in the rule 'root': there is no character beyond \\U0010FFFF"),
                Arguments.of(
                        "root ::= \"\\UFFFFFFFF\"",
                        "line 1, column 11, in the rule 'root': there is no character beyond \\U0010FFFF"),
                Arguments.of(
                        "root ::= \"\\uD83D\\uDE00\"",
                        "line 1, column 11, in the rule 'root': a surrogate is half a character: write the whole one, or \\U and its 8 hexadecimal digits"),
                Arguments.of(
                        "root ::= \"\u0000\"",
                        "line 1, column 11, in the rule 'root': a NUL character must be written as \\x00"),
                Arguments.of(
                        "root ::= *", "line 1, column 10, in the rule 'root': there is nothing before '*' to repeat"),
                Arguments.of(
                        "root ::= \"a\" | + \"b\"",
                        "line 1, column 16, in the rule 'root': there is nothing before '+' to repeat"),
                Arguments.of(
                        "root ::= \"a\"{,3}",
                        "line 1, column 14, in the rule 'root': a number must follow '{', but here is ','"),
                Arguments.of(
                        "root ::= \"a\"{1;3}",
                        "line 1, column 15, in the rule 'root': a repetition is {n}, {n,} or {n,m}, but here is ';'"),
                Arguments.of(
                        "root ::= \"a\"{1,3",
                        "line 1, column 17, in the rule 'root': a repetition is {n}, {n,} or {n,m}, but here is the end of the grammar"),
                Arguments.of(
                        "root ::= \"a\"{3,1}",
                        "line 1, column 13, in the rule 'root': the most repetitions, 1, are fewer than the least, 3"),
                Arguments.of(
                        "root ::= \"a\"{100001}",
                        "line 1, column 14, in the rule 'root': a part can be repeated at most 100000 times"),
                Arguments.of(
                        "root ::= \"a\"{0,99999999999999999999}",
                        "line 1, column 16, in the rule 'root': a part can be repeated at most 100000 times"),
                Arguments.of(
                        "root ::= \"a\" b c\nb ::= \"b\" d",
                        "line 1, column 16, in the rule 'root': there is no rule 'c'"),
                Arguments.of(
                        "root ::= \"a\" b\nb ::= \"b\" (d)*",
                        "line 2, column 12, in the rule 'b': there is no rule 'd'"),
                Arguments.of(
                        "root ::= root",
                        "line 1, column 10, in the rule 'root': a rule must not begin with itself: root \u2192 root"),
                Arguments.of(
                        "root ::= \"a\" | root \"b\"",
                        "line 1, column 16, in the rule 'root': a rule must not begin with itself: root \u2192 root"),
                Arguments.of(
                        "root ::= \"x\" a\na ::= b \"a\"\r\nb ::= \"c\" | (\"d\" | a)",
                        "line 2, column 7, in the rule 'a': a rule must not begin with itself: a \u2192 b \u2192 a"),
                Arguments.of(
                        "root ::= \"x\"\nblank ::= \" \"*\nunused ::= blank (\"\" | \"y\")? unused",
                        "line 3, column 30, in the rule 'unused': a rule must not begin with itself: unused \u2192 unused"),
                Arguments.of(
                        "root ::= (\"x\"{0,3} (\"y\" | root)){2,4}",
                        "line 1, column 27, in the rule 'root': a rule must not begin with itself: root \u2192 root"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("wrong")
    @DisplayName("that is wrong is refused with line, column and rule")
    void wrong(String grammar, String message) {
        assertThatThrownBy(() -> Grammar.parse(grammar))
                .isInstanceOfSatisfying(InvalidRequestException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_GRAMMAR);
                    assertThat(e.parameter()).contains("grammar");
                })
                .hasMessage(message.startsWith("line") ? "'grammar' is wrong at " + message : message);
    }

    @Nested
    @DisplayName("of hostile size")
    class OfHostileSize {
        @Test
        @DisplayName("is refused for its length")
        void length() {
            assertThatThrownBy(() -> Grammar.parse("#".repeat(Grammar.MAX_LENGTH + 1)))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessage("'grammar' must have at most 131072 characters, but has 131073");
        }

        @Test
        @DisplayName("is refused for its number of rules")
        void rules() {
            String rules = "r ::= \"x\"\n".repeat(Grammar.MAX_RULES);
            assertThatThrownBy(() -> Grammar.parse(rules + "root ::= r"))
                    .hasMessage("'grammar' is wrong at line 10001, column 1: there are more than 10000 rules");
        }

        @Test
        @DisplayName("is refused for its nesting, and only beyond the limit")
        void nesting() {
            assertThatThrownBy(() -> Grammar.parse("root ::= " + "(".repeat(60_000)))
                    .hasMessage("'grammar' is wrong at line 1, column 210, in the rule 'root': "
                            + "parentheses are nested more than 200 deep");
            String deepest = "root ::= " + "(".repeat(200) + "\"x\"" + ")?".repeat(200);
            assertThat(Texts.matches(deepest, "x")).isTrue();
            assertThat(Texts.matches(deepest, "")).isTrue();
        }

        @Test
        @DisplayName("is refused for the size of what it is compiled to")
        void nodes() {
            assertThatThrownBy(() -> Grammar.parse("root ::= " + "[^a] ".repeat(26_000)))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining(
                            "the grammar is too large: up to this part its rules have more than 200000 nodes");
        }

        @Test
        @DisplayName("is read without recursion where only parentheses are bounded")
        void chains() {
            StringBuilder chain = new StringBuilder("root ::= r0\n");
            for (int i = 0; i < 5000; i++) {
                chain.append("r")
                        .append(i)
                        .append(" ::= \"\" | r")
                        .append(i + 1)
                        .append('\n');
            }
            assertThat(Texts.matches(chain + "r5000 ::= \"x\"", "x")).isTrue();
            assertThatThrownBy(() -> Grammar.parse(chain + "r5000 ::= r0"))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("a rule must not begin with itself: r0 \u2192 r1 \u2192");
        }
    }

    @Test
    @DisplayName("of random characters is accepted or refused, and nothing else")
    void garbage() {
        Random random = new Random(1011);
        String[] parts = {
            "root",
            "::=",
            " ",
            "\n",
            "\"",
            "[",
            "]",
            "(",
            ")",
            "*",
            "+",
            "?",
            "{",
            "}",
            ",",
            "1",
            "9",
            "a",
            "-",
            "^",
            "|",
            ".",
            "\\",
            "x",
            "u",
            "U0001",
            "#",
            "\r",
            "\t",
            "\u0000",
            "\u20ac",
            "\uD83D",
            "\uDE00",
            "root ::= ",
            "\"a\""
        };
        int accepted = 0;
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder(round % 2 == 0 ? "root ::= " : "");
            for (int length = random.nextInt(20); length > 0; length--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            Throwable thrown = catchThrowable(() -> Texts.begin(text.toString()).allowed());
            if (thrown == null) {
                accepted++;
            } else {
                assertThat(thrown).as(text.toString()).isInstanceOf(InvalidRequestException.class);
            }
        }
        assertThat(accepted).isBetween(200, 10_000);
    }
}
