package io.hyperion.core.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.Completion;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.HyperionException;
import io.hyperion.api.Timings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A listener that is told of calls")
class ToolCallListenerTest {
    @Test
    @DisplayName("hears of the end, too, if it throws at what was held back until then")
    void throwsAtTheEnd() {
        List<HyperionException> errors = new ArrayList<>();
        GenerateListener listener = new GenerateListener() {
            @Override
            public void onText(String text) {
                throw new IllegalStateException("no room for " + text);
            }

            @Override
            public void onDone(GenerateReply reply) {
                throw new AssertionError("It has not heard all");
            }

            @Override
            public void onError(HyperionException error) {
                errors.add(error);
            }
        };
        ToolCallListener told = new ToolCallListener(listener, () -> {
            CallSink sink = new CallSink(() -> "id");
            return new ToolCallListener.Reading(new CallParser(ToolForm.HERMES.syntax(), Map.of(), sink), sink);
        });
        told.onText("<tool");
        Completion whole = new Completion("<tool", 1, FinishReason.STOP, Optional.empty(), false, List.of());
        Timings timings = new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO);

        assertThatThrownBy(() -> told.onDone(new GenerateReply("model", "", 1, 0, 0, List.of(whole), timings)))
                .hasMessage("no room for <tool");
        assertThat(errors).hasSize(1);
        assertThat(errors.get(0).code()).isEqualTo(ErrorCode.ENGINE_FAILURE);
        assertThat(errors.get(0)).hasMessageContaining("no room for <tool");
    }
}
