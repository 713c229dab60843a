package io.hyperion.war.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.BusyException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelUnavailableException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A refused caller")
class RetryHintsTests {
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"PT0S,1", "PT0.2S,1", "PT1S,1", "PT1.001S,2", "PT1M,60"})
    @DisplayName("is told whole seconds, rounded up and never 0")
    void rounded(Duration estimate, long seconds) {
        assertThat(RetryHints.seconds(new BusyException(ErrorCode.QUEUE_FULL, "full", estimate)))
                .hasValue(seconds);
    }

    @Test
    @DisplayName("is told nothing where time does not help, or nobody knows")
    void nothing() {
        HyperionException shutDown = new ModelUnavailableException(ErrorCode.SHUTTING_DOWN, "over");
        HyperionException invalid = new InvalidRequestException(ErrorCode.WRONG_TYPE, "top_p", "wrong");

        assertThat(RetryHints.seconds(shutDown)).isEmpty();
        assertThat(RetryHints.seconds(invalid)).isEmpty();
        assertThat(RetryHints.seconds(
                        new ModelUnavailableException(ErrorCode.QUEUE_TIMEOUT, "late", Duration.ofSeconds(3))))
                .hasValue(3);
    }
}
