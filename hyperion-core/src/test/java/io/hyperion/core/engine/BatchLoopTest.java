package io.hyperion.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.BusyException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.Generation;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.RequestOutcome;
import io.hyperion.api.SlotInfo;
import io.hyperion.core.gguf.TinyModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The batch loop")
@Timeout(60)
class BatchLoopTest {
    private static final int BATCH = 64;

    private static Path model;

    private final Recorder recorder = new Recorder();

    @BeforeAll
    static void writeModel(@TempDir Path directory) throws IOException {
        model = TinyModel.llama().exact().uint32("llama.context_length", 1024).write(directory.resolve("tiny.gguf"));
    }

    /** Keeps what the engine tells. */
    private static final class Recorder implements EngineListener {
        private final List<StepFigures> steps = new ArrayList<>();
        private final List<RequestFigures> requests = new ArrayList<>();
        private final List<Integer> preempted = new ArrayList<>();
        private final List<Long> released = new ArrayList<>();

        @Override
        public void onStep(StepFigures step) {
            steps.add(step);
        }

        @Override
        public void onPreempted(String name, int slot) {
            preempted.add(slot);
        }

        @Override
        public void onReleased(String name, int slot, long step) {
            released.add(step);
        }

        @Override
        public void onEnded(RequestFigures request) {
            requests.add(request);
        }

        private int promptTokens() {
            return steps.stream().mapToInt(StepFigures::promptTokens).sum();
        }

        private StepFigures last() {
            return steps.get(steps.size() - 1);
        }
    }

    private LoopRig rig(int cells, int slots) {
        return new LoopRig(model, cells, slots, slots + 8, BATCH, recorder);
    }

    /** Tokens that no other number gives. */
    private static int[] prompt(int number, int length) {
        int[] tokens = IntStream.range(0, length)
                .map(i -> 3 + (number * 37 + i * (number + 3)) % 250)
                .toArray();
        tokens[0] = 1;
        tokens[1] = 3 + number;
        return tokens;
    }

    private static LoopRig.Result submit(LoopRig rig, int[] prompt, int maxTokens) {
        return submit(rig, prompt, maxTokens, EngineOptions.DEFAULTS);
    }

    private static LoopRig.Result submit(LoopRig rig, int[] prompt, int maxTokens, EngineOptions options) {
        LoopRig.Result result = new LoopRig.Result();
        rig.submit(prompt, maxTokens, options, result);
        return result;
    }

    private static void finish(LoopRig rig, LoopRig.Result... results) {
        while (!Arrays.stream(results).allMatch(LoopRig.Result::hasEnded)) {
            rig.turn();
        }
    }

    @Test
    @DisplayName("tells what its slots are doing, from their taking to their end")
    void slots() {
        try (LoopRig rig = rig(512, 2)) {
            assertThat(rig.loop().slotInfos())
                    .containsExactly(new SlotInfo(0, Optional.empty()), new SlotInfo(1, Optional.empty()));
            LoopRig.Result one = submit(rig, prompt(1, 100), 5);
            EngineOptions two = new EngineOptions(2, 2, true, false, 0, 0, -1, -1, List.of());
            LoopRig.Result others = submit(rig, prompt(2, 10), 3, two);
            rig.turn();
            // The first prompt is longer than a batch, and the third text has no slot yet.
            assertThat(rig.loop().slotInfos().get(0).work().orElseThrow())
                    .extracting(
                            SlotInfo.Work::promptTokens,
                            SlotInfo.Work::completion,
                            SlotInfo.Work::generatedTokens,
                            SlotInfo.Work::remainingTokens)
                    .containsExactly(100, 0, 0, OptionalInt.of(5));
            SlotInfo.Work second = rig.loop().slotInfos().get(1).work().orElseThrow();
            assertThat(second.promptTokens()).isEqualTo(10);
            assertThat(second.generatedTokens() + second.remainingTokens().orElseThrow())
                    .isEqualTo(3);
            assertThat(second.parameters().maxTokens()).hasValue(3);
            while (!one.hasEnded()) {
                int before = generated(rig);
                rig.turn();
                assertThat(one.hasEnded() || generated(rig) >= before).isTrue();
            }
            finish(rig, others);
            assertThat(rig.loop().slotInfos()).extracting(SlotInfo::work).containsOnly(Optional.empty());
        }
    }

