package io.hyperion.core.engine;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.HyperionException;
import io.hyperion.core.gguf.GgufFile;
import io.hyperion.core.gguf.GgufFingerprint;
import io.hyperion.core.gguf.ModelFileValidator;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.LoadProgress;
import io.hyperion.core.sequence.SequenceStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** A small model with its loop at work, for tests of what requests get. */
final class LoadedModelRig implements AutoCloseable {
    /** How many requests may wait. */
    static final int QUEUE = 1000;

    /** What became of a request. */
    static final class Result implements GenerateListener {
        final List<GenerateEvent.Piece> pieces = new CopyOnWriteArrayList<>();
        final CompletableFuture<GenerateReply> reply = new CompletableFuture<>();

        @Override
        public void onPiece(GenerateEvent.Piece piece) {
            pieces.add(piece);
        }

        @Override
        public void onText(String text) {
            throw new IllegalStateException("Pieces are heard of");
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

    private final LlamaLibrary library;
    private final LoadedModel model;

    LoadedModelRig(TinyModel tiny, Path directory, int cells, int slots) {
        this(tiny, directory, cells, slots, EngineListener.NONE);
    }

    LoadedModelRig(TinyModel tiny, Path directory, int cells, int slots, EngineListener listener) {
        this(tiny, directory, cells, slots, InstanceSettings.ONE, listener);
    }

    LoadedModelRig(
            TinyModel tiny, Path directory, int cells, int slots, InstanceSettings instances, EngineListener listener) {
        this(tiny, directory, cells, slots, instances, Optional.empty(), listener);
    }

    LoadedModelRig(
            TinyModel tiny,
            Path directory,
            int cells,
            int slots,
            InstanceSettings instances,
            Optional<Path> savedSlots,
            EngineListener listener) {
        try {
            Path path = tiny.write(directory.resolve("tiny.gguf"));
            GgufFile file = GgufFile.read(path);
            ModelFileValidator.validate(file);
            library = LlamaLibrary.open();
            EngineSettings settings =
                    new EngineSettings(cells, slots, 64, 1, 0, QUEUE, Duration.ZERO, OptionalLong.empty(), List.of());
            SequenceStore store = new SequenceStore("tiny", savedSlots, GgufFingerprint.of(List.of(file)));
            model = LoadedModel.load(
                    library, "tiny", path, cells, settings, instances, store, listener, LoadProgress.NONE);
        } catch (IOException | LlamaException e) {
            throw new IllegalStateException(e);
        }
    }

    LoadedModel model() {
        return model;
    }

    Result submit(ModelRequest request) {
        Result result = new Result();
        model.submit(request, result);
        return result;
    }

    static GenerateReply await(Result result) {
        try {
            return result.reply.get(30, SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HyperionException error) {
                throw error;
            }
            throw new IllegalStateException(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    GenerateReply generate(ModelRequest request) {
        return await(submit(request));
    }

    @Override
    public void close() {
        model.close();
        library.close();
    }
}
