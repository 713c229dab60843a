package io.hyperion.core.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The name of a saved sequence")
class SequenceFileNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "chat-7.bin", "A_b.c.d", "_x", "0", "con1", "nullable.bin", "COM10"})
    @DisplayName("is a plain file name")
    void plain(String name) {
        Path directory = Path.of("/saved");
        assertThat(new SequenceFileName(name).in(directory)).isEqualTo(directory.resolve(name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../x",
                "..\\x",
                "a/../b",
                "a..b",
                "/etc/passwd",
                "\\\\host\\share",
                "C:\\x",
                "C:x",
                "a/b",
                "a\\b",
                ".hidden",
                "-rf",
                "a.",
                "a ",
                " a",
                "a b",
                "a\0",
                "a\u0000.bin",
                "a\nb",
                "a\tb",
                "a\u007f",
                "a\u0085",
                "~",
                "~root",
                "$HOME",
                "a*",
                "a?",
                "a|b",
                "a<b",
                "a\"b",
                "%2e%2e%2f",
                "\uff0e\uff0e/x",
                "a\u2215b",
                "a\uff0fb",
                "\ud83d\ude00",
                "\ud83d",
                "a\u202eb",
                "Zo\u00eb",
                "CON",
                "nul",
                "NUL.bin",
                "com1",
                "Lpt9.txt",
                "a:b",
                "file:///x",
                "a\ufeff"
            })
    @DisplayName("is nothing else")
    void refused(String name) {
        assertThatThrownBy(() -> new SequenceFileName(name))
                .isInstanceOfSatisfying(InvalidRequestException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_FILE_NAME);
                    assertThat(refusal.parameter()).contains("filename");
                    assertThat(refusal.getMessage()).doesNotContain("\n", "\0");
                });
    }

    @Test
    @DisplayName("has 128 characters at most")
    void length() {
        assertThat(new SequenceFileName("x".repeat(128)).name()).hasSize(128);
        assertThatThrownBy(() -> new SequenceFileName("x".repeat(129)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessage("'filename' has 129 characters, and may have 128");
    }
}
