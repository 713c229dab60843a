package io.hyperion.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The median")
class StatisticsTest {
    @Test
    @DisplayName("is the one in the middle, or the mean of the two there")
    void median() {
        assertThat(Statistics.median(List.of(5.0, 1.0, 100.0))).isEqualTo(5);
        assertThat(Statistics.median(List.of(4.0, 1.0, 100.0, 2.0))).isEqualTo(3);
        assertThat(Statistics.median(List.of(7.0))).isEqualTo(7);
        assertThatIllegalArgumentException().isThrownBy(() -> Statistics.median(List.of()));
    }
}
