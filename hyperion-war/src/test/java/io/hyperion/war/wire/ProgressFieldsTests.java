package io.hyperion.war.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("How far a model is")
class ProgressFieldsTests {
    private static final ModelProgress DOWNLOADING = new ModelProgress(
            "m",
            ModelState.DOWNLOADING,
            OptionalDouble.of(0.129),
            129,
            OptionalLong.of(1000),
            3_449_999,
            Optional.of(Duration.ofMillis(2500)));

    private static final ModelProgress UNKNOWN = ModelProgress.of("m", ModelState.LOADING, OptionalDouble.empty());

    @Test
    @DisplayName("is told with all that is known, and without what is not")
    void fields() {
        assertThat(ProgressFields.of(DOWNLOADING))
                .hasToString("{\"model\":\"m\",\"state\":\"downloading\",\"fraction\":0.129,\"bytes\":129,"
                        + "\"total_bytes\":1000,\"bytes_per_second\":3449999,\"remaining_seconds\":2.5}");
        assertThat(ProgressFields.of(UNKNOWN))
                .hasToString("{\"model\":\"m\",\"state\":\"loading\",\"bytes\":0,\"bytes_per_second\":0}");
    }

    @Test
    @DisplayName("is told in words that fit on a line")
    void words() {
        assertThat(ProgressFields.inWords(DOWNLOADING)).isEqualTo("downloading 12 %, 3.4 MB/s, 2 s left");
        assertThat(ProgressFields.inWords(UNKNOWN)).isEqualTo("loading");
        assertThat(ProgressFields.inWords(new ModelProgress(
                        "m",
                        ModelState.DOWNLOADING,
                        OptionalDouble.empty(),
                        1,
                        OptionalLong.empty(),
                        999,
                        Optional.empty())))
                .isEqualTo("downloading, 999 B/s");
    }
}
