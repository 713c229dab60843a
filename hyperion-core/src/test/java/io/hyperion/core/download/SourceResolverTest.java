package io.hyperion.core.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SourceResolverTest {
    private static final String TREE = "/api/models/o/r/tree/main";
    private static final String SUM = "0123456789abcdef".repeat(4);

    private TestServer hub;
    private HttpAccess http;
    private SourceResolver resolver;

    @BeforeEach
    void start() throws IOException {
        hub = TestServer.http();
        HttpSettings settings =
                new HttpSettings(hub.uri("/"), Optional.of("hf_x"), Duration.ofSeconds(10), Duration.ofSeconds(10));
        http = new HttpAccess(settings);
        resolver = new SourceResolver(http, settings);
    }

    @AfterEach
    void stop() {
        http.close();
        hub.close();
    }

    private List<RemoteFile> resolve(String source) throws Exception {
        return resolver.resolve(ModelSource.parse(source), false);
    }

    private DownloadException failure(String source) {
        return catchThrowableOfType(DownloadException.class, () -> resolve(source));
    }

    /** An entry as Hugging Face gives it for a large file. */
    private static String large(String path) {
        return "{\"type\":\"file\",\"oid\":\"5f16\",\"size\":1234,\"lfs\":{\"oid\":\"" + SUM
                + "\",\"size\":1234,\"pointerSize\":135},\"path\":\"" + path + "\",\"xetHash\":\"ab\"}";
    }

    private static String listing(String... paths) {
        return IntStream.range(0, paths.length)
                .mapToObj(i -> large(paths[i]))
                .collect(Collectors.joining(",", "[", "]"));
    }

    private List<String> chosen(String source, String... paths) throws Exception {
        hub.answer(TREE, 200, listing(paths));
        return resolve(source).stream()
                .map(file -> file.uri().getPath().replace("/o/r/resolve/main/", ""))
                .toList();
    }

    @Nested
    @DisplayName("A file of a repository")
    class Files {
        @Test
        void comesWithItsSizeAndChecksum() throws Exception {
            hub.answer(
                    TREE,
                    200,
                    "[{\"type\":\"directory\",\"oid\":\"1\",\"size\":0,\"path\":\"a.gguf\"}," + large("b.gguf") + "]");

            assertThat(resolve("hf:o/r/b.gguf"))
                    .containsExactly(new RemoteFile(
                            hub.uri("/o/r/resolve/main/b.gguf"),
                            Path.of("hf/o/r/main/b.gguf"),
                            OptionalLong.of(1234),
                            Optional.of(SUM)));
            assertThat(hub.asked.get(0).authorization()).containsExactly("Bearer hf_x");
        }

        @Test
        void hasNoChecksumIfItIsSmall() throws Exception {
            hub.answer(TREE, 200, "[{\"type\":\"file\",\"size\":7,\"path\":\"b.gguf\",\"oid\":\"5f16\"}]");

            assertThat(resolve("hf:o/r/b.gguf").get(0))
                    .extracting(RemoteFile::size, RemoteFile::sha256)
                    .containsExactly(OptionalLong.of(7), Optional.empty());
        }

        @Test
        void mayHaveItsChecksumWithTheNameOfTheAlgorithmAsMirrorsWriteIt() throws Exception {
            hub.answer(TREE, 200, listing("b.gguf").replace(SUM, "sha256:" + SUM));

            assertThat(resolve("hf:o/r/b.gguf").get(0).sha256()).hasValue(SUM);
        }

        @Test
        void mayBeInAFolderOfARevisionWithAnyName() throws Exception {
            hub.answer("/api/models/o/r/tree/refs%2Fpr%2F1/Q4%20K/%C3%A4", 200, listing("Q4 K/ä/a+b%2F#?.gguf"));

            assertThat(resolve("hf:o/r@refs%2Fpr%2F1/Q4 K/ä/a+b%2F#?.gguf"))
                    .containsExactly(new RemoteFile(
                            hub.uri("/o/r/resolve/refs%2Fpr%2F1/Q4%20K/%C3%A4/a%2Bb%252F%23%3F.gguf"),
                            Path.of("hf/o/r/refs%2Fpr%2F1/Q4%20K/%C3%A4/a+b%252F%23%3F.gguf"),
                            OptionalLong.of(1234),
                            Optional.of(SUM)));
        }

        @ParameterizedTest
        @ValueSource(strings = {"hf:o/r/m-00001-of-00003.gguf", "hf:o/r/m-00002-of-00003.gguf"})
        void comesWithAllPartsItIsSplitInto(String source) throws Exception {
            assertThat(chosen(
                            source,
                            "m-00001-of-00003.gguf",
                            "m-00002-of-00003.gguf",
                            "m-00003-of-00003.gguf",
                            "n-00001-of-00002.gguf"))
                    .containsExactly("m-00001-of-00003.gguf", "m-00002-of-00003.gguf", "m-00003-of-00003.gguf");
        }

        @Test
        void isNotThereIfAPartIsMissing() {
            hub.answer(TREE, 200, listing("m-00001-of-00002.gguf"));

            assertThat(failure("hf:o/r/m-00001-of-00002.gguf")).hasMessageContaining("no file 'm-00002-of-00002.gguf'");
        }

        @Test
        void isToldFromWhatIsThere() {
            hub.answer(
                    TREE,
                    200,
                    listing("a.gguf", "mmproj-a.gguf", "b-00001-of-00002.gguf", "b-00002-of-00002.gguf", "README.md"));

            DownloadException error = failure("hf:o/r/c.gguf");

            assertThat(error)
                    .hasMessageContaining("no file 'c.gguf'")
                    .hasMessageEndingWith("GGUF files in o/r: a.gguf, b-00001-of-00002.gguf");
            assertThat(error.isRetryable()).isFalse();
        }

        @Test
        void isNotThereInARepositoryOfNoModels() {
            hub.answer(TREE, 200, "[]");

            assertThat(failure("hf:o/r/c.gguf")).hasMessageEndingWith("There are no GGUF files in o/r");
        }
    }

    @Nested
    @DisplayName("A quantisation")
    class ByQuantization {
        @Test
        void isLookedForInAllFolders() throws Exception {
            assertThat(chosen("hf:o/r:Q4_K_M", "a/m-Q4_K_M.gguf", "m-Q8_0.gguf"))
                    .containsExactly("a/m-Q4_K_M.gguf");
            assertThat(hub.asked.get(0).target()).isEqualTo(TREE + "?recursive=true");
        }

        @ParameterizedTest
        @CsvSource({
            "Q4_K_M, m-Q4_K_M.gguf",
            "q4_k_m, m-Q4_K_M.gguf",
            "Q4_K_S, m.q4_k_s.gguf",
            "Q8_0, m_Q8_0.gguf",
            "IQ4_XS, m-IQ4_XS.gguf",
            "BF16, BF16/m.gguf",
            "F16, m-f16.gguf",
            "UD-Q4_K_XL, m-UD-Q4_K_XL.gguf",
            "Q5_0, m-Q5_0-imat.gguf"
        })
        void isFoundInNamesOfAllKinds(String quantization, String file) throws Exception {
            assertThat(chosen(
                            "hf:o/r:" + quantization,
                            "m-Q4_K_M.gguf",
                            "m.q4_k_s.gguf",
                            "m_Q8_0.gguf",
                            "m-IQ4_XS.gguf",
                            "BF16/m.gguf",
                            "m-f16.gguf",
                            "m-UD-Q4_K_XL.gguf",
                            "m-Q5_0-imat.gguf",
                            "mmproj-m-F16.gguf",
                            "m-Q4_K_M.imatrix.gguf"))
                    .containsExactly(file);
        }

        @Test
        void comesWithAllPartsItIsSplitInto() throws Exception {
            assertThat(chosen(
                            "hf:o/r:Q8_0",
                            "Q8_0/m-Q8_0-00001-of-00002.gguf",
                            "Q8_0/m-Q8_0-00002-of-00002.gguf",
                            "m-Q4_0.gguf"))
                    .containsExactly("Q8_0/m-Q8_0-00001-of-00002.gguf", "Q8_0/m-Q8_0-00002-of-00002.gguf");
        }

        @Test
        void isRatherThatAtTheEndOfANameAndNotADynamicOne() throws Exception {
            assertThat(chosen("hf:o/r:Q4_K_M", "m-Q4_K_M-imat.gguf", "m-Q4_K_M.gguf", "m-UD-Q4_K_M.gguf"))
                    .containsExactly("m-Q4_K_M.gguf");
        }

        @Test
        void isToldToBeSeveralFiles() {
            hub.answer(TREE, 200, listing("a-Q8_0.gguf", "b-Q8_0.gguf"));

            assertThat(failure("hf:o/r:Q8_0"))
                    .hasMessageContaining("a-Q8_0.gguf, b-Q8_0.gguf")
                    .hasMessageContaining("hf:o/r/a-Q8_0.gguf");
        }

        @ParameterizedTest
        @ValueSource(strings = {"Q4_K", "Q4", "Q4_K_L", "IQ4_K_M", "K_", "q4_k_m.gguf"})
        void isNotAPartOfAnother(String quantization) {
            hub.answer(TREE, 200, listing("m-Q4_K_M.gguf"));

            assertThat(failure("hf:o/r:" + quantization)).hasMessageEndingWith("GGUF files in o/r: m-Q4_K_M.gguf");
        }

        @Test
        void isToldWithTwentyOfTheOtherNamesAtMost() {
            hub.answer(
                    TREE,
                    200,
                    listing(IntStream.range(0, 50)
                            .mapToObj(i -> "m" + i + ".gguf")
                            .toArray(String[]::new)));

            assertThat(failure("hf:o/r:Q8_0")).hasMessageEndingWith(", and 30 more");
        }
    }

    @Nested
    @DisplayName("A listing")
    class Listings {
        @Test
        void isReadPageByPageWhereverTheNextOneIsSaidToBe() throws Exception {
            hub.on(TREE, exchange -> {
                boolean first = !exchange.getRequestURI().getRawQuery().contains("cursor");
                if (first) {
                    exchange.getResponseHeaders()
                            .add(
                                    "Link",
                                    "<https://other.example" + TREE + "?recursive=true&cursor=a%3D%3D>; rel=\"next\"");
                }
                TestServer.answer(exchange, 200, first ? listing("a-Q4_0.gguf") : listing("b-Q8_0.gguf"));
            });

            assertThat(resolve("hf:o/r:Q8_0")).hasSize(1);
            assertThat(hub.asked)
                    .extracting(TestServer.Asked::target)
                    .containsExactly(TREE + "?recursive=true", TREE + "?recursive=true&cursor=a%3D%3D");
        }

        @Test
        void endsAfterAHundredPages() {
            hub.on(
                    TREE,
                    exchange ->
                            TestServer.answer(exchange, 200, "[]", "Link", "<" + TREE + "?cursor=a>; rel=\"next\""));

            assertThat(failure("hf:o/r:Q8_0")).hasMessageContaining("100 pages");
            assertThat(hub.asked).hasSize(100);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "next",
                    "<>; rel=\"next\"",
                    "<x>; rel=\"next\"",
                    "<?a b>; rel=next",
                    "<?\u00e4>; rel=next",
                    "<?x>; rel=\"last\"",
                    "<?%zz>; rel=next"
                })
        void ofOnePageMayHaveALinkThatIsNone(String link) throws Exception {
            hub.answer(TREE, 200, listing("a-Q8_0.gguf"), "Link", link);

            assertThat(resolve("hf:o/r:Q8_0")).hasSize(1);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "null",
                    "{}",
                    "<html>Sign in to the network</html>",
                    "[1]",
                    "[null]",
                    "[[]]",
                    "[{}]",
                    "[{\"path\":1}]",
                    "[{\"type\":\"file\"}]",
                    "[{\"type\":\"file\",\"path\":\"a.gguf\"}]",
                    "[{\"type\":\"file\",\"path\":\"a.gguf\",\"size\":-1}]",
                    "[{\"type\":\"file\",\"path\":\"a.gguf\",\"size\":1.5}]",
                    "[{\"type\":\"file\",\"path\":\"a.gguf\",\"size\":1e999}]",
                    "[{\"type\":\"file\",\"path\":\"a.gguf\",\"size\":\"5\"}]",
                    "[{\"type\":\"file\",\"path\":\"a.gguf\",\"size\":5,\"lfs\":{\"size\":5}}]",
                    "[{\"type\":\"file\",\"path\":\"a.gguf\",\"size\":5,\"lfs\":{\"oid\":\"abc\",\"size\":5}}]",
                    "[{\"type\":\"file\",\"path\":\"a.gguf\",\"size\":5},"
                })
        void thatIsNoneIsShownInTheError(String body) {
            hub.answer(TREE, 200, body);

            DownloadException error = failure("hf:o/r/a.gguf");

            assertThat(error)
                    .hasMessageContaining("something else than a list of files")
                    .hasMessageContaining("hyperion.huggingface.url");
            assertThat(error.isRetryable()).isFalse();
        }

        @Test
        void mayBeNestedAsDeeplyAsItLikes() {
            hub.answer(TREE, 200, "[".repeat(1_000_000));

            assertThat(failure("hf:o/r/a.gguf")).hasMessageContaining("something else");
        }

        @Test
        void mayHaveNamesThatLeadOutOfTheDirectory() throws Exception {
            String[] hostile = {
                "../../etc/m-Q8_0.gguf",
                "/etc/m-Q8_0.gguf",
                "a/../m-Q8_0.gguf",
                "a//m-Q8_0.gguf",
                "..\\\\m-Q8_0.gguf",
                "m\\u0000-Q8_0.gguf",
                "m\\n-Q8_0.gguf",
                "\\ud800-Q8_0.gguf",
                "./m-Q8_0.gguf",
                "a/".repeat(2000) + "m-Q8_0.gguf",
                "m-00001-of-99999.gguf",
                ""
            };

            assertThat(chosen("hf:o/r:Q4_0", listed(hostile, "m-Q4_0.gguf"))).containsExactly("m-Q4_0.gguf");
            assertThat(failure("hf:o/r:Q8_0")).hasMessageEndingWith("GGUF files in o/r: m-Q4_0.gguf");
        }

        private String[] listed(String[] some, String one) {
            String[] all = Arrays.copyOf(some, some.length + 1);
            all[some.length] = one;
            return all;
        }

        @Test
        void ofTenThousandFilesIsRead() throws Exception {
            String[] files = IntStream.range(0, 10_000)
                    .mapToObj(i -> "m" + i + "-Q8_0.gguf")
                    .toArray(String[]::new);
            files[7777] = "m-Q4_0.gguf";

            assertThat(chosen("hf:o/r:Q4_0", files)).containsExactly("m-Q4_0.gguf");
        }

        @Test
        void ofNoEndIsNotReadToIt() {
            byte[] blanks = " ".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
            hub.on(TREE, exchange -> {
                exchange.sendResponseHeaders(200, 0);
                while (true) {
                    exchange.getResponseBody().write(blanks);
                }
            });

            assertThat(failure("hf:o/r:Q8_0")).hasMessageContaining("more than 8388608 bytes");
        }

        @Test
        void thatBreaksOffMayBeWholeTheNextTime() {
            hub.on(TREE, exchange -> {
                exchange.sendResponseHeaders(200, 1000);
                exchange.getResponseBody().write('[');
            });

            assertThat(failure("hf:o/r:Q8_0").isRetryable()).isTrue();
        }

        @Test
        void thatIsRefusedSaysWhatToDo() {
            hub.answer(
                    TREE, 403, "", "X-Error-Code", "GatedRepo", "X-Error-Message", "Access to model o/r is restricted");

            assertThat(failure("hf:o/r:Q8_0"))
                    .hasMessageContaining("may not use it")
                    .hasMessageContaining(hub.uri("/o/r").toString());
        }
    }

    @Nested
    @DisplayName("An address of the web")
    class Web {
        @Test
        void isAFileOfWhichNothingIsKnown() throws Exception {
            assertThat(resolver.resolve(ModelSource.parse("https://Example.com:8443/a%20b/m.gguf"), true))
                    .containsExactly(new RemoteFile(
                            URI.create("https://Example.com:8443/a%20b/m.gguf"),
                            Path.of("https/example.com_8443/a%20b/m.gguf"),
                            OptionalLong.empty(),
                            Optional.empty()));
            assertThat(hub.asked).isEmpty();
        }

        @Test
        void isAllPartsByTheirNames() throws Exception {
            assertThat(resolver.resolve(ModelSource.parse("https://example.com/m-00001-of-00002.GGUF?x=1"), true))
                    .extracting(file -> file.uri().toString())
                    .containsExactly(
                            "https://example.com/m-00001-of-00002.GGUF?x=1",
                            "https://example.com/m-00002-of-00002.GGUF?x=1");
        }

        @Test
        void hasAQueryInTheNameOfItsFile() {
            assertThat(path("https://example.com/get?id=1"))
                    .matches("https/example\\.com/[0-9a-f]{16}-get\\.gguf")
                    .isNotEqualTo(path("https://example.com/get?id=2"));
        }

        @Test
        void hasOneFileForEachAddressHoweverLongItIs() {
            String name = "ä".repeat(200);

            assertThat(path("https://example.com/" + "%C3%A4".repeat(200) + ".gguf"))
                    .isNotEqualTo(path("https://example.com/" + "%C3%A4".repeat(199) + ".gguf"))
                    .hasSizeLessThan(220)
                    .endsWith(".gguf");
            List<Path> parts = SourceResolver.paths(ModelSource.parse("hf:o/r/" + name + "-00001-of-00002.gguf"))
                    .orElseThrow();
            assertThat(parts.get(0).toString().replace("-00001-", "-00002-"))
                    .isEqualTo(parts.get(1).toString());
        }

        private String path(String address) {
            return SourceResolver.paths(ModelSource.parse(address))
                    .orElseThrow()
                    .get(0)
                    .toString();
        }
    }

    @Test
    void doesNotDownloadWhatIsHere() {
        assertThatThrownBy(() -> resolver.resolve(ModelSource.parse("file:///srv/a.gguf"), true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void knowsWhereFilesAreKeptWithoutAskingIfTheirNamesAreKnown() {
        assertThat(SourceResolver.paths(ModelSource.parse("hf:o/r@v1/f/a.gguf")))
                .hasValue(List.of(Path.of("hf/o/r/v1/f/a.gguf")));
        assertThat(SourceResolver.paths(ModelSource.parse("file:///srv/a-00001-of-00002.gguf")))
                .hasValue(List.of(Path.of("/srv/a-00001-of-00002.gguf"), Path.of("/srv/a-00002-of-00002.gguf")));
        assertThat(SourceResolver.paths(ModelSource.parse("hf:o/r:Q8_0"))).isEmpty();
    }
}
