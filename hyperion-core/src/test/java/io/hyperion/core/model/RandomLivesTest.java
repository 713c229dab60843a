package io.hyperion.core.model;

import static io.hyperion.core.model.CatalogRig.brief;
import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelState;
import io.hyperion.core.gguf.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Models of which half have room, used and moved by many at random")
@Timeout(120)
class RandomLivesTest {
    private static final List<String> MODELS = List.of("a", "b", "c", "d");
    private static final int THREADS = 6;
    private static final int DEEDS = 40;

    /** What may be told: somebody has unloaded the model, or pinned others so that there is no room for it. */
    private static final Set<ErrorCode> EXPECTED = Set.of(ErrorCode.SHUTTING_DOWN, ErrorCode.MEMORY_EXCEEDED);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @DisplayName("answer everybody, stay within the limit, and leave nothing behind")
    void random(long seed, @TempDir Path directory) throws Exception {
        Path file = TinyModel.llama().uint32("llama.context_length", 2048).write(directory.resolve("text.gguf"));
        Map<String, String> keys = new HashMap<>();
        for (String model : MODELS) {
            keys.put("hyperion.models." + model + ".path", file.toString());
            keys.put("hyperion.models." + model + ".slots", "2");
            keys.put("hyperion.models." + model + ".max-instances", "2");
        }
        keys.put("hyperion.models.d.idle-timeout", "PT0S");
        long size;
        try (CatalogRig rig = new CatalogRig(keys)) {
            size = rig.info("a").memory().orElseThrow().total(1)
                    + rig.catalog
                            .find(Optional.of("a"))
                            .life()
                            .view()
                            .facts()
                            .orElseThrow()
                            .parkedBytes();
        }
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (CatalogRig rig = new CatalogRig(keys, 2 * size + size / 2)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Random random = new Random(seed * 100 + i);
                all.add(threads.submit(() -> {
                    for (int deed = 0; deed < DEEDS; deed++) {
                        tolerant(() -> act(rig, random));
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get(100, TimeUnit.SECONDS);
            }
            for (String model : MODELS) {
                rig.administration.pin(model, false);
            }
            for (String model : MODELS) {
                assertThat(rig.generate(brief(model)).reply.join().completionTokens())
                        .isEqualTo(3);
            }
            for (String model : MODELS) {
                assertThat(rig.administration.unload(model).join().state()).isEqualTo(ModelState.READY);
                assertThat(rig.info(model).life().activeRequests()).isZero();
            }
            assertThat(rig.budget.reserved("CPU")).isZero();
        } finally {
            threads.shutdownNow();
        }
    }

    private static void act(CatalogRig rig, Random random) {
        String model = MODELS.get(random.nextInt(MODELS.size()));
        switch (random.nextInt(12)) {
            case 0 -> rig.administration.load(model, progress -> {}).join();
            case 1 -> rig.administration.unload(model).join();
            case 2 -> rig.administration.pin(model, true);
            case 3, 4 -> MODELS.forEach(one -> rig.administration.pin(one, false));
            case 5 ->
                rig.catalog
                        .find(Optional.of(model))
                        .detokenize(new DetokenizeRequest(Optional.of(model), List.of(100)));
            case 6 -> {
                CompletableFuture<ModelInfo> load = rig.administration.load(model, progress -> {});
                load.cancel(false);
            }
            case 7, 8 -> {
                CatalogRig.Ear ear = rig.generate(brief(model));
                if (random.nextBoolean()) {
                    Thread.yield();
                }
                ear.cancel();
                ear.reply.join();
            }
            case 9 -> {
                List<CatalogRig.Ear> several = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    several.add(rig.generate(brief(model)));
                }
                several.forEach(ear -> ear.reply.join());
            }
            default -> rig.generate(brief(model)).reply.join();
        }
    }

    private static void tolerant(Runnable deed) {
        try {
            deed.run();
        } catch (HyperionException e) {
            assertThat(EXPECTED).as(e.getMessage()).contains(e.code());
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(HyperionException.class);
            assertThat(EXPECTED).as(e.getMessage()).contains(((HyperionException) e.getCause()).code());
        }
    }
}
