package io.hyperion.core.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.core.grammar.Grammar;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The grammar of a schema")
class SchemaGrammarTest {
    /** A schema, written with ' for ", and its grammar. */
    private record Subject(String schema, String gbnf) {
        /** Texts with ' for ". */
        Subject has(String... texts) {
            for (String text : texts) {
                assertThat(Schemas.matches(gbnf, json(text)))
                        .as("%s has %s", schema, text)
                        .isTrue();
                assertThat(Schemas.complaints(Schemas.read(json(schema)), json(text)))
                        .as("%s has %s", schema, text)
                        .isEmpty();
            }
            return this;
        }

        Subject hasNot(String... texts) {
            for (String text : texts) {
                assertThat(Schemas.matches(gbnf, json(text)))
                        .as("%s has not %s", schema, text)
                        .isFalse();
            }
            return this;
        }
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    private static Subject of(String schema) {
        return new Subject(schema, Schemas.grammar(json(schema)));
    }

    private static InvalidRequestException refused(Map<String, ?> schema) {
        InvalidRequestException e =
                catchThrowableOfType(InvalidRequestException.class, () -> SchemaGrammar.of(schema, "schema"));
        assertThat(e).as("%s", schema).isNotNull();
        assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SCHEMA);
        return e;
    }

    private static AbstractStringAssert<?> refused(String schema, String pointer) {
        InvalidRequestException e = refused(Schemas.read(json(schema)));
        assertThat(e.parameter()).as(e.getMessage()).contains("schema" + pointer);
        return assertThat(e.getMessage());
    }

    @Test
    @DisplayName("has any value where nothing is asked, and any object where one is")
    void anything() {
        of("{}").has("1", "-0.5e+10", "'a'", "[1, {'a':null},[],{}]", "true", "{'a': {'b': [false]}}")
                .hasNot("", "01", "1.", "nul", "[1,]", "{a:1}", "'\n'", " 1", "1 ", "[1,  2]");
        String object = SchemaGrammar.anyObject();
        assertThat(Schemas.matches(object, "{}")).isTrue();
        assertThat(Schemas.matches(object, "{\"a\": [1, {\"b\": \"\\u00e9\"}]}"))
                .isTrue();
        assertThat(Schemas.matches(object, "[]")).isFalse();
        assertThat(Schemas.matches(object, "\"a\"")).isFalse();
    }

    @Nested
    @DisplayName("for types and listed values")
    class Types {
        @Test
        @DisplayName("has values of the types only")
        void types() {
            of("{'type':'null'}").has("null").hasNot("0", "''");
            of("{'type':'boolean'}").has("true", "false").hasNot("null", "'true'");
            of("{'type':['integer','null']}").has("12", "null").hasNot("1.5", "true");
            of("{'type':['integer','number']}").has("12", "1.5").hasNot("true");
            of("{'type':'array'}").has("[]", "[1, 'a']").hasNot("{}");
            of("{'type':'object'}").has("{}", "{'a': 1}").hasNot("[]");
        }

        @Test
        @DisplayName("has null where OpenAPI says nullable")
        void nullable() {
            String gbnf = Schemas.grammar("{\"type\":\"integer\",\"nullable\":true}");
            assertThat(Schemas.matches(gbnf, "null")).isTrue();
            assertThat(Schemas.matches(gbnf, "7")).isTrue();
            assertThat(Schemas.matches(gbnf, "\"7\"")).isFalse();
        }

        @Test
        @DisplayName("has the values of enum and const of any type, the names of their objects in any order")
        void values() {
            of("{'enum':['a',1,null,true,[1,'x'],{'a':1,'b':{'c':[]}}]}")
                    .has("'a'", "1", "null", "true", "[1,'x']", "{'a':1,'b':{'c':[]}}", "{'b': {'c': []}, 'a': 1}")
                    .hasNot("'b'", "false", "[1]", "{'a':1}", "{'a':1,'a':1}");
            of("{'const':'sa\\\\id \\n'}").has("'sa\\\\id \\n'").hasNot("'said'");
            of("{'const':-1.50}").has("-1.5").hasNot("-1.6");
        }

        @Test
        @DisplayName("has only those listed values that fit the other keywords")
        void filtered() {
            of("{'type':['string','integer'],'enum':['a','long',1,20,true],'maximum':10,'maxLength':2}")
                    .has("'a'", "1")
                    .hasNot("'long'", "20", "true");
            of("{'enum':[1,2,3],'allOf':[{'enum':[2.0,3,4]},{'const':3}]}")
                    .has("3")
                    .hasNot("2", "4");
            of("{'enum':['ab','xb'],'pattern':'^a'}").has("'ab'").hasNot("'xb'");
            of("{'enum':[{'a':1},{'a':'x'},{}],'required':['a'],'properties':{'a':{'type':'integer'}}}")
                    .has("{'a':1}")
                    .hasNot("{'a':'x'}", "{}");
        }
    }

    @Nested
    @DisplayName("for numbers")
    class Numbers {
        private final Random random = new Random(42);

        @Test
        @DisplayName("has integers of a bounded length, and no other numbers")
        void integers() {
            of("{'type':'integer'}")
                    .has("0", "-1", "123456789012345")
                    .hasNot("-0", "01", "1.0", "1e3", "1234567890123456", "+1");
        }

        @Test
        @DisplayName("has exactly the integers of a range, bounds of any length and sign")
        void ranges() {
            for (int round = 0; round < 150; round++) {
                long low = (long) (random.nextGaussian() * Math.pow(10, random.nextInt(18)));
                long high = low + (long) (random.nextDouble() * Math.pow(10, random.nextInt(18)));
                String gbnf =
                        Schemas.grammar("{\"type\":\"integer\",\"minimum\":" + low + ",\"maximum\":" + high + "}");
                for (long value : near(low, high)) {
                    assertThat(Schemas.matches(gbnf, String.valueOf(value)))
                            .as("%d in %d to %d: %s", value, low, high, gbnf)
                            .isEqualTo(low <= value && value <= high);
                }
            }
        }

        private List<Long> near(long low, long high) {
            List<Long> near =
                    new ArrayList<>(List.of(low - 1, low, low + 1, high - 1, high, high + 1, 0L, -low, -high));
            for (int i = 0; i < 10; i++) {
                near.add(low + (long) ((high - low) * random.nextDouble()));
                near.add((low + random.nextInt(200) - 100) / 10);
                near.add((high + random.nextInt(200) - 100) * 10);
            }
            return near;
        }

