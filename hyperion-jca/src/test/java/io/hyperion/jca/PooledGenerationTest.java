package io.hyperion.jca;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A generation through a pool")
class PooledGenerationTest {
    @Test
    @DisplayName("tells its listener of the waiting, the start and the pieces as the engine does")
    void passesOn() {
        List<Object> heard = new ArrayList<>();
        PooledGeneration generation = new PooledGeneration(
                new GenerateListener() {
                    @Override
                    public void onWaiting(ModelProgress progress) {
                        heard.add(progress);
                    }

                    @Override
                    public void onStart() {
                        heard.add("start");
                    }

                    @Override
                    public void onText(String text) {
                        heard.add(text);
                    }

                    @Override
                    public void onToolCall(GenerateEvent.ToolCallPiece piece) {
                        heard.add(piece);
                    }

                    @Override
                    public void onDone(GenerateReply reply) {
                        throw new AssertionError("It has not ended");
                    }

                    @Override
                    public void onError(HyperionException error) {
                        throw new AssertionError(error);
                    }
                },
                Duration.ZERO);
        ModelProgress progress = ModelProgress.of("m", ModelState.LOADING, OptionalDouble.of(0.5));
        GenerateEvent.ToolCallPiece call = new GenerateEvent.ToolCallPiece(0, 0, "1", "add", "{}");

        generation.onWaiting(progress);
        generation.onStart();
        generation.onPiece(new GenerateEvent.Piece("a"));
        generation.onToolCall(call);

        assertThat(heard).containsExactly(progress, "start", "a", call);
    }
}
