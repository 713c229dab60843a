package io.hyperion.bench.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.BusyException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.ModelUnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The soak")
class SoakTest {
    @Test
    @DisplayName("uses, loads and unloads four models within the memory of two, and nothing fails")
    void brief(@TempDir Path directory) throws Exception {
        SoakReport report = Soak.run(new SoakSettings(Duration.ofSeconds(3), 4, 1, directory));
        // In so short a time the memory of the process still grows.
        assertThat(report.faults()).noneMatch(fault -> !fault.contains("in the first quarter"));
        assertThat(report.table())
                .contains("4 models, 4 callers, PT3S, seed 1: ")
                .contains(" 0 failures.");
    }

    @Test
    @DisplayName("tells what was refused for a good reason from what failed")
    void tally() {
        Tally tally = new Tally();
        tally.done(Action.LOAD, 3);
        tally.ended(Action.LOAD, new BusyException(ErrorCode.NO_ROOM, "no room", Duration.ZERO));
        tally.ended(Action.LOAD, new ModelUnavailableException(ErrorCode.SHUTTING_DOWN, "unloaded"));
        tally.ended(Action.LOAD, new ModelUnavailableException(ErrorCode.MODEL_FAILED, "broken"));
        tally.ended(Action.LOAD, new IllegalStateException("worse"));
        assertThat(tally.failed()).isEqualTo(2);
        assertThat(tally.failures().keySet()).hasSize(2).anyMatch(text -> text.endsWith("worse"));
        assertThat(tally.table()).contains("| load | 1 | 1 | 1 | 0 | 2 | 3.0 | 3.0 | 3 |");
    }

    @Test
    @DisplayName("sees growth by quarters and by a line")
    void samples() {
        Samples samples = new Samples();
        assertThat(samples.slope()).isZero();
        for (int i = 0; i < 8; i++) {
            samples.add(10 + 2 * i);
        }
        assertThat(samples.firstQuarter()).isEqualTo(11);
        assertThat(samples.lastQuarter()).isEqualTo(23);
        assertThat(samples.slope()).isEqualTo(2);
        assertThat(samples.most()).isEqualTo(24);
    }
}
