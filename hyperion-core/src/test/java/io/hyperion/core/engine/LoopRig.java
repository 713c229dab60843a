package io.hyperion.core.engine;

import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelFigures;
import io.hyperion.core.llama.LlamaContext;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.LlamaModel;
import io.hyperion.core.llama.Pieces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A model whose batch loop a test turns by hand: what happens in which step is the test's choice, and the same each time. */
final class LoopRig implements AutoCloseable {
    /** What became of a request. */
    static class Result implements GenerateListener {
        private final StringBuilder pieces = new StringBuilder();
        private boolean started;
        private Optional<GenerateReply> reply = Optional.empty();
        private Optional<HyperionException> error = Optional.empty();

        boolean hasStarted() {
            return started;
        }

        boolean hasEnded() {
            return reply.isPresent() || error.isPresent();
        }

        GenerateReply reply() {
            return reply.orElseThrow();
        }

        HyperionException error() {
            return error.orElseThrow();
        }

        String pieces() {
            return pieces.toString();
        }

        @Override
        public void onStart() {
            if (started) {
                throw new IllegalStateException("A second start");
            }
            started = true;
        }

        @Override
        public void onText(String text) {
            pieces.append(text);
        }

        @Override
        public void onDone(GenerateReply whole) {
            requireNotEnded();
            reply = Optional.of(whole);
        }

        @Override
        public void onError(HyperionException why) {
            requireNotEnded();
            error = Optional.of(why);
        }

        private void requireNotEnded() {
            if (hasEnded()) {
                throw new IllegalStateException("A second end");
            }
        }
    }

    private final LlamaLibrary library;
    private final LlamaModel model;
    private final LlamaContext context;
    private final PinnedPrefixes pinned = new PinnedPrefixes();
    private final RequestQueue queue;
    private final Samplers samplers;
    private final BatchLoop loop;

    LoopRig(Path file, int cells, int slots, int sequences, int batchSize, EngineListener listener) {
        this(file, cells, slots, sequences, batchSize, 10_000, Duration.ZERO, OptionalLong.empty(), listener);
    }

    LoopRig(
            Path file,
            int cells,
            int slots,
            int sequences,
            int batchSize,
            int queueCapacity,
            Duration queueTimeout,
            OptionalLong prefixMemory,
            EngineListener listener) {
        try {
            library = LlamaLibrary.open();
            model = LlamaModel.load(library, file, 0);
            context = model.newContext(new LlamaContext.Settings(cells, sequences, batchSize, 1));
        } catch (LlamaException e) {
            throw new IllegalStateException(e);
        }
        EngineSettings settings =
                new EngineSettings(cells, slots, batchSize, 1, 0, queueCapacity, queueTimeout, prefixMemory, List.of());
        int limit = Math.min(model.trainedContextLength(), context.cells());
        try {
            long bytes = Files.size(file);
            queue = new RequestQueue("rig", settings, InstanceSettings.ONE, listener);
            samplers = new Samplers(library, model.vocabulary(), limit);
            loop = new BatchLoop(
                    "rig",
                    queue,
                    0,
                    model,
                    context,
                    settings.prefixMemory(bytes),
                    bytes,
                    limit,
                    settings,
                    pinned,
                    () -> {},
                    listener);
            queue.add(loop);
        } catch (LlamaException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    int[] tokenize(String text) {
        return model.vocabulary().tokenize(text, true, true);
    }

    Generation submit(int[] tokens, int maxTokens, EngineOptions options, Result result) {
        return submit(tokens, maxTokens, options, Optional.empty(), false, result);
    }

    Generation submitAs(Optional<String> caller, int[] tokens, Result result) {
        return submit(tokens, 2, EngineOptions.DEFAULTS, caller, false, result);
    }

    void pin(int[] tokens, Result result) {
        submit(tokens, 0, EngineOptions.DEFAULTS, Optional.empty(), true, result);
    }

    private Generation submit(
            int[] tokens, int maxTokens, EngineOptions options, Optional<String> caller, boolean pins, Result result) {
        GenerateParameters parameters =
                GenerateParameters.builder().temperature(0).maxTokens(maxTokens).build();
        return queue.submit(
                new EngineRequest(
                        "rig",
                        "",
                        tokens,
                        parameters,
                        options,
                        Optional.empty(),
                        Pieces.of(model.vocabulary()),
                        Optional.empty(),
                        caller,
                        pins),
                samplers,
                result);
    }

    void turn() {
        loop.turn();
    }

    int usedCells() {
        return context.usedCells();
    }

    ModelFigures figures() {
        return queue.figures();
    }

    BatchLoop loop() {
        return loop;
    }

    @Override
    public void close() {
        queue.close();
        // Ends at once, frees what the loop owns.
        loop.run();
        pinned.close();
        context.close();
        model.close();
        library.close();
    }
}
