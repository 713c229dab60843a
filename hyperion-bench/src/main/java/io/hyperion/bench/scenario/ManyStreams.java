package io.hyperion.bench.scenario;

import io.hyperion.bench.load.Completion;
import io.hyperion.bench.load.LoadRequest;
import io.hyperion.bench.load.Target;
import io.hyperion.bench.model.Words;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** B. Streams at once, with prompts of their own: what all of them get together. */
public final class ManyStreams implements Scenario {
    private static final List<Integer> STREAMS = List.of(1, 2, 4, 8, 16);

    @Override
    public String title() {
        return "B. streams at once, 128 in, 128 out each";
    }

    @Override
    public boolean takes(Target target) {
        return true;
    }

    @Override
    public Map<Measure, Double> measure(Target target, Words words) throws IOException, InterruptedException {
        Map<Measure, Double> measures = new LinkedHashMap<>();
        for (int streams : STREAMS) {
            List<Completion> completions = target.complete(
                    Stream.generate(() -> LoadRequest.of(words.text(OneStream.PROMPT_WORDS), OneStream.TOKENS))
                            .limit(streams)
                            .toList());
            OneStream.requireLength(target, completions);
            measures.put(
                    Measure.ratio(streams + (streams == 1 ? " stream" : " streams"), "tokens/s"),
                    tokens(completions) / Times.seconds(begin(completions), end(completions)));
        }
        return measures;
    }

    static double tokens(List<Completion> completions) {
        return completions.stream().mapToInt(Completion::completionTokens).sum();
    }

    static long begin(List<Completion> completions) {
        return completions.stream().mapToLong(Completion::sent).min().orElseThrow();
    }

    static long end(List<Completion> completions) {
        return completions.stream().mapToLong(Completion::ended).max().orElseThrow();
    }
}
