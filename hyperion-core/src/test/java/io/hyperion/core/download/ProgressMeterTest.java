package io.hyperion.core.download;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.core.download.DownloadProgress.Activity;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The progress of a download")
class ProgressMeterTest {
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1);
    private final ProgressMeter meter = new ProgressMeter(clock::get);

    private void pass(long millis) {
        clock.addAndGet(Duration.ofMillis(millis).toNanos());
    }

    @Test
    void begins_with_waiting_for_its_turn() {
        assertThat(meter.progress()).satisfies(progress -> {
            assertThat(progress.activity()).isEqualTo(Activity.QUEUED);
            assertThat(progress.bytes()).isZero();
            assertThat(progress.total()).isEmpty();
            assertThat(progress.bytesPerSecond()).isZero();
            assertThat(progress.remaining()).isEmpty();
            assertThat(progress.note()).isEmpty();
        });
    }

    @Test
    void has_the_speed_of_the_last_seconds_and_the_time_that_the_rest_takes_at_it() {
        meter.begin(0, OptionalLong.of(100_000));
        meter.enter(Activity.TRANSFERRING);
        meter.reached(0);
        for (int i = 1; i <= 10; i++) {
            pass(1000);
            meter.reached(i * 1000);
        }
        assertThat(meter.progress().bytesPerSecond()).isEqualTo(1000);
        assertThat(meter.progress().remaining()).contains(Duration.ofSeconds(90));
        for (int i = 1; i <= 10; i++) {
            pass(1000);
            meter.reached(10_000 + i * 4000);
        }
        assertThat(meter.progress().bytesPerSecond()).isEqualTo(4000);
    }

    @Test
    void becomes_slower_while_nothing_comes() {
        meter.begin(0, OptionalLong.of(100_000));
        meter.enter(Activity.TRANSFERRING);
        meter.reached(0);
        pass(1000);
        meter.reached(8000);
        assertThat(meter.progress().bytesPerSecond()).isEqualTo(8000);
        pass(3000);
        assertThat(meter.progress().bytesPerSecond()).isEqualTo(2000);
    }

    @Test
    void does_not_count_what_was_there_already_as_speed() {
        meter.begin(0, OptionalLong.of(100_000));
        meter.enter(Activity.TRANSFERRING);
        meter.reached(50_000);
        pass(1000);
        meter.reached(51_000);
        assertThat(meter.progress().bytes()).isEqualTo(51_000);
        assertThat(meter.progress().bytesPerSecond()).isEqualTo(1000);
    }

    @Test
    void is_never_negative_when_a_file_begins_anew() {
        meter.begin(0, OptionalLong.of(100_000));
        meter.enter(Activity.TRANSFERRING);
        meter.reached(50_000);
        pass(1000);
        meter.reached(1000);
        pass(1000);
        meter.reached(3000);
        assertThat(meter.progress().bytesPerSecond()).isEqualTo(2000);
    }

    @Test
    void counts_all_files_of_a_split_model() {
        meter.begin(0, OptionalLong.of(3000));
        meter.reached(1000);
        meter.begin(1000, OptionalLong.of(3000));
        meter.reached(500);
        assertThat(meter.progress().bytes()).isEqualTo(1500);
        assertThat(meter.progress().total()).hasValue(3000);
    }

    @Test
    void tells_why_there_is_a_pause_until_it_is_over() {
        meter.pause("the server is busy");
        assertThat(meter.progress().activity()).isEqualTo(Activity.PAUSED);
        assertThat(meter.progress().note()).contains("the server is busy");
        meter.enter(Activity.TRANSFERRING);
        assertThat(meter.progress().note()).isEmpty();
    }

    @Test
    void has_no_speed_while_a_checksum_is_computed() {
        meter.begin(0, OptionalLong.of(100_000));
        meter.enter(Activity.CHECKING);
        meter.reached(0);
        pass(1000);
        meter.reached(50_000);
        assertThat(meter.progress().bytesPerSecond()).isZero();
    }
}