        @Test
        @DisplayName("has integers that are open on one side, or excluded at a bound")
        void open() {
            of("{'type':'integer','minimum':18}")
                    .has("18", "99", "100", "123456789012345")
                    .hasNot("17", "9", "-18", "0");
            of("{'type':'integer','maximum':-5}")
                    .has("-5", "-6", "-10", "-123456789012345")
                    .hasNot("-4", "5", "0");
            of("{'type':'integer','exclusiveMinimum':0,'exclusiveMaximum':2}")
                    .has("1")
                    .hasNot("0", "2");
            of("{'type':'integer','minimum':0.5,'maximum':2.5}").has("1", "2").hasNot("0", "3");
            of("{'type':'integer','minimum':9223372036854775807}")
                    .has("9223372036854775807")
                    .hasNot("9223372036854775808");
            of("{'type':'integer','minimum':0,'maximum':1e300}")
                    .has("9223372036854775807")
                    .hasNot("9223372036854775808");
            of("{'type':'number','maximum':5,'minimum':4,'allOf':[{'type':'integer'}]}")
                    .has("4", "5")
                    .hasNot("4.5");
        }

        @Test
        @DisplayName("has excluded bounds as OpenAPI 3.0 writes them")
        void flags() {
            String gbnf = Schemas.grammar("{\"type\":\"integer\",\"minimum\":0,\"exclusiveMinimum\":true,\"maximum\":2,"
                    + "\"exclusiveMaximum\":false}");
            assertThat(Schemas.matches(gbnf, "0")).isFalse();
            assertThat(Schemas.matches(gbnf, "1")).isTrue();
            assertThat(Schemas.matches(gbnf, "2")).isTrue();
            assertThat(Schemas.matches(gbnf, "3")).isFalse();
        }

        @Test
        @DisplayName("has numbers with decimals within a range")
        void decimals() {
            of("{'type':'number'}")
                    .has("0", "-0.0", "1.5e-3", "123456789012345.123456789012345")
                    .hasNot("1.", ".5", "1e100");
            of("{'type':'number','minimum':0,'maximum':1}")
                    .has("0", "1", "0.5", "1.0", "0.000001", "0.999999")
                    .hasNot("1.000001", "1.1", "-0.1", "2", "0.", "1e0");
            of("{'type':'number','exclusiveMinimum':0,'exclusiveMaximum':1}")
                    .has("0.1")
                    .hasNot("0", "0.0", "1", "1.0");
            of("{'type':'number','minimum':-2.75,'maximum':12.5}")
                    .has("-2.75", "-2.7", "-2", "-0.5", "0", "9.99", "12.5", "12.500")
                    .hasNot("-2.76", "-2.750001", "-3", "12.500001", "12.6", "13", "20");
            of("{'type':'number','minimum':99.95}")
                    .has("99.95", "99.96", "100", "123456")
                    .hasNot("99.94", "99", "9");
        }

        @Test
        @DisplayName("has exactly the decimals of a range")
        void decimalRanges() {
            for (int round = 0; round < 100; round++) {
                int decimals = random.nextInt(4);
                long low = (long) (random.nextGaussian() * Math.pow(10, random.nextInt(7)));
                long high = low + (long) (random.nextDouble() * Math.pow(10, random.nextInt(7)));
                BigDecimal from = BigDecimal.valueOf(low, decimals);
                BigDecimal to = BigDecimal.valueOf(high, decimals);
                String gbnf = Schemas.grammar("{\"type\":\"number\",\"minimum\":" + from.toPlainString()
                        + ",\"maximum\":" + to.toPlainString() + "}");
                for (long value : near(low * 10, high * 10)) {
                    BigDecimal number = BigDecimal.valueOf(value, decimals + 1);
                    boolean inside = number.compareTo(from) >= 0 && number.compareTo(to) <= 0;
                    assertThat(Schemas.matches(gbnf, number.toPlainString()))
                            .as("%s in %s to %s", number, from, to)
                            .isEqualTo(inside);
                }
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2, 3, 5, 7, 10, 12, 23, 25, 30, 100, 700})
        @DisplayName("has multiples only")
        void multiples(int step) {
            for (String range :
                    List.of("", ",\"minimum\":0", ",\"minimum\":-1000,\"maximum\":123456", ",\"maximum\":-7")) {
                String gbnf = Schemas.grammar("{\"type\":\"integer\",\"multipleOf\":" + step + range + "}");
                for (int value :
                        new int[] {0, step, -step, 3 * step, -41 * step, 1234 * step, step + 1, 1, 10, -10, 101}) {
                    boolean inside = range.isEmpty()
                            || range.contains("-7") && value <= -7
                            || range.equals(",\"minimum\":0") && value >= 0
                            || range.contains("123456") && value >= -1000 && value <= 123456;
                    assertThat(Schemas.matches(gbnf, String.valueOf(value)))
                            .as("%d of %d%s", value, step, range)
                            .isEqualTo(value % step == 0 && inside);
                }
            }
        }

        @Test
        @DisplayName("has multiples of fractions, and few of any step")
        void fractions() {
            of("{'type':'number','multipleOf':0.01,'minimum':0}")
                    .has("0", "1.1", "19.99", "5.00")
                    .hasNot("1.999", "-1");
            of("{'type':'number','multipleOf':0.25}").has("0.25", "-7.5", "3").hasNot("0.2", "0.26");
            of("{'type':'integer','multipleOf':0.5}").has("1", "2").hasNot("0.5");
            of("{'type':'integer','multipleOf':123457,'minimum':0,'maximum':400000}")
                    .has("0", "123457", "370371")
                    .hasNot("1", "493828");
            of("{'multipleOf':4,'type':'integer','allOf':[{'multipleOf':6}]}")
                    .has("12", "24")
                    .hasNot("4", "6");
            of("{'type':'integer','multipleOf':64,'minimum':0,'maximum':30000}")
                    .has("64", "29952")
                    .hasNot("65", "30016");
            refused("{'type':'integer','multipleOf':123457}", "/multipleOf").contains("'multipleOf'");
            refused("{'type':'integer','multipleOf':0}", "/multipleOf").contains("above 0");
        }

        @Test
        @DisplayName("has the integers of OpenAPI's formats")
        void formats() {
            of("{'type':'integer','format':'int32'}")
                    .has("2147483647", "-2147483648")
                    .hasNot("2147483648", "-2147483649");
            of("{'type':'integer','format':'int64'}").has("9223372036854775807").hasNot("9223372036854775808");
        }
    }

