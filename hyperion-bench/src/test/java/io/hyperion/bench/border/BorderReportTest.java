package io.hyperion.bench.border;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.bench.border.server.Way;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The report of the border")
class BorderReportTest {
    @Test
    @DisplayName("has the medians, and those of the ratios and the differences of each pair")
    void table() {
        BorderReport report = new BorderReport(100);
        report.addGeneration(Way.STREAMING, 100_000, 101_000);
        // The machine was slow, for both.
        report.addGeneration(Way.STREAMING, 200_000, 202_000);
        report.addGeneration(Way.STREAMING, 100_000, 100_500);
        report.addGeneration(Way.BLOCKING, 50_000, 50_000);
        report.addBorrowings(List.of(12.0, 14.0));
        report.addBorrowings(List.of(500.0));

        assertThat(report.table().lines().skip(2))
                .containsExactly(
                        "| 100 tokens, blocking | ms | 50.00 | 50.00 | 1.0000 | 0.00 | 1.01 and 10 |",
                        "| 100 tokens, streaming | ms | 100.00 | 101.00 | 1.0100 | 10.00 | 1.01 and 10 |",
                        "| borrow a connection of a warm pool and give it back | µs | | 14.00 | | | 50 |");
    }
}
