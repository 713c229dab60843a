package io.hyperion.core.llama;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.core.gguf.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Contexts that evaluate at the same time")
class SeveralContextsTest {
    private static final int TOKENS = 64;
    private static final int ROUNDS = 300;

    @Test
    @Timeout(60)
    @DisplayName("give the very logits and vectors that each gives alone")
    void sameAsAlone(@TempDir Path directory) throws Exception {
        try (LlamaLibrary library = LlamaLibrary.open();
                LlamaModel first = load(library, TinyModel.llama(1), directory.resolve("first.gguf"));
                LlamaModel second = load(library, TinyModel.llama(2), directory.resolve("second.gguf"));
                LlamaModel third = load(library, TinyModel.bert(), directory.resolve("third.gguf"));
                LlamaContext one = first.newContext(new LlamaContext.Settings(128, 1, TOKENS, 1));
                LlamaContext two = second.newContext(new LlamaContext.Settings(128, 1, TOKENS, 1));
                EmbeddingContext vectors =
                        third.newEmbeddingContext(new EmbeddingContext.Settings(TOKENS, 1, 1, Pooling.MEAN, true))) {
            List<Callable<float[]>> evaluations = List.of(() -> logits(one), () -> logits(two), () -> vector(vectors));
            List<float[]> alone = new ArrayList<>();
            for (Callable<float[]> evaluation : evaluations) {
                alone.add(evaluation.call());
            }
            ExecutorService threads = Executors.newFixedThreadPool(evaluations.size());
            try {
                List<Future<Integer>> different = new ArrayList<>();
                for (int i = 0; i < evaluations.size(); i++) {
                    Callable<float[]> evaluation = evaluations.get(i);
                    float[] expected = alone.get(i);
                    different.add(threads.submit(() -> different(evaluation, expected)));
                }
                for (Future<Integer> each : different) {
                    assertThat(each.get(50, SECONDS))
                            .as("results other than alone")
                            .isZero();
                }
            } finally {
                threads.shutdown();
                assertThat(threads.awaitTermination(50, SECONDS)).isTrue();
            }
        }
    }

    private static LlamaModel load(LlamaLibrary library, TinyModel model, Path file) throws LlamaException {
        return LlamaModel.load(library, model.write(file), 0);
    }

    private static int different(Callable<float[]> evaluation, float[] expected) throws Exception {
        int different = 0;
        for (int round = 0; round < ROUNDS; round++) {
            if (!Arrays.equals(evaluation.call(), expected)) {
                different++;
            }
        }
        return different;
    }

    private static float[] logits(LlamaContext context) throws LlamaException {
        context.clear();
        try (Batch batch = context.newBatch()) {
            int last = 0;
            for (int i = 0; i < TOKENS; i++) {
                last = batch.add(3 + i, i, 0, i == TOKENS - 1);
            }
            assertThat(context.decode(batch)).isEqualTo(LlamaContext.Outcome.DONE);
            return context.logits(last).values().clone();
        }
    }

    private static float[] vector(EmbeddingContext context) throws LlamaException {
        try (Batch batch = context.newBatch()) {
            for (int i = 0; i < TOKENS; i++) {
                batch.add(5 + i, i, 0, true);
            }
            context.evaluate(batch);
            return context.ofSequence(0);
        }
    }
}
