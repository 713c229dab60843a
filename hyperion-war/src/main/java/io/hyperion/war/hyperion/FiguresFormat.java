package io.hyperion.war.hyperion;

import io.hyperion.api.ModelFigures;
import io.hyperion.api.RequestOutcome;
import io.hyperion.war.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Duration;
import java.util.Locale;

/** How the figures of a model are told. */
final class FiguresFormat {
    private FiguresFormat() {}

    static JsonObject one(ModelFigures figures) {
        JsonObjectBuilder requests = Json.object();
        for (RequestOutcome outcome : RequestOutcome.values()) {
            requests.add(
                    outcome.name().toLowerCase(Locale.ROOT), figures.requests().getOrDefault(outcome, 0L));
        }
        return Json.object()
                .add("requests", requests)
                .add("queued", figures.queued())
                .add("busy_sequences", figures.busySequences())
                .add("slots", figures.slots())
                .add("cached_sequences", figures.cachedSequences())
                .add("used_cells", figures.usedCells())
                .add("cells", figures.cells())
                .add("prompt_tokens", figures.promptTokens())
                .add("cached_tokens", figures.cachedTokens())
                .add("completion_tokens", figures.completionTokens())
                .add("prompt_seconds", seconds(figures.promptTime()))
                .add("generation_seconds", seconds(figures.generationTime()))
                .add("steps", figures.steps())
                .add("step_seconds", seconds(figures.stepTime()))
                .add("step_sequences", figures.stepSequences())
                .build();
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