    private static int generated(LoopRig rig) {
        return rig.loop()
                .slotInfos()
                .get(0)
                .work()
                .map(SlotInfo.Work::generatedTokens)
                .orElse(0);
    }

    @Nested
    @DisplayName("while a long prompt comes in")
    class WhileALongPromptComesIn {
        @Test
        @DisplayName("gives every running stream a token in every step, and the rest of the batch to the prompt")
        void neverStallsStreams() {
            try (LoopRig rig = rig(2048, 8)) {
                IntStream.range(0, 4).forEach(i -> submit(rig, prompt(i, 10), 200));
                rig.turn();
                LoopRig.Result late = submit(rig, prompt(9, 500), 5);
                recorder.steps.clear();
                while (late.pieces().isEmpty() && !late.hasEnded()) {
                    rig.turn();
                }
                assertThat(recorder.steps).hasSizeBetween(8, 10);
                assertThat(recorder.steps.subList(0, 8)).allSatisfy(step -> {
                    assertThat(step.generated()).isGreaterThanOrEqualTo(4);
                    assertThat(step.promptTokens()).isLessThanOrEqualTo(BATCH - 4);
                });
                assertThat(recorder.steps.subList(0, 7))
                        .extracting(StepFigures::promptTokens)
                        .containsOnly(BATCH - 4);
            }
        }

        @Test
        @DisplayName("answers a short prompt behind it in the next step, and the long one gets on")
        void shortPromptsPass() {
            try (LoopRig rig = rig(2048, 8)) {
                LoopRig.Result large = submit(rig, prompt(1, 600), 1);
                rig.turn();
                LoopRig.Result small = submit(rig, prompt(2, 20), 1);
                rig.turn();
                assertThat(small.hasEnded()).isTrue();
                assertThat(large.hasEnded()).isFalse();
                // Even if short ones never end, the long one gets its quarter.
                int turns = 0;
                while (!large.hasEnded()) {
                    submit(rig, prompt(3 + turns++ % 50, 60), 1);
                    rig.turn();
                }
                assertThat(turns).isLessThanOrEqualTo(600 / (BATCH / 4) + 1);
            }
        }
    }

    @Nested
    @DisplayName("with prompts that begin alike")
    class WithPromptsThatBeginAlike {
        @Test
        @DisplayName("evaluates the common part once, though all come at the same time")
        void evaluatesOnce() {
            try (LoopRig rig = rig(2048, 8)) {
                LoopRig.Result[] results = IntStream.range(0, 8)
                        .mapToObj(i -> {
                            int[] prompt = Arrays.copyOf(prompt(1, 300), 310);
                            Arrays.fill(prompt, 300, 310, 100 + i);
                            return submit(rig, prompt, 4);
                        })
                        .toArray(LoopRig.Result[]::new);
                finish(rig, results);
                assertThat(recorder.promptTokens()).isEqualTo(300 + 8 * 10);
                assertThat(results[0].reply().cachedTokens()).isZero();
                assertThat(results[7].reply().cachedTokens()).isEqualTo(300);
            }
        }

