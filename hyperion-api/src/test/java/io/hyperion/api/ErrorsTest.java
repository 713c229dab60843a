package io.hyperion.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Errors")
class ErrorsTest {
    @Test
    @DisplayName("have codes that are told apart and whose first digit tells the kind")
    void codes() {
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::code))
                .doesNotHaveDuplicates()
                .allMatch(code -> code.matches("HYP-[1-9]\\d{3}"));
        assertThat(Arrays.stream(ErrorCode.values())
                        .map(code -> code.code().charAt(4) + " " + code.kind())
                        .distinct())
                .hasSameSizeAs(ErrorKind.values());
    }

    @Test
    @DisplayName("cannot be made with a code of another kind")
    void kinds() {
        assertThatThrownBy(() -> new EngineException(ErrorCode.QUEUE_FULL, "no"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("know the roles, AI as the assistant, and say which there are")
    void roles() {
        assertThat(Role.of("AI")).isEqualTo(Role.ASSISTANT);
        assertThat(Role.of("System")).isEqualTo(Role.SYSTEM);
        assertThatThrownBy(() -> Role.of("wizard\n\u0007"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'wizard\uFFFD\uFFFD'")
                .hasMessageContaining("system, developer, user, assistant, tool");
    }
}
