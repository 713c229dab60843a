package io.hyperion.bench.scenario;

import io.hyperion.bench.load.Completion;
import io.hyperion.bench.load.LoadRequest;
import io.hyperion.bench.load.Target;
import io.hyperion.bench.model.Words;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A. One stream, 128 tokens in and 128 out. */
public final class OneStream implements Scenario {
    static final int PROMPT_WORDS = 127;
    static final int TOKENS = 128;

    @Override
    public String title() {
        return "A. one stream, 128 in, 128 out";
    }

    @Override
    public boolean takes(Target target) {
        return true;
    }

    @Override
    public Map<Measure, Double> measure(Target target, Words words) throws IOException, InterruptedException {
        Completion completion = target.complete(List.of(LoadRequest.of(words.text(PROMPT_WORDS), TOKENS)))
                .get(0);
        requireLength(target, List.of(completion));
        Map<Measure, Double> measures = new LinkedHashMap<>();
        measures.put(
                Measure.ratio("prompt and completion", "tokens/s"),
                completion.completionTokens() / Times.seconds(completion.sent(), completion.ended()));
        measures.put(
                Measure.ratio("completion alone", "tokens/s"),
                (completion.completionTokens() - 1)
                        / Times.seconds(completion.arrivals().get(0), completion.ended()));
        measures.put(Measure.ratio("time to first token", "ms"), Times.millis(completion.toFirst()));
        return measures;
    }

    /** Speeds of completions of other lengths are not those that the report says. */
    static void requireLength(Target target, List<Completion> completions) throws IOException {
        for (Completion completion : completions) {
            if (completion.completionTokens() != TOKENS) {
                throw new IOException(target.name() + " ended a completion after " + completion.completionTokens()
                        + " tokens of " + TOKENS + ": measure with a model that does not end by itself");
            }
        }
    }
}
