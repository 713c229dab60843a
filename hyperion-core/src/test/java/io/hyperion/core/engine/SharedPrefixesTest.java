package io.hyperion.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Generation;
import io.hyperion.core.gguf.TinyModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Prompts that begin alike")
class SharedPrefixesTest {
    private static final EngineOptions ALONE = new EngineOptions(1, 1, false, false, 0, 0, -1, -1, List.of());

    private static Path model;

    @BeforeAll
    static void writeModel(@TempDir Path directory) throws IOException {
        model = TinyModel.llama().exact().uint32("llama.context_length", 256).write(directory.resolve("tiny.gguf"));
    }

    private record Run(int[] prompt, int maxTokens, LoopRig.Result result, Generation generation) {}

    /** What happened, so that the test can tell that it happened. */
    private static final class Counts implements EngineListener {
        private int preempted;
        private int admitted;
        private int released;

        @Override
        public void onAdmitted(String name, int slot, long step) {
            admitted++;
        }

        @Override
        public void onPreempted(String name, int slot) {
            preempted++;
        }

        @Override
        public void onReleased(String name, int slot, long step) {
            released++;
        }
    }

    @Test
    @DisplayName(
            "never see each other's tokens, in thousands of random orders of admission, sharing, pinning, cancel, eviction and end")
    void randomInterleavings() {
        Map<List<Integer>, String> alone = new HashMap<>();
        int shared = 0;
        int pinned = 0;
        int cancelled = 0;
        int finished = 0;
        int preempted = 0;
        try (LoopRig lonely = new LoopRig(model, 512, 1, 1, 64, EngineListener.NONE)) {
            for (int seed = 0; seed < 30; seed++) {
                Random random = new Random(seed);
                Counts counts = new Counts();
                int cells = 128 + 64 * random.nextInt(5);
                int slots = 1 + random.nextInt(6);
                int sequences = slots + random.nextInt(5);
                try (LoopRig rig = new LoopRig(model, cells, slots, sequences, 8 << random.nextInt(4), counts)) {
                    List<Run> runs = new ArrayList<>();
                    List<LoopRig.Result> pins = new ArrayList<>();
                    List<int[]> prompts = prompts(random);
                    for (int action = 0; action < 250; action++) {
                        int choice = random.nextInt(100);
                        if (choice < 18) {
                            runs.add(submit(rig, prompts.get(random.nextInt(prompts.size())), random));
                        } else if (choice == 18) {
                            LoopRig.Result pin = new LoopRig.Result();
                            rig.pin(prompts.get(random.nextInt(prompts.size())), pin);
                            pins.add(pin);
                        } else if (choice < 23 && !runs.isEmpty()) {
                            runs.get(random.nextInt(runs.size())).generation().cancel();
                        } else {
                            rig.turn();
                        }
                    }
                    for (int turn = 0;
                            Stream.concat(runs.stream().map(Run::result), pins.stream())
                                    .anyMatch(result -> !result.hasEnded());
                            turn++) {
                        assertThat(turn).as("turns until all have ended").isLessThan(20_000);
                        rig.turn();
                    }
                    for (Run run : runs) {
                        GenerateReply reply = run.result().reply();
                        String expected = alone.computeIfAbsent(key(run), unknown -> alone(lonely, run));
                        assertThat(run.result().pieces())
                                .isEqualTo(
                                        reply.completions().size() == 1
                                                ? reply.text()
                                                : run.result().pieces());
                        reply.completions().forEach(completion -> {
                            if (completion.finishReason() == FinishReason.CANCELLED) {
                                // The last character may have been cut.
                                assertThat(expected)
                                        .startsWith(completion.text().replaceAll("\uFFFD+$", ""));
                            } else {
                                assertThat(completion.text()).isEqualTo(expected);
                            }
                        });
                        shared += reply.cachedTokens();
                        cancelled += reply.finishReason() == FinishReason.CANCELLED ? 1 : 0;
                        finished += reply.finishReason() == FinishReason.CANCELLED ? 0 : 1;
                    }
                    pinned += (int) pins.stream()
                            .filter(pin -> pin.reply().text().isEmpty())
                            .count();
                    preempted += counts.preempted;
                    assertThat(counts.released + counts.preempted).isEqualTo(counts.admitted);
                }
            }
        }
        assertThat(pinned).isGreaterThan(50);
        assertThat(shared).isGreaterThan(10_000);
        assertThat(cancelled).isGreaterThan(100);
        assertThat(finished).isGreaterThan(1000);
        assertThat(preempted).isGreaterThan(50);
    }

    /** Prompts that have much in common: each goes on from a random place in one before. */
    private static List<int[]> prompts(Random random) {
        List<int[]> prompts = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            int[] stem = prompts.isEmpty() ? new int[] {1} : prompts.get(random.nextInt(prompts.size()));
            int kept = 1 + random.nextInt(stem.length);
            int[] prompt = Arrays.copyOf(stem, Math.min(110, kept + 1 + random.nextInt(60)));
            for (int at = kept; at < prompt.length; at++) {
                prompt[at] = 3 + random.nextInt(250);
            }
            prompts.add(prompt);
        }
        return prompts;
    }

    private static Run submit(LoopRig rig, int[] prompt, Random random) {
        int completions = random.nextInt(8) == 0 ? 1 + random.nextInt(3) : 1;
        EngineOptions options =
                new EngineOptions(completions, completions, random.nextInt(10) > 0, false, 0, 0, -1, -1, List.of());
        int maxTokens = random.nextInt(25);
        LoopRig.Result result = new LoopRig.Result();
        return new Run(prompt, maxTokens, result, rig.submit(prompt, maxTokens, options, result));
    }

    private static List<Integer> key(Run run) {
        List<Integer> key = new ArrayList<>(Arrays.stream(run.prompt()).boxed().toList());
        key.add(run.maxTokens());
        return key;
    }

    private static String alone(LoopRig rig, Run run) {
        LoopRig.Result result = new LoopRig.Result();
        rig.submit(run.prompt(), run.maxTokens(), ALONE, result);
        while (!result.hasEnded()) {
            rig.turn();
        }
        assertThat(rig.usedCells()).isZero();
        return result.reply().text();
    }
}