        @Test
        @DisplayName("evaluates only the new tokens of each turn of a conversation")
        void conversation() {
            try (LoopRig rig = rig(2048, 2)) {
                int[] history = prompt(1, 50);
                for (int turn = 0; turn < 10; turn++) {
                    recorder.steps.clear();
                    LoopRig.Result result = submit(rig, history, 6);
                    finish(rig, result);
                    int cached = result.reply().cachedTokens();
                    assertThat(recorder.promptTokens()).isEqualTo(history.length - cached);
                    if (turn > 0) {
                        // The last generated token was never evaluated: it comes back as part of the prompt.
                        assertThat(history.length - cached).isLessThanOrEqualTo(20 + 1);
                    }
                    int[] answer = rig.tokenize(result.reply().text());
                    int[] next = Arrays.copyOf(history, history.length + 20);
                    for (int i = 0; i < 20; i++) {
                        next[history.length + i] = 3 + (turn * 20 + i * 7) % 250;
                    }
                    assertThat(answer).isNotEmpty();
                    history = next;
                }
            }
        }

        @Test
        @DisplayName("shares nothing with a request that does not want it, in either direction")
        void cachePromptOff() {
            EngineOptions off = new EngineOptions(1, 1, false, false, 0, 0, -1, -1, List.of());
            try (LoopRig rig = rig(2048, 4)) {
                finish(rig, submit(rig, prompt(1, 100), 2));
                LoopRig.Result unshared = submit(rig, prompt(1, 100), 2, off);
                finish(rig, unshared);
                assertThat(unshared.reply().cachedTokens()).isZero();
                finish(rig, submit(rig, prompt(2, 100), 2, off));
                LoopRig.Result after = submit(rig, prompt(2, 100), 2);
                finish(rig, after);
                assertThat(after.reply().cachedTokens()).isLessThan(2);
            }
        }

        @Test
        @DisplayName("takes the begin of a prompt from one that is still generating")
        void fromLive() {
            try (LoopRig rig = rig(2048, 4)) {
                LoopRig.Result first = submit(rig, prompt(1, 60), 100);
                rig.turn();
                rig.turn();
                LoopRig.Result second = submit(rig, prompt(1, 60), 3);
                finish(rig, second);
                assertThat(first.hasEnded()).isFalse();
                assertThat(second.reply().cachedTokens()).isEqualTo(59);
            }
        }
    }

    @Nested
    @DisplayName("with finished sequences that would slow down those at work")
    class WithFinishedSequences {
        @Test
        @DisplayName("parks them outside the cache, and takes them back for a prompt that begins like them")
        void parks() {
            try (LoopRig rig = rig(2048, 4)) {
                LoopRig.Result first = submit(rig, prompt(1, 300), 20);
                finish(rig, first);
                int kept = rig.usedCells();
                LoopRig.Result other = submit(rig, prompt(2, 40), 2);
                rig.turn();
                assertThat(rig.usedCells()).isLessThan(kept);
                finish(rig, other);
                LoopRig.Result again = submit(rig, prompt(1, 300), 20);
                finish(rig, again);
                assertThat(again.reply().cachedTokens()).isEqualTo(299);
                assertThat(again.reply().text()).isEqualTo(first.reply().text());
            }
        }

        @Test
        @DisplayName("takes back as much of them as a prompt begins with")
        void takesPart() {
            String alone;
            int[] half = Arrays.copyOf(prompt(1, 300), 200);
            Arrays.fill(half, 150, 200, 77);
            try (LoopRig rig = rig(2048, 4)) {
                LoopRig.Result result = submit(rig, half, 20);
                finish(rig, result);
                alone = result.reply().text();
            }
            try (LoopRig rig = rig(2048, 4)) {
                finish(rig, submit(rig, prompt(1, 300), 20));
                finish(rig, submit(rig, prompt(2, 40), 2));
                LoopRig.Result part = submit(rig, half, 20);
                finish(rig, part);
                assertThat(part.reply().cachedTokens()).isEqualTo(150);
                assertThat(part.reply().text()).isEqualTo(alone);
            }
        }
    }

