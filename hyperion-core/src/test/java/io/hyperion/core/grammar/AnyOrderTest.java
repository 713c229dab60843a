package io.hyperion.core.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.InvalidRequestException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A group in any order")
class AnyOrderTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "&(\",\" : \"a\" & \"b\"? & \"c\"*)|a;a,b;b,a;c,a;c,b,c,a,c|`;b;a,a;a,b,b;a,;,a;ab`",
                "&(\"\" : \"a\"? & \"b\"?)|`;a;ab;ba`|aa;aba",
                "&{2,3}(\",\" : \"a\" & \"b\"? & \"c\"*)|a,b;c,a;c,c,a;c,b,a|a;c,c;c,c,c;a,b,c,c",
                "&{2,}(\",\" : \"c\"*)|c,c;c,c,c,c|`;c`",
                "&(\",\" : [ab]? & [a-c]?)|a,a;a,b;c,a;b|a,a,a;c,c",
                "&(\",\" : \"a\" & (&(\"+\" : \"b\" & \"c\")))|a,b+c;c+b,a|b,a,c;a,b,c",
                "\"<\" (&(\",\" : \"a\" & \"b\") \";\")*  \">\"|<>;<a,b@b,a@>|<a@>",
            })
    @DisplayName("has each part as often as it may come, with the separator between")
    void texts(String group, String yes, String no) {
        String gbnf = "root ::= " + group;
        for (String text : yes.split(";", -1)) {
            assertThat(Texts.matches(gbnf, text.replace('@', ';')))
                    .as("%s: %s", group, text)
                    .isTrue();
        }
        for (String text : no.split(";", -1)) {
            assertThat(Texts.matches(gbnf, text.replace('@', ';')))
                    .as("%s: %s", group, text)
                    .isFalse();
        }
    }

    @Test
    @DisplayName("may have a thousand parts, and recursion within them")
    void many() {
        List<Integer> numbers = new ArrayList<>(IntStream.range(0, 1000).boxed().toList());
        String gbnf = "root ::= &(\",\" : "
                + numbers.stream().map(number -> "\"" + number + ";\"").collect(Collectors.joining(" & ")) + ")";
        Collections.shuffle(numbers, new Random(3));
        String text = numbers.stream().map(number -> number + ";").collect(Collectors.joining(","));
        assertThat(Texts.matches(gbnf, text)).isTrue();
        assertThat(Texts.matches(gbnf, text.replace("77;", "78;"))).isFalse();
        String nested = "root ::= \"(\" &(\",\" : \"a\" & root?) \")\"";
        assertThat(Texts.matches(nested, "((a),a)")).isTrue();
        assertThat(Texts.matches(nested, "((a))")).isFalse();
    }

    @Test
    @DisplayName("that fits in too many ways ends with an error, in bounded time and memory")
    void ambiguous() {
        String gbnf = "root ::= &(\"\" : " + String.join(" & ", Collections.nCopies(500, "[a-b]?")) + ")";
        assertThatThrownBy(() -> Texts.after(gbnf, "ababab"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("too ambiguous");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "&|a group in any order is",
                "&(|':' must follow",
                "&(\",\")|':' must follow",
                "&(\",\" :)|a part of '&('",
                "&(\",\" : \"a\"|'&' or ')'",
                "&(\",\" : \"a\" \"b\")|'&' or ')'",
                "&(\",\" : \"a\" &)|a part of '&('",
                "&(\",\" : (\"a\"?))|must not be empty",
                "&(\",\" : \"\" & \"a\")|must not be empty",
                "&{2}(\",\" : \"a\")|there are only 1",
                "&{0,1}(\",\" : \"a\" & \"b\")|but 2 must",
                "&{2,1}(\",\" : \"a\"*)|fewer",
                "&(\",\" : root & \"a\")|begin with itself",
            })
    @DisplayName("that is wrong is refused, with its place")
    void wrong(String group, String message) {
        assertThatThrownBy(() -> Grammar.parse("root ::= " + group))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(message);
    }

    @Test
    @DisplayName("has at most a thousand parts, and is nested no deeper than parentheses")
    void limits() {
        assertThatThrownBy(() -> Grammar.parse(
                        "root ::= &(\"\" : " + String.join(" & ", Collections.nCopies(1001, "\"a\"")) + ")"))
                .hasMessageContaining("at most 1000 parts");
        assertThatThrownBy(() -> Grammar.parse("root ::= " + "&(\"\" : ".repeat(300)))
                .hasMessageContaining("nested more than 200");
    }
}
