package io.hyperion.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The times of a completion")
class CompletionTest {
    private static final Completion COMPLETION =
            new Completion("text", 1, OptionalInt.empty(), 5, 100, List.of(110L, 160L, 170L, 200L, 290L), 300);

    @Test
    @DisplayName("have the longest pause within the time that is asked for, one that reaches into it included")
    void pauses() {
        assertThat(COMPLETION.longestPause(100, 300)).isEqualTo(90);
        assertThat(COMPLETION.longestPause(165, 199)).isEqualTo(30);
        assertThat(COMPLETION.longestPause(120, 165)).isEqualTo(50);
        assertThat(COMPLETION.longestPause(0, 50)).isZero();
    }

    @Test
    @DisplayName("are none without a piece or a token")
    void nothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Completion("", 1, OptionalInt.empty(), 1, 0, List.of(), 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Completion("", 1, OptionalInt.empty(), 0, 0, List.of(1L), 1));
    }
}