    @Nested
    @DisplayName("when cells run short")
    class WhenCellsRunShort {
        @Test
        @DisplayName("lets the youngest wait, and all get the texts that they get alone")
        void preempts() {
            List<String> alone = new ArrayList<>();
            try (LoopRig rig = rig(1024, 1)) {
                for (int i = 0; i < 4; i++) {
                    LoopRig.Result result = submit(rig, prompt(i, 30), 60);
                    finish(rig, result);
                    alone.add(result.reply().text());
                }
            }
            try (LoopRig rig = rig(256, 4)) {
                LoopRig.Result[] results = IntStream.range(0, 4)
                        .mapToObj(i -> submit(rig, prompt(i, 30), 60))
                        .toArray(LoopRig.Result[]::new);
                finish(rig, results);
                assertThat(recorder.preempted).isNotEmpty();
                assertThat(results).extracting(result -> result.reply().text()).containsExactlyElementsOf(alone);
                assertThat(results).extracting(LoopRig.Result::pieces).containsExactlyElementsOf(alone);
                assertThat(results[3].reply().completionTokens()).isEqualTo(60);
            }
        }

        @Test
        @DisplayName("gives up what finished sequences left, the least recently used first")
        void evicts() {
            try (LoopRig rig =
                    new LoopRig(model, 256, 1, 9, BATCH, 10, Duration.ZERO, OptionalLong.of(30_000), recorder)) {
                finish(rig, submit(rig, prompt(1, 100), 1));
                finish(rig, submit(rig, prompt(2, 100), 1));
                // Used again: number 2 is the oldest from here on.
                finish(rig, submit(rig, prompt(1, 100), 1));
                finish(rig, submit(rig, prompt(3, 100), 1));
                LoopRig.Result kept = submit(rig, prompt(1, 100), 1);
                finish(rig, kept);
                assertThat(kept.reply().cachedTokens()).isEqualTo(99);
                LoopRig.Result evicted = submit(rig, prompt(2, 100), 1);
                finish(rig, evicted);
                assertThat(evicted.reply().cachedTokens()).isLessThan(2);
            }
        }

        @Test
        @DisplayName("ends a sequence alone at the end of the context, or discards its middle where that is wanted")
        void contextShift() {
            EngineOptions shift = new EngineOptions(1, 1, true, true, 20, 0, -1, -1, List.of());
            try (LoopRig rig = rig(128, 2)) {
                LoopRig.Result plain = submit(rig, prompt(1, 100), 300);
                finish(rig, plain);
                assertThat(plain.reply().finishReason()).isEqualTo(FinishReason.LENGTH);
                assertThat(plain.reply().completionTokens()).isEqualTo(28);
                assertThat(plain.reply().completion().truncated()).isFalse();
                LoopRig.Result shifted = submit(rig, prompt(1, 100), 300, shift);
                finish(rig, shifted);
                assertThat(shifted.reply().completionTokens()).isEqualTo(300);
                assertThat(shifted.reply().completion().truncated()).isTrue();
                assertThat(shifted.reply().text()).startsWith(plain.reply().text());
            }
        }

        @Test
        @DisplayName("discards without harm to another that shares the same cells")
        void shiftOfShared() {
            EngineOptions shift = new EngineOptions(1, 1, true, true, 5, 0, -1, -1, List.of());
            String alone;
            try (LoopRig rig = rig(1024, 1)) {
                LoopRig.Result result = submit(rig, prompt(1, 100), 60);
                finish(rig, result);
                alone = result.reply().text();
            }
            Path small = model;
            try (LoopRig rig = new LoopRig(small, 1024, 4, 8, BATCH, recorder)) {
                LoopRig.Result shifting = submit(rig, prompt(1, 1000), 60, shift);
                int[] same = Arrays.copyOf(prompt(1, 1000), 100);
                LoopRig.Result other = submit(rig, same, 60);
                finish(rig, shifting, other);
                assertThat(shifting.reply().completion().truncated()).isTrue();
                assertThat(other.reply().text()).isEqualTo(alone);
            }
        }
    }

