package io.hyperion.bench.scenario;

import io.hyperion.bench.load.BareLoop;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * D. Eight streams generate when a prompt of 2 000 tokens arrives, and right behind it a short one. For the bare loop the pause is what
 * it may be: twice the time of a step of 512 tokens.
 */
public final class LongPrompt implements Scenario {
    private static final int STREAMS = 8;
    private static final int PROMPT_WORDS = 31;
    private static final int TOKENS = 128;
    private static final int PIECES_BEFORE = 8;
    private static final int LONG_WORDS = 1_999;
    private static final int SHORT_WORDS = 15;
    private static final long STEP_LIMIT_SECONDS = 300;

    /** How long the short prompt comes after the long one: long enough that a server has seen the long one. */
    private static final long BEHIND_MILLIS = 20;

    private static final Measure PAUSE = Measure.ratio("longest pause of a running stream (bare loop: 2 steps)", "ms");
    private static final Measure LONG = Measure.ratio("time to first token of the long prompt", "ms");
    private static final Measure SHORT = Measure.ratio("time to first token of the short prompt behind it", "ms");

    @Override
    public String title() {
        return "D. 8 streams, then a prompt of 2 000 tokens and a short one";
    }

    @Override
    public boolean takes(Target target) {
        return target instanceof StreamingTarget || target instanceof BareLoop;
    }

    @Override
    public Map<Measure, Double> measure(Target target, Words words) throws IOException, InterruptedException {
        if (target instanceof BareLoop bare) {
            return Map.of(PAUSE, 2 * Times.millis(bare.longestStep(words.text(LONG_WORDS))));
        }
        StreamingTarget streaming = (StreamingTarget) target;
        CountDownLatch generating = new CountDownLatch(STREAMS);
        List<CompletableFuture<Completion>> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            streams.add(streaming.send(LoadRequest.of(words.text(PROMPT_WORDS), TOKENS), pieces -> {
                if (pieces == PIECES_BEFORE) {
                    generating.countDown();
                }
            }));
        }
        if (!generating.await(STEP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException(target.name() + " does not begin all of " + STREAMS + " streams");
        }
        CompletableFuture<Completion> longOne = streaming.send(LoadRequest.of(words.text(LONG_WORDS), 1), pieces -> {});
        TimeUnit.MILLISECONDS.sleep(BEHIND_MILLIS);
        CompletableFuture<Completion> shortOne =
                streaming.send(LoadRequest.of(words.text(SHORT_WORDS), 1), pieces -> {});
        Completion longDone = StreamingTarget.await(longOne);
        Completion shortDone = StreamingTarget.await(shortOne);
        long from = longDone.sent();
        long to = Math.max(longDone.arrivals().get(0), shortDone.arrivals().get(0));
        long longest = 0;
        boolean outlived = false;
        for (CompletableFuture<Completion> stream : streams) {
            Completion running = StreamingTarget.await(stream);
            outlived |= running.ended() > longDone.arrivals().get(0);
            longest = Math.max(longest, running.longestPause(from, to));
        }
        if (!outlived) {
            throw new IOException("All streams of " + target.name() + " ended before the long prompt was evaluated");
        }
        Map<Measure, Double> measures = new LinkedHashMap<>();
        measures.put(PAUSE, Times.millis(longest));
        measures.put(LONG, Times.millis(longDone.toFirst()));
        measures.put(SHORT, Times.millis(shortDone.toFirst()));
        return measures;
    }
}
