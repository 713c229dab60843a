package io.hyperion.bench.scenario;

import io.hyperion.bench.load.Completion;
import io.hyperion.bench.load.LoadRequest;
import io.hyperion.bench.load.Target;
import io.hyperion.bench.model.Words;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * What a target costs by itself: the time of a token while four streams generate, of which the bare loop's is llama.cpp's share. For a
 * model so small that it shows. The time until the first token is left out, since targets may take prompts from a cache.
 */
public final class OwnCost implements Scenario {
    private static final int STREAMS = 4;
    private static final int TOKENS = 200;
    private static final int ROUNDS = 10;

    /** One to which the demo model says much. */
    private static final String PROMPT = "<|im_start|>user\nCount to 20.<|im_end|>\n<|im_start|>assistant\n";

    @Override
    public String title() {
        return "own cost, 4 streams";
    }

    @Override
    public boolean takes(Target target) {
        return true;
    }

    @Override
    public Map<Measure, Double> measure(Target target, Words words) throws IOException, InterruptedException {
        List<LoadRequest> requests = Collections.nCopies(STREAMS, LoadRequest.of(PROMPT, TOKENS));
        long nanos = 0;
        double tokens = 0;
        for (int i = 0; i < ROUNDS; i++) {
            List<Completion> completions = target.complete(requests);
            long begin = completions.stream()
                    .mapToLong(completion -> completion.arrivals().get(0))
                    .min()
                    .orElseThrow();
            nanos += ManyStreams.end(completions) - begin;
            tokens += ManyStreams.tokens(completions) - STREAMS;
        }
        return Map.of(Measure.difference("a token, after the first", "µs"), Times.micros(nanos) / tokens);
    }
}