    @Nested
    @DisplayName("with more requests than slots")
    class WithMoreRequestsThanSlots {
        @Test
        @DisplayName("lets callers take turns, however many requests each has")
        void callersTakeTurns() {
            List<String> order = new ArrayList<>();
            try (LoopRig rig = rig(512, 1)) {
                for (int i = 0; i < 4; i++) {
                    submitAs(rig, "greedy", i, order);
                }
                submitAs(rig, "modest", 4, order);
                submitAs(rig, "", 5, order);
                while (order.size() < 6) {
                    rig.turn();
                }
                assertThat(order).containsExactly("greedy", "modest", "", "greedy", "greedy", "greedy");
            }
        }

        private static void submitAs(LoopRig rig, String caller, int number, List<String> order) {
            rig.submitAs(Optional.of(caller), prompt(number, 10), new LoopRig.Result() {
                @Override
                public void onStart() {
                    super.onStart();
                    order.add(caller);
                }
            });
        }

        @Test
        @DisplayName("refuses at once what the queue does not hold, and says when to come back")
        void full() {
            try (LoopRig rig = rig(512, 1, 2, Duration.ZERO)) {
                for (int i = 0; i < 3; i++) {
                    submit(rig, prompt(i, 10), 5);
                }
                BusyException busy = catchThrowableOfType(BusyException.class, () -> submit(rig, prompt(4, 10), 5));
                assertThat(busy.code()).isEqualTo(ErrorCode.QUEUE_FULL);
                assertThat(busy.retryAfter().orElseThrow()).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(1));
                assertThat(rig.figures().requests()).containsEntry(RequestOutcome.BUSY, 1L);
            }
        }

        @Test
        @DisplayName("refuses what waited longer than the queue allows")
        void waitedTooLong() {
            try (LoopRig rig = rig(512, 1, 10, Duration.ofNanos(1))) {
                LoopRig.Result served = new LoopRig.Result();
                rig.submit(prompt(0, 10), 100, EngineOptions.DEFAULTS, served);
                LoopRig.Result waiting = submit(rig, prompt(1, 10), 5);
                rig.turn();
                rig.turn();
                assertThat(waiting.error().code()).isEqualTo(ErrorCode.QUEUE_TIMEOUT);
                assertThat(waiting.error().retryAfter().orElseThrow()).isPositive();
            }
        }

        @Test
        @DisplayName("keeps a request for its slot, and lets others pass meanwhile")
        void slots() {
            EngineOptions slotOne = new EngineOptions(1, 1, true, false, 0, 0, 1, -1, List.of());
            try (LoopRig rig = rig(512, 3)) {
                LoopRig.Result first = submit(rig, prompt(0, 10), 20, slotOne);
                rig.turn();
                LoopRig.Result second = submit(rig, prompt(1, 10), 5, slotOne);
                LoopRig.Result third = submit(rig, prompt(2, 10), 5);
                rig.turn();
                assertThat(second.hasStarted()).isFalse();
                assertThat(third.hasStarted()).isTrue();
                finish(rig, first, second, third);
                assertThat(first.reply().slot()).isEqualTo(1);
                assertThat(second.reply().slot()).isEqualTo(1);
                assertThat(third.reply().slot()).isEqualTo(0);
            }
        }

