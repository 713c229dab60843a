package io.hyperion.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("The text assembler")
class TextAssemblerTest {
    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Nested
    @DisplayName("with bytes that are parts of characters")
    class WithPartsOfCharacters {
        @Test
        @DisplayName("gives out whole characters only, wherever the bytes are cut")
        void wholeCharactersOnly() {
            String text = "a\u00e9\u20ac\uD83D\uDE00 z\uD83C\uDDE9\uD83C\uDDEA";
            Random random = new Random(7);
            for (int round = 0; round < 200; round++) {
                TextAssembler assembler = new TextAssembler(List.of(), 0);
                List<String> pieces = new ArrayList<>();
                byte[] bytes = utf8(text);
                for (int from = 0; from < bytes.length; ) {
                    int length = Math.min(1 + random.nextInt(3), bytes.length - from);
                    byte[] piece = new byte[length];
                    System.arraycopy(bytes, from, piece, 0, length);
                    pieces.add(assembler.add(piece));
                    from += length;
                }
                pieces.add(assembler.finish());
                assertThat(pieces).allSatisfy(piece -> assertThat(new String(utf8(piece), StandardCharsets.UTF_8))
                        .isEqualTo(piece));
                assertThat(String.join("", pieces)).isEqualTo(text).isEqualTo(assembler.text());
            }
        }

        @Test
        @DisplayName("replaces what is not UTF-8, also at the end")
        void replacesMalformed() {
            TextAssembler assembler = new TextAssembler(List.of(), 0);
            assertThat(assembler.add(new byte[] {'a', (byte) 0xFF, 'b'})).isEqualTo("a\uFFFDb");
            assertThat(assembler.add(new byte[] {(byte) 0xE2, (byte) 0x82})).isEmpty();
            assertThat(assembler.finish()).isEqualTo("\uFFFD");
        }

        @Test
        @DisplayName("takes pieces of any length")
        void longPieces() {
            TextAssembler assembler = new TextAssembler(List.of(), 0);
            String text = "\u20ac".repeat(1000);
            assertThat(assembler.add(utf8(text))).isEqualTo(text);
            assertThat(assembler.add(new byte[0])).isEmpty();
        }
    }

    @Nested
    @DisplayName("with stop strings")
    class WithStopStrings {
        @Test
        @DisplayName("holds back what may become one and gives it out when it does not")
        void holdsBack() {
            TextAssembler assembler = new TextAssembler(List.of("END"), 0);
            assertThat(assembler.add(utf8("one E"))).isEqualTo("one ");
            assertThat(assembler.add(utf8("N"))).isEmpty();
            assertThat(assembler.add(utf8("Ex"))).isEqualTo("ENEx");
            assertThat(assembler.stopString()).isEmpty();
        }

        @Test
        @DisplayName("ends before the one that comes first, and gives out nothing after it")
        void endsBeforeFirst() {
            TextAssembler assembler = new TextAssembler(List.of("two", "one"), 0);
            assertThat(assembler.add(utf8("zero one two"))).isEqualTo("zero ");
            assertThat(assembler.stopString()).contains("one");
            assertThat(assembler.add(utf8("more"))).isEmpty();
            assertThat(assembler.finish()).isEmpty();
            assertThat(assembler.text()).isEqualTo("zero ");
        }

        @Test
        @DisplayName("finds one that begins within what looked like another")
        void overlapping() {
            TextAssembler assembler = new TextAssembler(List.of("aab", "ab!"), 0);
            StringBuilder given = new StringBuilder();
            for (char c : "aaab!".toCharArray()) {
                given.append(assembler.add(utf8(String.valueOf(c))));
            }
            assertThat(given).hasToString("a");
            assertThat(assembler.stopString()).contains("aab");
        }

        @Test
        @DisplayName("gives out what is held back when the text ends")
        void givesOutAtEnd() {
            TextAssembler assembler = new TextAssembler(List.of("stop!"), 0);
            assertThat(assembler.add(utf8("st"))).isEmpty();
            assertThat(assembler.finish()).isEqualTo("st");
        }

        @Test
        @DisplayName("ends before the first character of a line that is not indented enough, but for the first line")
        void indentation() {
            String text = "one\n  two\n\t three\n four\n  five";
            for (int length = 1; length <= text.length(); length++) {
                TextAssembler assembler = new TextAssembler(List.of("five"), 2);
                StringBuilder given = new StringBuilder();
                for (int from = 0; from < text.length() && !assembler.isOutdented(); from += length) {
                    given.append(assembler.add(utf8(text.substring(from, Math.min(text.length(), from + length)))));
                }
                given.append(assembler.finish());
                assertThat(given.toString()).isEqualTo("one\n  two\n\t three\n ");
                assertThat(assembler.isOutdented()).isTrue();
                assertThat(assembler.stopString()).isEmpty();
            }
        }

        @Test
        @DisplayName("takes an empty line for one that is not indented, and an end in a line's indentation for the end")
        void emptyLines() {
            TextAssembler empty = new TextAssembler(List.of(), 1);
            assertThat(empty.add(utf8("a\n\n  b"))).isEqualTo("a\n");
            assertThat(empty.isOutdented()).isTrue();
            TextAssembler within = new TextAssembler(List.of(), 4);
            assertThat(within.add(utf8("a\n  ")) + within.finish()).isEqualTo("a\n  ");
            assertThat(within.isOutdented()).isFalse();
        }

        @Test
        @DisplayName("ends with a stop string that comes before a line that is not indented enough")
        void stopBeforeIndentation() {
            TextAssembler assembler = new TextAssembler(List.of("two"), 2);
            assertThat(assembler.add(utf8("one\n  two\nthree"))).isEqualTo("one\n  ");
            assertThat(assembler.stopString()).contains("two");
            assertThat(assembler.isOutdented()).isFalse();
        }

        @Test
        @DisplayName("gives the same text however it is cut")
        void sameTextHoweverCut() {
            Random random = new Random(11);
            for (int round = 0; round < 500; round++) {
                StringBuilder text = new StringBuilder();
                for (int i = 0; i < 40; i++) {
                    text.append("ab#".charAt(random.nextInt(3)));
                }
                List<String> stops = List.of("#b#", "aab#", "bbb");
                TextAssembler whole = new TextAssembler(stops, 0);
                whole.add(utf8(text.toString()));
                whole.finish();
                TextAssembler cut = new TextAssembler(stops, 0);
                for (int i = 0; i < text.length() && cut.stopString().isEmpty(); i++) {
                    cut.add(utf8(text.substring(i, i + 1)));
                }
                cut.finish();
                // One byte at a time finds the stop string that is complete first; all at once, the one that begins
                // first.
                if (whole.stopString().equals(cut.stopString())) {
                    assertThat(cut.text()).isEqualTo(whole.text());
                }
                assertThat(cut.stopString().isPresent())
                        .isEqualTo(whole.stopString().isPresent());
            }
        }
    }
}
