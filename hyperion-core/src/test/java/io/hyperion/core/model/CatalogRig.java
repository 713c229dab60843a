package io.hyperion.core.model;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import io.hyperion.api.admin.ModelAdministration;
import io.hyperion.core.download.Downloads;
import io.hyperion.core.engine.EngineListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A catalog whose time and memory are the test's. */
final class CatalogRig implements AutoCloseable {
    final ManualTimer timer = new ManualTimer();
    final ModelCatalog catalog;
    final ModelAdministration administration;
    final MemoryBudget budget;

    /** @param limit how many bytes of memory all models may have together */
    CatalogRig(Map<String, String> keys, long limit) {
        HyperionConfiguration configuration = HyperionConfiguration.of(new TreeMap<>(keys));
        DeviceMemory devices = new DeviceMemory(MemorySettings.DEFAULT);
        budget = new MemoryBudget(device -> limit, timer);
        catalog = new ModelCatalog(
                configuration,
                new CatalogServices(
                        new SharedLibrary(devices),
                        timer,
                        devices,
                        budget,
                        configuration.modelsDirectory().map(path -> new Downloads(path, configuration.download())),
                        EngineListener.NONE));
        administration = new CatalogAdministration(catalog);
    }

    CatalogRig(Map<String, String> keys) {
        this(keys, Long.MAX_VALUE);
    }

    static GenerateRequest brief(String model) {
        return GenerateRequest.builder()
                .model(model)
                .prompt("abc")
                .temperature(0)
                .maxTokens(3)
                .build();
    }

    /** Goes on for far longer than a test may. */
    static GenerateRequest endless(String model) {
        return brief(model).toBuilder()
                .parameters(GenerateParameters.builder()
                        .ignoreEos(true)
                        .contextShift(true)
                        .maxTokens(100_000_000)
                        .build())
                .build();
    }

    Ear generate(GenerateRequest request) {
        Ear ear = new Ear();
        ear.generation.complete(catalog.find(request.model()).submit(request, ear));
        return ear;
    }

    ModelInfo info(String model) {
        return catalog.info(catalog.find(Optional.of(model)));
    }

    ModelState state(String model) {
        return info(model).state();
    }

    void await(String model, ModelState state) {
        await(() -> state(model) == state, () -> "The model " + model + " is " + info(model));
    }

    void await(String model, Predicate<ModelInfo> condition) {
        await(() -> condition.test(info(model)), () -> "The model " + model + " is " + info(model));
    }

    static void await(BooleanSupplier condition, Supplier<String> otherwise) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(otherwise.get());
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        catalog.close();
    }

    /** Keeps what it hears of a generation. */
    static class Ear implements GenerateListener {
        final List<ModelProgress> waiting = new CopyOnWriteArrayList<>();
        final CountDownLatch firstPiece = new CountDownLatch(1);
        final CompletableFuture<GenerateReply> reply = new CompletableFuture<>();
        final CompletableFuture<Generation> generation = new CompletableFuture<>();

        List<ModelState> states() {
            return waiting.stream().map(ModelProgress::state).distinct().toList();
        }

        void awaitText() throws InterruptedException {
            if (!firstPiece.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("No text: " + reply);
            }
        }

        void cancel() {
            generation.join().cancel();
        }

        /** {@return the code of the error that it ended with} */
        ErrorCode code() {
            try {
                throw new AssertionError("It was served: " + reply.join());
            } catch (CompletionException e) {
                return ((HyperionException) e.getCause()).code();
            }
        }

        @Override
        public void onWaiting(ModelProgress progress) {
            waiting.add(progress);
        }

        @Override
        public void onText(String text) {
            firstPiece.countDown();
        }

        @Override
        public void onDone(GenerateReply whole) {
            reply.complete(whole);
        }

        @Override
        public void onError(HyperionException error) {
            reply.completeExceptionally(error);
        }
    }
}