        @Test
        @DisplayName(
                "gives a request the slot that it prefers if that is free, and another one if it is not or does not exist")
        void preferredSlots() {
            EngineOptions preferTwo = new EngineOptions(1, 1, true, false, 0, 0, -1, 2, List.of());
            EngineOptions preferNone = new EngineOptions(1, 1, true, false, 0, 0, -1, 9, List.of());
            try (LoopRig rig = rig(512, 3)) {
                LoopRig.Result first = submit(rig, prompt(0, 10), 20, preferTwo);
                rig.turn();
                LoopRig.Result second = submit(rig, prompt(1, 10), 5, preferTwo);
                LoopRig.Result third = submit(rig, prompt(2, 10), 5, preferNone);
                finish(rig, first, second, third);
                assertThat(first.reply().slot()).isEqualTo(2);
                assertThat(second.reply().slot()).isEqualTo(0);
                assertThat(third.reply().slot()).isEqualTo(1);
            }
        }
    }

    @Nested
    @DisplayName("when a request is cancelled")
    class WhenARequestIsCancelled {
        @Test
        @DisplayName("frees its sequence within one step, and its cells for others")
        void withinOneStep() {
            try (LoopRig rig = rig(256, 1)) {
                LoopRig.Result result = new LoopRig.Result();
                Generation generation = rig.submit(prompt(1, 200), 50, EngineOptions.DEFAULTS, result);
                for (int i = 0; i < 6; i++) {
                    rig.turn();
                }
                long before = recorder.last().number();
                generation.cancel();
                rig.turn();
                assertThat(recorder.released).containsExactly(before);
                assertThat(result.reply().finishReason()).isEqualTo(FinishReason.CANCELLED);
                LoopRig.Result next = submit(rig, prompt(2, 240), 10);
                finish(rig, next);
                assertThat(next.reply().completionTokens()).isEqualTo(10);
            }
        }

        @Test
        @DisplayName("frees all sequences of one that wants several texts")
        void allCompletions() {
            EngineOptions three = new EngineOptions(3, 3, true, false, 0, 0, -1, -1, List.of());
            try (LoopRig rig = rig(512, 2)) {
                LoopRig.Result result = new LoopRig.Result();
                Generation generation = rig.submit(prompt(1, 20), 50, three, result);
                rig.turn();
                rig.turn();
                generation.cancel();
                rig.turn();
                assertThat(result.reply().completions()).hasSize(3).allSatisfy(completion -> assertThat(
                                completion.finishReason())
                        .isEqualTo(FinishReason.CANCELLED));
                assertThat(rig.figures().busySequences()).isZero();
                assertThat(rig.figures().queued()).isZero();
            }
        }
    }

    @Nested
    @DisplayName("with several completions of one prompt")
    class WithSeveralCompletions {
        @Test
        @DisplayName("evaluates the prompt once")
        void shareThePrompt() {
            EngineOptions four = new EngineOptions(4, 4, false, false, 0, 0, -1, -1, List.of());
            try (LoopRig rig = rig(512, 4)) {
                LoopRig.Result result = submit(rig, prompt(1, 50), 8, four);
                finish(rig, result);
                assertThat(result.reply().completions()).hasSize(4);
                assertThat(result.reply().completions())
                        .extracting(completion -> completion.text())
                        .containsOnly(result.reply().text());
                assertThat(recorder.promptTokens()).isEqualTo(50 + 3);
                assertThat(result.reply().cachedTokens()).isZero();
                assertThat(result.reply().completionTokens()).isEqualTo(32);
            }
        }
    }

    @Test
    @DisplayName("counts what it does")
    void figures() {
        try (LoopRig rig = rig(512, 2)) {
            finish(rig, submit(rig, prompt(1, 50), 8));
            finish(rig, submit(rig, prompt(1, 50), 8));
            ModelFigures figures = rig.figures();
            assertThat(figures.requests()).containsEntry(RequestOutcome.LENGTH, 2L);
            assertThat(figures.promptTokens()).isEqualTo(50 + 1);
            assertThat(figures.cachedTokens()).isEqualTo(49);
            assertThat(figures.completionTokens()).isEqualTo(16);
            assertThat(figures.busySequences()).isZero();
            assertThat(figures.cachedSequences()).isEqualTo(1);
            assertThat(figures.usedCells()).isEqualTo(rig.usedCells()).isEqualTo(57);
            assertThat(figures.steps()).isEqualTo(recorder.steps.size());
            assertThat(recorder.requests).hasSize(2);
            assertThat(figures.plus(figures).completionTokens()).isEqualTo(32);
        }
    }

    private LoopRig rig(int cells, int slots, int queueCapacity, Duration queueTimeout) {
        return new LoopRig(
                model, cells, slots, slots + 8, BATCH, queueCapacity, queueTimeout, OptionalLong.empty(), recorder);
    }
}
