package io.hyperion.bench.scenario;

import io.hyperion.api.Message;
import io.hyperion.api.Prompt;
import io.hyperion.bench.load.Completion;
import io.hyperion.bench.load.HttpTarget;
import io.hyperion.bench.load.InProcessTarget;
import io.hyperion.bench.load.LoadRequest;
import io.hyperion.bench.load.Target;
import io.hyperion.bench.model.Words;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * E. A conversation of ten turns, each sent with all before it. New tokens of a turn are those after the prompt and the completion of the
 * turn before.
 */
public final class Conversation implements Scenario {
    private static final int TURNS = 10;
    private static final int SYSTEM_WORDS = 60;
    private static final int QUESTION_WORDS = 20;
    private static final int TOKENS = 32;

    @Override
    public String title() {
        return "E. conversation of 10 turns, 20 words in, 32 tokens out";
    }

    @Override
    public boolean takes(Target target) {
        return target instanceof HttpTarget || target instanceof InProcessTarget;
    }

    @Override
    public Map<Measure, Double> measure(Target target, Words words) throws IOException, InterruptedException {
        List<Message> messages = new ArrayList<>(List.of(Message.system(words.text(SYSTEM_WORDS))));
        Map<Measure, Double> measures = new LinkedHashMap<>();
        int known = 0;
        int prompts = 0;
        int allNew = 0;
        int allEvaluated = 0;
        long toFirst = 0;
        for (int turn = 1; turn <= TURNS; turn++) {
            messages.add(Message.user(words.text(QUESTION_WORDS)));
            Completion completion = target.complete(List.of(new LoadRequest(new Prompt.Chat(messages), TOKENS)))
                    .get(0);
            int evaluated = completion
                    .evaluatedTokens()
                    .orElseThrow(() -> new IOException(target.name() + " does not tell timings.prompt_n"));
            int newTokens = completion.promptTokens() - known;
            measures.put(
                    Measure.difference("turn " + turn + ", evaluated beyond the new", "tokens"),
                    (double) evaluated - newTokens);
            known = completion.promptTokens() + completion.completionTokens();
            prompts += completion.promptTokens();
            allNew += newTokens;
            allEvaluated += evaluated;
            toFirst = completion.toFirst();
            messages.add(Message.assistant(completion.text()));
        }
        measures.put(Measure.difference("all prompts", "tokens"), (double) prompts);
        measures.put(Measure.difference("all new of them", "tokens"), (double) allNew);
        measures.put(Measure.difference("all evaluated", "tokens"), (double) allEvaluated);
        measures.put(Measure.ratio("time to first token of the last turn", "ms"), Times.millis(toFirst));
        return measures;
    }
}