    @Nested
    @DisplayName("for texts")
    class Strings {
        @Test
        @DisplayName("counts characters, not bytes or escapes")
        void lengths() {
            of("{'type':'string','minLength':2,'maxLength':3}")
                    .has("'ab'", "'äöü'", "'\\n\\u00e9'", "'\uD83D\uDE00\uD83D\uDE00'", "'\\ud83d\\ude00x'")
                    .hasNot(
                            "'a'",
                            "'abcd'",
                            "'\\n'",
                            "'\uD83D\uDE00'",
                            "'\\ud83d\\ude00'",
                            "'\\ud83dx'",
                            "'\\ude00xx'");
            of("{'type':'string','maxLength':0}").has("''").hasNot("'a'");
        }

        @Test
        @DisplayName("counts to large numbers in no time")
        void large() {
            String gbnf = Schemas.grammar("{\"type\":\"string\",\"minLength\":9000,\"maxLength\":10000}");
            assertThat(Schemas.matches(gbnf, "\"" + "x".repeat(9999) + "\"")).isTrue();
            assertThat(Schemas.matches(gbnf, "\"" + "x".repeat(8999) + "\"")).isFalse();
            assertThat(Schemas.matches(gbnf, "\"" + "x".repeat(10001) + "\"")).isFalse();
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ' ',
                quoteCharacter = '`',
                value = {
                    "^a+$ a,aaa ,b,ab",
                    "^a*?b{2}$ bb,abb b,abbb",
                    "^(a|bc)d$ ad,bcd abcd,d",
                    "^(?:ab)+$ ab,abab aba,a",
                    "^(?<year>\\d{4})-x$ 2024-x 24-x",
                    "b abc,b ac,a",
                    "^b ba ab",
                    "b$ ab ba",
                    "^a|b$ ax,xb,a,b xa,bx",
                    "(^a$|^b$) a,b ab",
                    "^[^a-c]$ d,é,😀 a,b,dd",
                    "^[a-c\\d_-]+$ a1_-b d,A",
                    "^\\w\\W$ _-,a. aa,--",
                    "^\\D\\S$ ab,-- 1b,4-",
                    "^.$ a,😀,漢 ab",
                    "^\\x41\\u0042$ AB ab",
                    "^\\ud83d\\ude00$ 😀 a",
                    "^[😀-😂]$ 😁 😃",
                    "^\\.\\*\\[\\/$ .*[/ a",
                    "^a{2,}$ aa,aaaa a",
                    "^a{0,2}$ a,aa aaa",
                    "^(a*)*$ a,aaa b",
                    "^(a|a)*c$ aac aab",
                })
        @DisplayName("follow a pattern as ECMA-262 means it")
        void patterns(String pattern, String yes, String no) {
            Map<String, Object> schema = Map.of("type", "string", "pattern", pattern);
            String gbnf = SchemaGrammar.of(schema, "schema");
            for (String text : yes.split(",")) {
                assertThat(Schemas.matches(gbnf, "\"" + text + "\""))
                        .as("%s: %s", pattern, text)
                        .isTrue();
                assertThat(Schemas.complaints(schema, "\"" + text + "\"")).isEmpty();
            }
            for (String text : no.split(",")) {
                assertThat(Schemas.matches(gbnf, "\"" + text + "\""))
                        .as("%s: %s", pattern, text)
                        .isFalse();
                assertThat(Schemas.complaints(schema, "\"" + text + "\"")).isNotEmpty();
            }
        }

        @Test
        @DisplayName("escape for JSON what a pattern asks for")
        void escapes() {
            of("{'type':'string','pattern':'^[\\\"\\\\\\\\]\\\\n\\\\t$'}")
                    .has("'\\\"\\n\\t'", "'\\\\\\n\\t'")
                    .hasNot("'\"\n\t'", "'\\/\\n\\t'");
            of("{'type':'string','pattern':'^\\\\x00\\\\x1f$'}")
                    .has("'\\u0000\\u001f'")
                    .hasNot("'\\u0001\\u001f'", "''");
        }

