package io.hyperion.bench.scenario;

import io.hyperion.api.Message;
import io.hyperion.api.Prompt;
import io.hyperion.bench.load.Completion;
import io.hyperion.bench.load.LoadRequest;
import io.hyperion.bench.load.StreamingTarget;
import io.hyperion.bench.load.Target;
import io.hyperion.bench.model.Words;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** C. Clients that ask one question after the other, all with the same long system prompt, which is new for each measurement. */
public final class SharedPrompt implements Scenario {
    private static final int CLIENTS = 16;
    private static final int REQUESTS = 48;
    private static final int SYSTEM_WORDS = 400;
    private static final int QUESTION_WORDS = 30;
    private static final int TOKENS = 32;

    @Override
    public String title() {
        return "C. 16 clients, 48 requests, one system prompt of 400 words, questions of 30, 32 tokens out";
    }

    @Override
    public boolean takes(Target target) {
        return target instanceof StreamingTarget;
    }

    @Override
    public Map<Measure, Double> measure(Target target, Words words) throws IOException, InterruptedException {
        Message system = Message.system(words.text(SYSTEM_WORDS));
        Queue<LoadRequest> waiting = new ConcurrentLinkedQueue<>(
                Stream.generate(() -> List.of(system, Message.user(words.text(QUESTION_WORDS))))
                        .limit(REQUESTS)
                        .map(messages -> new LoadRequest(new Prompt.Chat(messages), TOKENS))
                        .toList());
        Queue<Completion> done = new ConcurrentLinkedQueue<>();
        // Not in the target's own threads, which must not be held up; and in one, as a target takes requests from one.
        ExecutorService sender = Executors.newSingleThreadExecutor();
        try {
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(CompletableFuture.completedFuture(null)
                        .thenComposeAsync(ignored -> ask((StreamingTarget) target, waiting, done, sender), sender));
            }
            StreamingTarget.await(CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)));
        } finally {
            sender.shutdown();
        }
        List<Completion> completions = List.copyOf(done);
        Map<Measure, Double> measures = new LinkedHashMap<>();
        measures.put(
                Measure.ratio("all requests", "requests/s"),
                completions.size() / Times.seconds(ManyStreams.begin(completions), ManyStreams.end(completions)));
        measures.put(
                Measure.ratio("median time to first token", "ms"),
                Statistics.median(completions.stream()
                        .map(completion -> Times.millis(completion.toFirst()))
                        .toList()));
        return measures;
    }

    private static CompletableFuture<Void> ask(
            StreamingTarget target, Queue<LoadRequest> waiting, Queue<Completion> done, ExecutorService sender) {
        LoadRequest next = waiting.poll();
        if (next == null) {
            return CompletableFuture.completedFuture(null);
        }
        return target.send(next, pieces -> {})
                .thenAccept(done::add)
                .thenComposeAsync(ignored -> ask(target, waiting, done, sender), sender);
    }
}
