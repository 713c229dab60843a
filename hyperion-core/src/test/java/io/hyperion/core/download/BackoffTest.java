package io.hyperion.core.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The pause before the next attempt")
class BackoffTest {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    @Test
    void doubles_after_each_failure_up_to_the_longest() {
        assertThat(Backoff.pause(FIRST, LONGEST, 1, 1)).isEqualTo(FIRST);
        assertThat(Backoff.pause(FIRST, LONGEST, 2, 1)).isEqualTo(Duration.ofSeconds(2));
        assertThat(Backoff.pause(FIRST, LONGEST, 6, 1)).isEqualTo(Duration.ofSeconds(32));
        assertThat(Backoff.pause(FIRST, LONGEST, 7, 1)).isEqualTo(LONGEST);
        assertThat(Backoff.pause(FIRST, LONGEST, 1000, 1)).isEqualTo(LONGEST);
    }

    @Test
    void is_shortened_by_chance_by_up_to_a_half() {
        assertThat(Backoff.pause(FIRST, LONGEST, 3, 0)).isEqualTo(Duration.ofSeconds(2));
        assertThat(Backoff.pause(FIRST, LONGEST, 3, 0.5)).isEqualTo(Duration.ofSeconds(3));
    }
}