        @Test
        @DisplayName("follow a pattern and a length together where that can be said")
        void patternAndLength() {
            of("{'type':'string','pattern':'^[a-z]+$','minLength':2,'maxLength':4}")
                    .has("'ab'", "'abcd'")
                    .hasNot("'a'", "'abcde'");
            of("{'type':'string','pattern':'^x-(ab)*$','maxLength':7}")
                    .has("'x-'", "'x-abab'")
                    .hasNot("'x-ababab'");
            of("{'type':'string','pattern':'^(a{1,9}|bc)$','minLength':2,'maxLength':3}")
                    .has("'aa'", "'bc'")
                    .hasNot("'a'", "'aaaa'");
            of("{'type':'string','pattern':'^\\\\d{4}$','minLength':1}")
                    .has("'2024'")
                    .hasNot("'1'");
            of("{'type':'string','format':'uuid','minLength':36,'maxLength':36}")
                    .has("'00000000-0000-0000-0000-000000000000'");
            of("{'type':'string','format':'email','maxLength':255}").has("'a@example.org'");
            of("{'type':'string','format':'uri','minLength':1,'maxLength':2083}")
                    .has("'https://example.org/'");
            refused("{'type':'string','pattern':'^a*b*$','maxLength':7}", "/maxLength")
                    .contains("'pattern'");
            refused("{'type':'string','pattern':'^a$','minLength':2}", "/minLength")
                    .contains("no value");
            refused("{'type':'string','pattern':'^a','allOf':[{'pattern':'b$'}]}", "/allOf/0/pattern")
                    .contains("several");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "(?=a)b|lookaround",
                    "a(?!b)|lookaround, which a grammar cannot say, at character 2",
                    "(?<=a)b|lookaround",
                    "(?<!a)b|lookaround",
                    "\\bword|word boundary",
                    "(a)\\1|back reference, which a grammar cannot say, at character 4",
                    "(?<x>a)\\k<x>|back reference",
                    "\\p{L}|not supported",
                    "(?i)a|ECMA-262",
                    "(a|)|",
                    "a**|nothing to repeat",
                    "(a|'('",
                    "a)|')'",
                    "[a|the end",
                    "[z-a]|ends before",
                    "[]|without characters",
                    "a{3,1}|out of order",
                    "a{1|'{'",
                    "a{|'{'",
                    "a{999999}|100000",
                    "\\u12|hexadecimal",
                    "\\ud83d|surrogate",
                    "x^a|anchor",
                    "a$b|anchor",
                    "(^a)+|anchor",
                    "\\|the end"
                })
        @DisplayName("refuse what a grammar cannot say in a pattern, and where it stands")
        void unsayable(String pattern, String message) {
            Map<String, Object> schema = Map.of("type", "string", "pattern", pattern);
            if (message == null) {
                assertThat(Schemas.matches(SchemaGrammar.of(schema, "schema"), "\"\""))
                        .isTrue();
                return;
            }
            InvalidRequestException e = refused(schema);
            assertThat(e.parameter()).contains("schema/pattern");
            assertThat(e).hasMessageContaining("'pattern' has").hasMessageContaining(message);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"((((((a{1000}){1000}){1000}){1000}){1000}){1000})", "(a*)*(a*)*(a|a|a)*", "(.*.*.*.*.*.*)*x"
                })
        @DisplayName("are not brought down by patterns that blow up elsewhere")
        void hostile(String pattern) {
            Map<String, Object> schema = Map.of("type", "string", "pattern", "^" + pattern + "$");
            String gbnf = SchemaGrammar.of(schema, "schema");
            assertThat(Schemas.matches(gbnf, "\"" + "a".repeat(200) + "!\"")).isFalse();
            Map<String, Object> listed =
                    Map.of("enum", List.of("a".repeat(2000) + "!", "x"), "pattern", "^(" + pattern + "|x)$");
            assertThat(Schemas.matches(SchemaGrammar.of(listed, "schema"), "\"x\""))
                    .isTrue();
            refused(Map.of("type", "string", "pattern", "(".repeat(10_000)));
            refused(Map.of("type", "string", "pattern", "(".repeat(60) + ")".repeat(60)));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = ' ',
                quoteCharacter = '`',
                value = {
                    "date 2024-02-29,2000-02-29,2023-02-28,2023-12-31,2023-04-30 2023-02-29,1900-02-29,2023-04-31,2023-13-01,2023-00-10,2023-01-00,2023-01-32,23-01-01",
                    "time 00:00:00Z,23:59:59.123456789+05:30,12:00:00-08:00 24:00:00Z,12:60:00Z,12:00:60Z,12:00Z,12:00:00,12:00:00+24:00",
                    "date-time 2024-02-29T12:00:00Z,1999-12-31T23:59:59.5-01:00 2023-02-29T12:00:00Z,2024-02-29,2024-02-29T25:00:00Z",
                    "duration P1D,PT1H,P1Y2M3DT4H5M6S,P4W P,PT,P1H,1D,P1W2D,P1Y1D",
                    "uuid 123e4567-e89b-12d3-a456-426614174000 123e4567e89b12d3a456426614174000,123e4567-e89b-12d3-a456-42661417400g",
                    "email a@b.org,first.last+tag@sub.example.com a,@b.org,a@,a..b@c.org,a@b",
                    "ipv4 0.0.0.0,255.255.255.255,192.168.1.10 256.0.0.0,1.2.3,01.2.3.4,1.2.3.4.5",
                    "ipv6 ::,::1,1::,2001:db8::8a2e:370:7334,1:2:3:4:5:6:7:8,1::3:4:5:6:7:8 1:2:3:4:5:6:7,:::,1::2::3,12345::,1:2:3:4:5:6:7:8:9",
                    "hostname localhost,a.b-c.org -a.org,a..b,a_b",
                    "uri https://example.org,http://a.bc:8080/c/d?e=f#g,ftp://x.org/%20 example.org,http://,//a.bc,http://a.bc/%2",
                })
        @DisplayName("follow the formats")
        void formats(String format, String yes, String no) {
            Map<String, Object> schema = Map.of("type", "string", "format", format);
            String gbnf = SchemaGrammar.of(schema, "schema");
            for (String text : yes.split(",")) {
                assertThat(Schemas.matches(gbnf, "\"" + text + "\""))
                        .as("%s: %s", format, text)
                        .isTrue();
                assertThat(Schemas.complaints(schema, "\"" + text + "\"")).isEmpty();
            }
            for (String text : no.split(",")) {
                assertThat(Schemas.matches(gbnf, "\"" + text + "\""))
                        .as("%s: %s", format, text)
                        .isFalse();
            }
        }

        @Test
        @DisplayName("have every day of the calendar, and no other")
        void calendar() {
            String gbnf = Schemas.grammar("{\"type\":\"string\",\"format\":\"date\"}");
            for (int year : new int[] {1, 4, 100, 400, 1899, 1900, 1904, 2000, 2023, 2024, 2100, 9996}) {
                for (int month = 1; month <= 12; month++) {
                    int days = YearMonth.of(year, month).lengthOfMonth();
                    for (int day = 27; day <= 32; day++) {
                        String date = String.format("%04d-%02d-%02d", year, month, day);
                        assertThat(Schemas.matches(gbnf, "\"" + date + "\""))
                                .as(date)
                                .isEqualTo(day <= days);
                    }
                }
            }
        }

        @Test
        @DisplayName("refuse an unknown format")
        void unknownFormat() {
            refused("{'type':'string','format':'isbn'}", "/format").contains("'format' is none of date, time");
        }
    }

    @Nested
    @DisplayName("for objects")
    class Objects {
        @Test
        @DisplayName("has the properties in any order, required ones always, none twice, no others")
        void anyOrder() {
            of("{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'null'},'c':{'type':'boolean'}},'required':['a','c']}")
                    .has(
                            "{'a':1,'b':null,'c':true}",
                            "{'c': true, 'a': 1}",
                            "{'b':null,'c':true,'a':1}",
                            "{'c':false,'b':null,'a':1}")
                    .hasNot("{}", "{'a':1}", "{'a':1,'b':null}", "{'a':1,'c':true,'a':2}", "{'a':1,'c':true,'d':1}")
                    .hasNot("{'a':1,'c':1}", "{'a':1 ,'c':true}", "{'a':1,'c':true,}");
            of("{'type':'object','properties':{'a':true},'additionalProperties':false}")
                    .has("{}", "{'a':[1]}")
                    .hasNot("{'b':1}");
            of("{'type':'object','properties':{},'additionalProperties':false}")
                    .has("{}")
                    .hasNot("{'b':1}");
        }

        @Test
        @DisplayName("has hundreds of properties in any order, without growing beyond their number")
        void many() {
            Map<String, Object> properties = new LinkedHashMap<>();
            IntStream.range(0, 400).forEach(i -> properties.put("property" + i, Map.of("type", "integer")));
            List<String> names = new ArrayList<>(properties.keySet());
            String gbnf = SchemaGrammar.of(
                    Map.of("type", "object", "properties", properties, "required", names.subList(0, 200)), "schema");
            Collections.shuffle(names, new Random(1));
            Predicate<String> has = text -> Schemas.matches(gbnf, text);
            assertThat(has).accepts(object(names)).rejects(object(names) + "}");
            assertThat(has)
                    .accepts(object(names.stream()
                            .filter(name -> Integer.parseInt(name.substring(8)) < 200)
                            .toList()));
            assertThat(has)
                    .rejects(object(names.subList(0, 399).stream()
                            .filter(name -> !name.equals("property7"))
                            .toList()));
            List<String> twice = new ArrayList<>(names);
            twice.add("property3");
            assertThat(has).rejects(object(twice));
        }

        private static String object(List<String> names) {
            return names.stream().map(name -> "\"" + name + "\":1").collect(Collectors.joining(",", "{", "}"));
        }

        @Test
        @DisplayName("has names with any characters as JSON writes them")
        void names() {
            of("{'type':'object','properties':{'a\\\"b\\\\\\\\c\\n\u00e9\uD83D\uDE00':{'const':1}},'required':['a\\\"b\\\\\\\\c\\n\u00e9\uD83D\uDE00']}")
                    .has("{'a\\\"b\\\\\\\\c\\n\u00e9\uD83D\uDE00':1}")
                    .hasNot("{}", "{'ab':1}");
        }

        @Test
        @DisplayName("has other properties where they are asked for, but none of a declared name")
        void additional() {
            of("{'type':'object','additionalProperties':{'type':'integer'}}")
                    .has("{}", "{'x': 1, 'y\\n': 2}")
                    .hasNot("{'x':'1'}");
            of("{'type':'object','properties':{'id':{'type':'string'},'idea':true,'q\\\"t':true},'additionalProperties':{'type':'integer'},'required':['id']}")
                    .has(
                            "{'id':'a'}",
                            "{'ide':1,'id':'a','i':3,'ideas':4,'':5,'z\\t':6}",
                            "{'q\\\"t':'x','q':1,'q\\\"':2,'q\\\"tt':3,'q\\\\':4,'id':''}")
                    .hasNot(
                            "{'x':1}",
                            "{'id':1}",
                            "{'id':'a','id':1}",
                            "{'idea':'a','idea':1,'id':''}",
                            "{'q\\\"t':'x','q\\\"t':1,'id':''}");
            of("{'type':'object','properties':{'a':{'type':'null'}},'additionalProperties':true}")
                    .has("{'b':[]}", "{'a':null}")
                    .hasNot("{'a':1}");
        }

        @Test
        @DisplayName("has properties of a pattern or of listed names")
        void patterns() {
            of("{'type':'object','properties':{'id':true},'patternProperties':{'^x-[a-z]{1,3}$':{'type':'integer'}}}")
                    .has("{}", "{'x-a':1,'id':2,'x-b':3}")
                    .hasNot("{'x-a':'1'}", "{'x-abcd':1}", "{'y':1}");
            of("{'type':'object','propertyNames':{'enum':['a','b']},'additionalProperties':{'type':'integer'}}")
                    .has("{}", "{'b':1,'a':2}")
                    .hasNot("{'c':1}", "{'a':1,'a':2}");
            of("{'type':'object','propertyNames':{'pattern':'^[a-z]+$','maxLength':2}}")
                    .has("{'ab':1}")
                    .hasNot("{'abc':1}", "{'A':1}");
            of("{'type':'object','propertyNames':{'maxLength':1},'properties':{'a':true,'bc':true}}")
                    .has("{'a':1}")
                    .hasNot("{'bc':1}");
            refused("{'type':'object','patternProperties':{'a':true,'b':{}}}", "/patternProperties")
                    .contains("'patternProperties'");
            refused("{'type':'object','properties':{'ab':{}},'patternProperties':{'a':true}}", "/patternProperties");
            refused("{'type':'object','patternProperties':{'(?=a)':true}}", "/patternProperties")
                    .contains("lookaround");
        }

        @Test
        @DisplayName("counts properties")
        void counted() {
            of("{'type':'object','properties':{'a':{},'b':{},'c':{}},'minProperties':1,'maxProperties':2}")
                    .has("{'a':1}", "{'c':1,'a':1}")
                    .hasNot("{}", "{'a':1,'b':1,'c':1}");
            of("{'type':'object','properties':{'a':{},'b':{},'c':{}},'maxProperties':2,'required':['c']}")
                    .has("{'c':1}", "{'c':1,'a':1}", "{'b':1,'c':1}")
                    .hasNot("{'a':1,'b':1}", "{'a':1}");
            of("{'type':'object','minProperties':1,'maxProperties':2}")
                    .has("{'a':1,'b':1}")
                    .hasNot("{}", "{'a':1,'b':1,'c':1}");
            refused("{'type':'object','minProperties':2}", "/minProperties").contains("differ");
            refused("{'type':'object','properties':{'a':{}},'minProperties':2}", "/minProperties")
                    .contains("no value");
            refused(
                            "{'type':'object','properties':{'a':{},'b':{}},'required':['a','b'],'maxProperties':1}",
                            "/required")
                    .contains("no value");
        }

        @Test
        @DisplayName("has required properties that are not declared, with any value")
        void undeclared() {
            of("{'type':'object','required':['a']}").has("{'a':[1]}").hasNot("{}", "{'b':1,'a':1}");
            refused("{'type':'object','required':['a'],'additionalProperties':false}", "/required")
                    .contains("'a'");
            refused("{'type':'object','properties':{'a':false},'required':['a']}", "/properties/a")
                    .contains("no value");
            of("{'type':'object','properties':{'a':false,'b':true}}")
                    .has("{}", "{'b':1}")
                    .hasNot("{'a':1}");
        }
    }

    @Nested
    @DisplayName("for arrays")
    class Lists {
        @Test
        @DisplayName("has as many items as there may be")
        void bounds() {
            of("{'type':'array','items':{'type':'integer'},'minItems':2,'maxItems':3}")
                    .has("[1,2]", "[1, 2, 3]")
                    .hasNot("[]", "[1]", "[1,2,3,4]", "[1,'a']", "[1,2,]");
            of("{'type':'array','items':{'type':'integer'},'maxItems':1}")
                    .has("[]", "[1]")
                    .hasNot("[1,2]");
            of("{'type':'array','maxItems':0}").has("[]").hasNot("[1]");
            of("{'type':'array','items':false}").has("[]").hasNot("[1]");
            of("{'type':'array','items':{'type':'null'},'minItems':1}")
                    .has("[null]", "[null,null,null]")
                    .hasNot("[]");
            String many = Schemas.grammar("{\"type\":\"array\",\"items\":{\"type\":\"integer\"},\"maxItems\":1000}");
            assertThat(Schemas.matches(many, "[" + "1,".repeat(999) + "1]")).isTrue();
            assertThat(Schemas.matches(many, "[" + "1,".repeat(1000) + "1]")).isFalse();
        }

        @Test
        @DisplayName("has items of their own at the beginning")
        void tuples() {
            of("{'type':'array','prefixItems':[{'type':'integer'},{'type':'string'}],'minItems':2,'maxItems':2}")
                    .has("[1,'a']")
                    .hasNot("[1]", "['a',1]", "[1,'a',2]", "[]");
            of("{'type':'array','prefixItems':[{'type':'integer'},{'type':'string'}]}")
                    .has("[]", "[1]", "[1,'a']")
                    .hasNot("['a']", "[1,'a',3]");
            of("{'type':'array','prefixItems':[{'type':'integer'}],'items':{'type':'null'},'minItems':2}")
                    .has("[1,null]", "[1,null,null]")
                    .hasNot("[1]", "[1,2]");
            of("{'type':'array','prefixItems':[{'type':'integer'}],'items':false,'minItems':1}")
                    .has("[1]")
                    .hasNot("[1,1]", "[]");
            String old = Schemas.grammar(
                    "{\"type\":\"array\",\"items\":[{\"type\":\"integer\"}],\"additionalItems\":{\"type\":\"null\"},\"minItems\":1}");
            assertThat(Schemas.matches(old, "[1,null]")).isTrue();
            assertThat(Schemas.matches(old, "[1,1]")).isFalse();
            Map<String, Object> prefix =
                    Map.of("type", "array", "prefixItems", Collections.nCopies(500, Map.of("type", "integer")));
            String gbnf = SchemaGrammar.of(prefix, "schema");
            assertThat(Schemas.matches(gbnf, "[" + "1,".repeat(499) + "1]")).isTrue();
            assertThat(Schemas.matches(gbnf, "[" + "1,".repeat(500) + "1]")).isFalse();
        }

        @Test
        @DisplayName("contains what it must, anywhere")
        void contains() {
            of("{'type':'array','items':{'type':'integer'},'contains':{'const':7},'maxItems':3}")
                    .has("[7]", "[1,7]", "[7,1,7]", "[1,2,7]")
                    .hasNot("[]", "[1]", "[1,2,3]", "[1,2,3,7]", "[7,'a']");
            of("{'type':'array','items':{'type':'integer'},'contains':{'minimum':10},'minContains':2}")
                    .has("[10,1,11]")
                    .hasNot("[10,1]");
            refused("{'type':'array','contains':{'const':7},'maxContains':3}", "/maxContains")
                    .contains("'maxContains'");
        }

        @Test
        @DisplayName("has no item twice, where items are listed")
        void unique() {
            of("{'type':'array','items':{'enum':['a','b','c']},'uniqueItems':true,'minItems':1}")
                    .has("['a']", "['c','a']", "['b','c','a']")
                    .hasNot("[]", "['a','a']", "['a','b','a']", "['d']");
            of("{'type':'array','uniqueItems':true,'maxItems':1}").has("[]", "[1]");
            of("{'type':'array','uniqueItems':false}").has("[1,1]");
            refused("{'type':'array','items':{'type':'string'},'uniqueItems':true}", "/uniqueItems")
                    .contains("'uniqueItems'");
            refused("{'type':'array','items':{'enum':[1]},'uniqueItems':true,'minItems':2}", "/uniqueItems")
                    .contains("no value");
        }
    }

    @Nested
    @DisplayName("for several schemas together")
    class Combined {
        @Test
        @DisplayName("follows references, by pointer, anchor and id, with what stands beside them")
        void references() {
            of("{'$ref':'#/$defs/a','$defs':{'a':{'type':'integer'}}}").has("1").hasNot("'a'");
            of("{'$ref':'#/definitions/a~1b%25','definitions':{'a/b%':{'type':'integer'}}}")
                    .has("1")
                    .hasNot("'a'");
            of("{'$ref':'#x','$defs':{'a':{'$anchor':'x','type':'integer'}}}")
                    .has("1")
                    .hasNot("'a'");
            of("{'$id':'http://example.org/root','$ref':'part','$defs':{'a':{'$id':'part','type':'integer'}}}")
                    .has("1")
                    .hasNot("'a'");
            of("{'$ref':'#/$defs/a','minimum':5,'$defs':{'a':{'type':'integer','maximum':6}}}")
                    .has("5", "6")
                    .hasNot("4", "7");
            refused("{'$ref':'http://example.org/a'}", "/$ref").contains("nothing is fetched");
            refused("{'$ref':'other.json#/a'}", "/$ref").contains("nothing is fetched");
            refused("{'$ref':'#/$defs/b'}", "/$ref").contains("leads to nothing");
            refused("{'$ref':'#/%zz'}", "/$ref");
            refused("{'$ref':7}", "/$ref");
            refused("{'$ref':'#'}", "").contains("leads back");
            refused("{'anyOf':[{'$ref':'#'},{'type':'null'}]}", "").contains("leads back");
        }

        @Test
        @DisplayName("follows recursion")
        void recursion() {
            of("{'type':'object','properties':{'next':{'$ref':'#'},'v':{'type':'integer'}},'required':['v']}")
                    .has("{'v':1}", "{'v':1,'next':{'next':{'v':3},'v':2}}")
                    .hasNot("{'v':1,'next':{}}", "{'next':{'v':1}}");
            of("{'$defs':{'e':{'anyOf':[{'type':'integer'},{'type':'array','items':{'$ref':'#/$defs/e'}}]}},'$ref':'#/$defs/e'}")
                    .has("1", "[1,[2,[]],[[[[3]]]]]")
                    .hasNot("['a']");
            refused("{'type':'object','properties':{'next':{'$ref':'#'}},'required':['next']}", "")
                    .contains("without an end");
        }

        @Test
        @DisplayName("has what one of several schemas has, with what stands beside them")
        void anyOf() {
            of("{'anyOf':[{'type':'integer'},{'type':'string','maxLength':1}]}")
                    .has("1", "'a'")
                    .hasNot("'ab'", "null");
            of("{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'integer'}},'anyOf':[{'required':['a']},{'required':['b']}]}")
                    .has("{'a':1}", "{'b':1}", "{'b':1,'a':1}")
                    .hasNot("{}");
            of("{'anyOf':[{'type':'integer','minimum':5,'maximum':4},{'type':'null'}]}")
                    .has("null")
                    .hasNot("5");
            of("{'anyOf':[false,{'type':'null'}]}").has("null");
        }

        @Test
        @DisplayName("has what exactly one schema has, where that is plain")
        void oneOf() {
            of("{'oneOf':[{'type':'integer'},{'type':'string'},{'type':'null'}]}")
                    .has("1", "'a'", "null")
                    .hasNot("1.5");
            of("{'oneOf':[{'const':'a'},{'enum':['b','c']}]}").has("'a'", "'c'").hasNot("'d'");
            of("{'oneOf':[{'type':'integer','maximum':3},{'type':'number','exclusiveMinimum':3}]}")
                    .has("3", "3.5")
                    .hasNot("2.5");
            of("{'oneOf':[{'type':'object','properties':{'k':{'const':'a'},'x':{}},'required':['k']},{'type':'object','properties':{'k':{'const':'b'},'y':{}},'required':['k']}]}")
                    .has("{'k':'a','x':1}", "{'y':1,'k':'b'}")
                    .hasNot("{'k':'a','y':1}", "{'k':'c'}", "{}");
            of("{'oneOf':[{'type':'object','properties':{'a':{}},'required':['a']},{'type':'object','properties':{'b':{}},'required':['b']}]}")
                    .has("{'a':1}", "{'b':1}")
                    .hasNot("{'a':1,'b':1}");
            refused("{'oneOf':[{'type':'integer'},{'type':'number'}]}", "/oneOf")
                    .contains("'oneOf'")
                    .contains("0 and 1");
            refused(
                    "{'oneOf':[{'type':'object','properties':{'a':{}}},{'type':'object','properties':{'b':{}}}]}",
                    "/oneOf");
            refused("{'oneOf':[{'type':'string'},{'const':'a'}]}", "/oneOf");
            of("{'$defs':{'n':{'oneOf':[{'type':'object','properties':{'l':{'$ref':'#/$defs/n'},'k':{'const':'x'}},'required':['l','k']},{'type':'object','properties':{'l':{'$ref':'#/$defs/n'},'k':{'const':'y'}},'required':['k']}]}},'$ref':'#/$defs/n'}")
                    .has("{'k':'y'}", "{'k':'x','l':{'k':'y'}}");
        }

        @Test
        @DisplayName("has what all schemas have")
        void allOf() {
            of("{'allOf':[{'type':'object','properties':{'a':{'type':'integer'}},'required':['a']},{'properties':{'a':{'maximum':5},'b':{'type':'null'}}}]}")
                    .has("{'a':1}", "{'b':null,'a':5}")
                    .hasNot("{'a':6}", "{'b':null}");
            of("{'allOf':[{'type':['integer','string']},{'type':['number','null']}]}")
                    .has("1")
                    .hasNot("1.5", "'a'", "null");
            of("{'allOf':[{'minLength':2},{'maxLength':3,'type':'string'},{'minLength':1}]}")
                    .has("'ab'")
                    .hasNot("'a'");
            of("{'type':'array','allOf':[{'items':{'minimum':3}},{'items':{'type':'integer'},'maxItems':2},{'minItems':1}]}")
                    .has("[3,4]")
                    .hasNot("[]", "[2]", "[3,3,3]");
            refused("{'allOf':[{'type':'integer'},{'type':'string'}]}", "/allOf/1/type")
                    .contains("no value");
            refused(
                    "{'allOf':[{'properties':{'a':{}},'additionalProperties':false},{'required':['b'],'type':'object'}]}",
                    "/allOf/1/required");
        }
    }

    @Nested
    @DisplayName("is refused")
    class Refused {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "'not':{'type':'null'}",
                    "'if':{},'then':{}",
                    "'dependentRequired':{'a':['b']}",
                    "'dependentSchemas':{'a':{}}",
                    "'dependencies':{'a':['b']}",
                    "'unevaluatedItems':false",
                    "'contentEncoding':'base64'",
                    "'contentMediaType':'text/plain'",
                    "'$dynamicRef':'#a'",
                })
        @DisplayName("with a keyword that a grammar cannot say, by its name and place")
        void keywords(String keywords) {
            String keyword = keywords.substring(1, keywords.indexOf("'", 1));
            String at = keyword.equals("if") ? "" : "/" + keyword;
            String schema = json("{'type':'object','properties':{'a':{" + keywords + "}}}");
            InvalidRequestException e = refused(Schemas.read(schema));
            assertThat(e.parameter().orElseThrow()).startsWith("schema/properties/a" + at);
            assertThat(e.getMessage()).contains(keyword.equals("if") ? "'if'" : "'" + keyword + "'");
        }

        @Test
        @DisplayName("not with keywords that ask nothing")
        void annotations() {
            of("{'type':'integer','title':'a','description':'b','default':1,'examples':[1],'$comment':'c','deprecated':true,'readOnly':true,'x-own':{'a':1},'not':false,'dependentRequired':{},'if':{}}")
                    .has("1");
        }

        @Test
        @DisplayName("with a keyword that is not known, and hears which one was meant")
        void unknown() {
            refused("{'type':'string','maxLenght':5}", "/maxLenght").contains("did you mean 'maxLength'");
            refused("{'type':'object','properties':{'a':{'tpye':'string'}}}", "/properties/a/tpye")
                    .contains("'type'");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "{'type':'strng'}|/type",
                    "{'type':7}|/type",
                    "{'type':[null]}|/type",
                    "{'type':null}|/type",
                    "{'type':'string','minLength':-1}|/minLength",
                    "{'type':'string','minLength':1.5}|/minLength",
                    "{'type':'string','minLength':'1'}|/minLength",
                    "{'type':'string','minLength':999999999999999999999999}|/minLength",
                    "{'type':'string','minLength':5,'maxLength':2}|/maxLength",
                    "{'type':'integer','minimum':'1'}|/minimum",
                    "{'type':'integer','minimum':5,'maximum':4}|/minimum",
                    "{'type':'number','minimum':1e-300,'maximum':2e-300}|/minimum",
                    "{'type':'number','minimum':1e300,'maximum':1e301}|/minimum",
                    "{'type':'string','pattern':7}|/pattern",
                    "{'type':'string','format':7}|/format",
                    "{'enum':'a'}|/enum",
                    "{'enum':[]}|/enum",
                    "{'type':'string','enum':[1]}|/enum",
                    "{'type':'object','properties':[]}|/properties",
                    "{'type':'object','properties':{'a':7}}|/properties/a",
                    "{'type':'object','required':'a'}|/required",
                    "{'type':'object','required':[7]}|/required",
                    "{'type':'object','additionalProperties':7}|/additionalProperties",
                    "{'type':'array','items':7}|/items",
                    "{'type':'array','prefixItems':{}}|/prefixItems",
                    "{'type':'array','minItems':3,'maxItems':2}|/maxItems",
                    "{'type':'array','uniqueItems':'yes'}|/uniqueItems",
                    "{'anyOf':[]}|/anyOf",
                    "{'anyOf':{}}|/anyOf",
                    "{'allOf':[7]}|/allOf/0",
                    "{'anyOf':[false]}|/anyOf/0",
                })
        @DisplayName("where a keyword is wrong, or nothing fits")
        void wrong(String schema, String pointer) {
            refused(schema, pointer);
        }

        @Test
        @DisplayName("beyond the limits, fast")
        void limits() {
            Map<String, Object> deep = new HashMap<>(Map.of("type", "integer"));
            for (int i = 0; i < 5000; i++) {
                deep = new HashMap<>(Map.of("type", "array", "items", deep));
            }
            assertThat(refused(deep)).hasMessageContaining("nested more than 100");
            assertThat(refused(Map.of("enum", Collections.nCopies(60_000, 1)))).hasMessageContaining("50000 values");
            assertThat(refused(Map.of(
                            "enum",
                            IntStream.range(0, 20_000)
                                    .mapToObj(i -> "value" + i)
                                    .toList())))
                    .hasMessageContaining("is too large");
            Map<String, Object> two = Map.of("anyOf", List.of(Map.of("minLength", 1), Map.of("maxLength", 9)));
            assertThat(refused(Map.of("allOf", Collections.nCopies(30, two)))).hasMessageContaining("alternatives");
            Map<String, Object> definitions = new HashMap<>();
            for (int i = 0; i < 1000; i++) {
                definitions.put("d" + i, Map.of("$ref", "#/$defs/d" + (i + 1)));
            }
            definitions.put("d1000", Map.of("type", "integer"));
            assertThat(refused(Map.of("$ref", "#/$defs/d0", "$defs", definitions)))
                    .hasMessageContaining("200 schemas");
            Map<String, Object> properties = new HashMap<>();
            IntStream.range(0, 1100).forEach(i -> properties.put("p" + i, true));
            assertThat(refused(Map.of("type", "object", "properties", properties)))
                    .hasMessageContaining("1000");
            assertThat(refused(Map.of("type", "integer", "minimum", new BigDecimal("1e999999999"))))
                    .hasMessageContaining("400 digits");
            assertThat(refused(Map.of("const", Double.NaN))).hasMessageContaining("finite");
            assertThat(refused(Map.of("const", "\uD800"))).hasMessageContaining("surrogate");
            assertThat(refused(Map.of("const", new Object()))).hasMessageContaining("no value of JSON");
        }

        @Test
        @DisplayName("where it asks for work without end, fast")
        void work() {
            List<String> texts = IntStream.range(0, 5_000)
                    .mapToObj(i -> "ab".repeat(500) + i)
                    .toList();
            Map<String, Object> longName = new HashMap<>();
            longName.put("x".repeat(1_000_000), Collections.nCopies(40_000, 1));
            String characters = IntStream.range(0, 9_000)
                    .mapToObj(i -> Character.toString(0x4E00 + 2 * i))
                    .collect(Collectors.joining());
            Map<String, Object> classes = new HashMap<>();
            IntStream.range(0, 500).forEach(i -> classes.put("p" + i, Map.of("pattern", "^[" + i + characters + "]$")));
            List<Object> alternatives = new ArrayList<>(Collections.nCopies(900, Map.of("$ref", "#/$defs/all")));

            assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
                assertThat(refused(Map.of("enum", texts, "pattern", "^((a|b)*c?){1000}$")))
                        .hasMessageContaining("too much work");
                assertThat(refused(Map.of("default", longName))).hasMessageContaining("too much work");
                assertThat(refused(Map.of("properties", classes))).hasMessageContaining("too ");
                assertThat(refused(Map.of("anyOf", alternatives, "$defs", Map.of("all", Map.of("enum", texts)))))
                        .hasMessageContaining("too much work");
                InvalidRequestException e = refused(Map.of("x".repeat(100_000), 1));
                assertThat(e.getMessage()).hasSizeLessThan(1_000);
                assertThat(e.parameter().orElseThrow()).hasSizeLessThan(400);
            });
        }

        @Test
        @DisplayName("where many schemas together ask for more work than one may")
        void workTogether() {
            SchemaRules rules = new SchemaRules();
            List<String> texts =
                    IntStream.range(0, 100).mapToObj(i -> "ab".repeat(500) + i).toList();
            Map<String, Object> schema =
                    Map.of("enum", texts, "pattern", "^(ab)*c$", "type", List.of("string", "null"));

            InvalidRequestException e = catchThrowableOfType(InvalidRequestException.class, () -> {
                for (int i = 0; i < 512; i++) {
                    rules.add(Map.of("anyOf", List.of(schema, Map.of("type", "null"))), "t" + i, "tools[" + i + "]");
                }
            });

            assertThat(e).hasMessageContaining("too much work");
        }
    }

    @Test
    @DisplayName("can be one of several in a grammar, with texts around")
    void composed() {
        SchemaRules rules = new SchemaRules();
        String first = rules.addObject(
                Schemas.read(json("{'properties':{'a':{'type':'integer'}},'required':['a']}")), "tool-0", "tools[0]");
        String second = rules.addObject(Map.of(), "tool-1", "tools[1]");
        rules.addRule(
                "call",
                SchemaRules.literal("<\"1\\") + " (" + first + " | " + SchemaRules.literal("!") + " " + second + ")");
        String gbnf = rules.text("call");
        assertThat(Schemas.matches(gbnf, "<\"1\\{\"a\":1}")).isTrue();
        assertThat(Schemas.matches(gbnf, "<\"1\\!{\"b\": [1]}")).isTrue();
        assertThat(Schemas.matches(gbnf, "<\"1\\{\"b\":1}")).isFalse();
        assertThat(Schemas.matches(gbnf, "<\"1\\![]")).isFalse();
        InvalidRequestException e = catchThrowableOfType(
                InvalidRequestException.class, () -> rules.addObject(Map.of("type", "string"), "tool-2", "tools[2]"));
        assertThat(e).hasMessageContaining("no value fits");
    }

    @Test
    @DisplayName("fits a request")
    void fits() {
        for (int seed = 0; seed < 50; seed++) {
            @SuppressWarnings("unchecked")
            String gbnf =
                    SchemaGrammar.of((Map<String, Object>) RandomSchema.of(seed).schema(), "schema");
            assertThat(gbnf).hasSizeLessThanOrEqualTo(GenerateParameters.MAX_GRAMMAR_LENGTH);
            Grammar.parse(gbnf);
        }
    }
}
