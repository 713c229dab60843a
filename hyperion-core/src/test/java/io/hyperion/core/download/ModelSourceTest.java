package io.hyperion.core.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSourceTest {
    @Nested
    @DisplayName("Hugging Face")
    class Hub {
        @Test
        void namesAFileOfARepository() {
            assertThat(ModelSource.parse("hf:Qwen/Qwen2.5-0.5B-Instruct-GGUF/qwen2.5-0.5b-instruct-q4_k_m.gguf"))
                    .isEqualTo(new ModelSource.HubFile(
                            "Qwen",
                            "Qwen2.5-0.5B-Instruct-GGUF",
                            Optional.empty(),
                            "qwen2.5-0.5b-instruct-q4_k_m.gguf"));
        }

        @Test
        void namesAFileInAFolderWithAnyCharactersThatCanBeSeen() {
            assertThat(ModelSource.parse("hf:o/r/Q4 K/a@b:ä%2F+#?.GGUF"))
                    .isEqualTo(new ModelSource.HubFile("o", "r", Optional.empty(), "Q4 K/a@b:ä%2F+#?.GGUF"));
        }

        @Test
        void namesAQuantization() {
            assertThat(ModelSource.parse("hf:bartowski/Llama-3.2-1B-Instruct-GGUF:q4_k_m"))
                    .isEqualTo(new ModelSource.HubQuantization(
                            "bartowski", "Llama-3.2-1B-Instruct-GGUF", Optional.empty(), "q4_k_m"));
        }

        @Test
        void meansTheUsualQuantizationIfNoneIsNamed() {
            assertThat(ModelSource.parse("hf:o/r"))
                    .isEqualTo(new ModelSource.HubQuantization("o", "r", Optional.empty(), "Q4_K_M"));
            assertThat(ModelSource.parse("HF:o/r@v1.0"))
                    .isEqualTo(new ModelSource.HubQuantization("o", "r", Optional.of("v1.0"), "Q4_K_M"));
        }

        @Test
        void takesARevisionBehindTheRepository() {
            assertThat(ModelSource.parse("hf:o/r@refs%2fpr%2F1/f/a.gguf"))
                    .isEqualTo(new ModelSource.HubFile("o", "r", Optional.of("refs/pr/1"), "f/a.gguf"));
            assertThat(ModelSource.parse("hf:o/r@0123abc:Q8_0"))
                    .isEqualTo(new ModelSource.HubQuantization("o", "r", Optional.of("0123abc"), "Q8_0"));
        }

        @ParameterizedTest
        @CsvSource({
            "https://huggingface.co/o/r/blob/main/a.gguf, hf:o/r/a.gguf",
            "https://huggingface.co/o/r/resolve/main/a.gguf?download=true, hf:o/r/a.gguf",
            "https://HuggingFace.co/o/r/resolve/v1/f%20g/a.gguf, hf:o/r@v1/f g/a.gguf",
            "https://hf.co/o/r/blob/refs%2Fpr%2F3/a.gguf, hf:o/r@refs%2Fpr%2F3/a.gguf"
        })
        void isMeantByTheAddressOfAPageOfItsFiles(String address, String source) {
            assertThat(ModelSource.parse(address)).hasToString(source);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "hf:",
                    "hf:/",
                    "hf:o",
                    "hf:o/",
                    "hf:/r",
                    "hf://o/r/a.gguf",
                    "hf:o//a.gguf",
                    "hf:o/r/",
                    "hf:o/r:",
                    "hf:o/r@",
                    "hf:o/r@/a.gguf",
                    "hf:o/r@:Q4_K_M",
                    "hf:../r/a.gguf",
                    "hf:o/../a.gguf",
                    "hf:o/.git/a.gguf",
                    "hf:o/r/../a.gguf",
                    "hf:o/r/f/../a.gguf",
                    "hf:o/r/./a.gguf",
                    "hf:o/r//a.gguf",
                    "hf:o/r/f//a.gguf",
                    "hf:o/r/a.bin",
                    "hf:o/r/a",
                    "hf:o/r/f\\a.gguf",
                    "hf:o/r/..\\a.gguf",
                    "hf:o/r/a\u0000.gguf",
                    "hf:o/r/a\n.gguf",
                    "hf:o/r/\u007f.gguf",
                    "hf:o/r/\u0085.gguf",
                    "hf:o/r/a\u202e.gguf",
                    "hf:o/r/a\u2028.gguf",
                    "hf:o/r/\ud800.gguf",
                    "hf:o/r/a\ufffd.gguf",
                    "hf:o/r@../a.gguf",
                    "hf:o/r@a..b/a.gguf",
                    "hf:o/r@-rf/a.gguf",
                    "hf:o/r@a%2F%2Fb/a.gguf",
                    "hf:o/r@%2e%2e/a.gguf",
                    "hf:o/r@a b/a.gguf",
                    "hf:o/r:Q4/K",
                    "hf:o/r:Q4 K",
                    "hf:o/r:..",
                    "hf:o/r:*",
                    "hf:o r/x/a.gguf",
                    "hf:o/r?x=1/a.gguf",
                    "hf:o/r#x/a.gguf",
                    "hf:ö/r/a.gguf",
                    "hf:o--o/r/a.gguf",
                    "hf:o/r/a-00000-of-00002.gguf",
                    "hf:o/r/a-00003-of-00002.gguf",
                    "hf:o/r/a-00001-of-99999.gguf",
                    "hf:\n/r/a.gguf"
                })
        void isNotMeantByWhatNamesNoFile(String text) {
            assertThatThrownBy(() -> ModelSource.parse(text)).isExactlyInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void hasNamesOfBoundedLength() {
            assertThat(ModelSource.parse("hf:o/r/" + "a".repeat(250) + ".gguf")).isNotNull();
            assertThatThrownBy(() -> ModelSource.parse("hf:o/r/" + "a".repeat(251) + ".gguf"))
                    .hasMessageContaining("255");
            assertThatThrownBy(() -> ModelSource.parse("hf:o/r/" + "a/".repeat(1000) + "a.gguf"))
                    .hasMessageContaining("2000");
            assertThatThrownBy(() -> ModelSource.parse("hf:" + "o".repeat(97) + "/r:Q8_0"))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested
    @DisplayName("The web")
    class Web {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "https://example.com/a.gguf",
                    "https://example.com:8443/models/a%20b.gguf?version=2&x=%2F",
                    "http://10.0.0.7/a.gguf",
                    "https://[2001:db8::1]/a.gguf",
                    "https://example.com/download?id=5",
                    "https://huggingface.co/datasets/o/r/resolve/main/a.gguf"
                })
        void isMeantByAnAddressOfAFile(String text) {
            assertThat(ModelSource.parse(text)).isEqualTo(new ModelSource.Web(URI.create(text)));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "https:",
                    "https://",
                    "https:///a.gguf",
                    "https:a.gguf",
                    "https:/a.gguf",
                    "https://example.com",
                    "https://example.com/",
                    "https://example.com/a/",
                    "https://example.com//a.gguf",
                    "https://example.com/a//b.gguf",
                    "https://example.com/../a.gguf",
                    "https://example.com/%2e%2e/a.gguf",
                    "https://example.com/a/%2E/b.gguf",
                    "https://example.com/a%2fb.gguf",
                    "https://example.com/a%5cb.gguf",
                    "https://example.com/a\\b.gguf",
                    "https://example.com/a%00.gguf",
                    "https://example.com/a%0d%0ab.gguf",
                    "https://example.com/a%ff.gguf",
                    "https://example.com/a b.gguf",
                    "https://example.com/%zz.gguf",
                    "https://example.com/a.gguf#b",
                    "https://me@example.com/a.gguf",
                    "https://me:secret@example.com/a.gguf",
                    "https://exa mple.com/a.gguf",
                    "https://ex_ample.com/a.gguf",
                    "https://example.com:0/a.gguf",
                    "https://example.com:65536/a.gguf",
                    "https://example.com:x/a.gguf",
                    "https://bücher.example/a.gguf",
                    "https://example.com/a-00002-of-00001.gguf",
                    "https://huggingface.co/o/r/blob/main/a.bin"
                })
        void isNotMeantByWhatNamesNoFile(String text) {
            assertThatThrownBy(() -> ModelSource.parse(text)).isExactlyInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void doesNotRepeatASecretOfAnAddress() {
            assertThatThrownBy(() -> ModelSource.parse("https://me:secret@example.com/a.gguf"))
                    .hasMessage("'example.com' stands behind a user or a password, which are not taken");
        }
    }

    @Nested
    @DisplayName("This machine")
    class Local {
        @Test
        void isMeantByAnAbsolutePath() {
            assertThat(ModelSource.parse("file:///srv/models/a%20b.gguf"))
                    .isEqualTo(new ModelSource.Local(Path.of("/srv/models/a b.gguf")));
            assertThat(ModelSource.parse("file:/srv/a.gguf")).isEqualTo(new ModelSource.Local(Path.of("/srv/a.gguf")));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "file:",
                    "file:a.gguf",
                    "file:./a.gguf",
                    "file://host/a.gguf",
                    "file:///a.gguf?x",
                    "file:///a.gguf#x",
                    "file:///a%00.gguf",
                    "file:///a b.gguf",
                    "file:////host/share/a%0a.gguf"
                })
        void isNotMeantByAnythingElse(String text) {
            assertThatThrownBy(() -> ModelSource.parse(text)).isExactlyInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "a.gguf",
                "/srv/a.gguf",
                "ftp://example.com/a.gguf",
                "jar:file:///a!/b",
                "C:\\a.gguf",
                "hf",
                " hf:o/r:Q8_0"
            })
    void tellsWhatItTakes(String text) {
        assertThatThrownBy(() -> ModelSource.parse(text)).hasMessageContaining("hf:, https:, http: and file:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hf:o/r/f g/a%2F.gguf",
                "hf:o/r@refs%2Fpr%2F1/a.gguf",
                "hf:o/r@v1:Q4_K_M",
                "hf:o/r:UD-Q4_K_XL",
                "https://example.com/a%20.gguf?x",
                "file:///srv/a%20b.gguf"
            })
    void readsWhatItHasWritten(String text) {
        ModelSource source = ModelSource.parse(text);

        assertThat(source).hasToString(text);
        assertThat(ModelSource.parse(source.toString())).isEqualTo(source);
    }

    @Test
    void endsWithASourceOrAClearErrorWhateverIsTyped() {
        String letters = "hf:htps/@%2e.0Aa-_#?\\ \u0000\ud800\u202eö[]<>gguf";
        Random random = new Random(7);
        for (int i = 0; i < 100_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "hf:o/r" : "https://h/");
            random.ints(random.nextInt(20), 0, letters.length()).forEach(at -> text.append(letters.charAt(at)));
            text.append(random.nextBoolean() ? ".gguf" : "");
            try {
                ModelSource source = ModelSource.parse(text.toString());
                SourceResolver.paths(source)
                        .ifPresent(paths -> assertThat(paths).allSatisfy(path -> assertThat(path.normalize())
                                .isEqualTo(path)
                                .isRelative()
                                .asString()
                                .matches("(hf|https)/.+\\.(?i:gguf)")));
            } catch (IllegalArgumentException e) {
                assertThat(e)
                        .isExactlyInstanceOf(IllegalArgumentException.class)
                        .hasMessageMatching("[^\\x00-\\x1f]+");
            }
        }
    }
}
