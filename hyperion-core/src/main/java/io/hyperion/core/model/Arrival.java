package io.hyperion.core.model;

import io.hyperion.api.HyperionException;
import io.hyperion.api.Message;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import io.hyperion.core.download.Download;
import io.hyperion.core.download.DownloadException;
import io.hyperion.core.download.DownloadProgress;
import io.hyperion.core.engine.EngineThreads;
import io.hyperion.core.engine.InstanceGrant;
import io.hyperion.core.engine.InstanceSettings;
import io.hyperion.core.engine.LoadedEmbedder;
import io.hyperion.core.engine.LoadedModel;
import io.hyperion.core.engine.ModelRequest;
import io.hyperion.core.engine.ServedModel;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.sequence.SequenceStore;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * One way of a model into memory: its files are downloaded if they are not there, examined, and loaded when there is room. Goes it in a
 * thread of its own, one step after the other, and can be ended at any of them. Safe for use by many threads.
 */
final class Arrival {
    private static final System.Logger LOGGER = System.getLogger(Arrival.class.getName());

    private final String name;
    private final ModelFiles files;
    private final ModelFiles.Examined known;
    private final CompletableFuture<Void> before;
    private final CatalogServices services;
    private final ModelLife life;
    private final Thread thread;

    private volatile Supplier<ModelProgress> progress;
    private volatile boolean waitsForRoom;
    private volatile boolean cancelled;

    /** Guards what follows, and the setting of {@link #cancelled}. */
    private final Object lock = new Object();
    /** Ends what the thread waits for. */
    private Runnable ending = () -> {};

    /**
     * @param known what the last examination of the files found
     * @param before completes when the memory of the model is free that had the name before
     */
    Arrival(
            String name,
            ModelFiles files,
            ModelFiles.Examined known,
            CompletableFuture<Void> before,
            CatalogServices services,
            ModelLife life) {
        this.name = name;
        this.files = files;
        this.known = known;
        this.before = before.copy();
        this.services = services;
        this.life = life;
        this.progress = step(known.state() == ModelState.ABSENT ? ModelState.DOWNLOADING : ModelState.LOADING);
        this.thread = EngineThreads.create(this::run, "hyperion-load-" + name);
    }

    void start() {
        thread.start();
    }

    /** {@return whether the thread that asks is the one that it goes in} */
    boolean isOwnThread() {
        return Thread.currentThread() == thread;
    }

    /** {@return how far it is} */
    ModelProgress progress() {
        return progress.get();
    }

    /** {@return whether it waits until other models have left memory} */
    boolean waitsForRoom() {
        return waitsForRoom;
    }

    private Supplier<ModelProgress> step(ModelState state) {
        ModelProgress unknown = ModelProgress.of(name, state, OptionalDouble.empty());
        return () -> unknown;
    }

    /** Ends it, and returns when it has ended. What was begun is undone, but for what is there of the files. */
    void cancel() {
        Runnable end;
        synchronized (lock) {
            cancelled = true;
            end = ending;
        }
        end.run();
        EngineThreads.join(thread);
    }

    private void run() {
        try {
            if (!before.isDone()) {
                progress = step(ModelState.UNLOADING);
                await(before, () -> before.cancel(false));
            }
            boolean ended = false;
            while (!ended) {
                ModelFiles.Examined there = bring();
                ended = !life.filesAreThere(there) || load(there);
            }
        } catch (DownloadException | LlamaException | RuntimeException | Error e) {
            // Errors too, such as those of linking or for want of heap: else those who wait would wait for ever.
            life.failed(e);
        }
    }

    private ModelFiles.Examined bring() throws DownloadException, LlamaException {
        ModelFiles.Examined there = files.examineIfChanged(known);
        if (there.state() == ModelState.ABSENT) {
            SourceSettings from = files.remote().orElseThrow();
            Download download = services.downloads().orElseThrow().begin(from.source(), from.sha256(), from.trusted());
            progress = () -> progress(download.progress());
            await(download.done(), download::cancel);
            there = files.examine();
        }
        if (there.state() == ModelState.ABSENT) {
            throw DownloadException.lasting("it was deleted as soon as it was there");
        }
        return there;
    }

    private ModelProgress progress(DownloadProgress download) {
        OptionalDouble fraction =
                download.total().isPresent() && download.total().getAsLong() > 0
                        ? OptionalDouble.of(Math.min(
                                1, (double) download.bytes() / download.total().getAsLong()))
                        : OptionalDouble.empty();
        return new ModelProgress(
                name,
                ModelState.DOWNLOADING,
                fraction,
                download.bytes(),
                download.total(),
                download.bytesPerSecond(),
                download.remaining());
    }

    /** {@return false if the files are others by now than were examined, which nothing native may see} */
    private boolean load(ModelFiles.Examined there) throws DownloadException, LlamaException {
        ModelSettings settings = there.located().orElseThrow();
        ModelFacts facts = there.facts().orElseThrow();
        progress = step(ModelState.LOADING);
        // Before the memory is counted: only the library knows its devices.
        services.library().get();
        List<MemoryBudget.Reservation> memory = List.of(reserve(settings, facts));
        boolean handedOver = false;
        try {
            // It may have waited for its memory for long.
            if (files.haveChanged(there)) {
                return false;
            }
            ServedModel model = loadAndWarm(settings, facts);
            handedOver = true;
            life.loaded(model, facts, memory);
            return true;
        } finally {
            if (!handedOver) {
                memory.forEach(MemoryBudget.Reservation::close);
            }
        }
    }

    private MemoryBudget.Reservation reserve(ModelSettings settings, ModelFacts facts)
            throws DownloadException, LlamaException {
        String device = services.devices().deviceFor(settings.engine().gpuLayers());
        CompletableFuture<MemoryBudget.Reservation> room =
                services.budget().reserve(life, facts.bytes(instances(settings, facts)), device);
        if (!room.isDone()) {
            progress = step(ModelState.UNLOADING);
            waitsForRoom = true;
            life.lookWhoWaits();
        }
        MemoryBudget.Reservation reserved;
        try {
            reserved = await(room, () -> room.cancel(false));
        } catch (CancellationException e) {
            // It may have been granted in the same moment.
            room.thenAccept(MemoryBudget.Reservation::close);
            throw e;
        } finally {
            waitsForRoom = false;
        }
        progress = step(ModelState.LOADING);
        return reserved;
    }

    private ServedModel loadAndWarm(ModelSettings settings, ModelFacts facts) throws LlamaException {
        long begin = services.timer().nanoTime();
        ServedModel model = open(settings, facts);
        boolean sound = false;
        try {
            evaluate(settings, facts, model);
            sound = true;
        } finally {
            if (!sound) {
                model.close();
            }
        }
        LOGGER.log(
                System.Logger.Level.INFO,
                "Loaded model ''{0}'' in {1} ms: {2}, {3} threads",
                name,
                (services.timer().nanoTime() - begin) / 1_000_000,
                model.summary(),
                settings.engine().threads());
        return model;
    }

    /** What requests are said to begin with is evaluated before the first of them. */
    private void evaluate(ModelSettings settings, ModelFacts facts, ServedModel model) {
        List<Message> messages = settings.life().preloadMessages();
        if (messages.isEmpty() || !(model instanceof LoadedModel generating)) {
            return;
        }
        begin(model::close);
        try {
            int tokens = generating.pin(new ModelRequest(facts.preparation().beginning(messages), settings.defaults()));
            LOGGER.log(
                    System.Logger.Level.INFO,
                    "Model ''{0}'' has evaluated {1} tokens that requests begin with",
                    name,
                    tokens);
        } catch (HyperionException e) {
            requireWanted();
            LOGGER.log(
                    System.Logger.Level.ERROR,
                    "What requests to model '" + name + "' begin with (" + ModelSettings.key(name, "preload.messages")
                            + ") cannot be evaluated: " + e.getMessage());
        } finally {
            end();
        }
    }

    private ServedModel open(ModelSettings settings, ModelFacts facts) throws LlamaException {
        if (facts.embedding().isPresent()) {
            return LoadedEmbedder.load(
                    services.library().get(),
                    name,
                    settings.path().orElseThrow(),
                    facts.embedding().get(),
                    services.listener(),
                    this::goOn);
        }
        SequenceStore store = new SequenceStore(name, settings.slotSavePath(), facts.fingerprint());
        return LoadedModel.load(
                services.library().get(),
                name,
                settings.path().orElseThrow(),
                facts.cells(),
                settings.engine(),
                new InstanceSettings(
                        instances(settings, facts),
                        settings.life().maxInstances(),
                        settings.life().idleTimeout(),
                        () -> oneMore(settings, facts)),
                store,
                services.listener(),
                this::goOn);
    }

    /** {@return how many instances it is loaded with: one that makes vectors has no more than one} */
    private static int instances(ModelSettings settings, ModelFacts facts) {
        return facts.makesVectors() ? 1 : Math.max(1, settings.life().minInstances());
    }

    /** There is one only if there is room for it as things are: no other model goes for its sake. */
    private Optional<InstanceGrant.Granted> oneMore(ModelSettings settings, ModelFacts facts) {
        long bytes = facts.bytes(2) - facts.bytes(1);
        return services.budget()
                .tryReserve(
                        life,
                        bytes,
                        services.devices().deviceFor(settings.engine().gpuLayers()))
                .map(reserved -> reserved::close);
    }

    private boolean goOn(float fraction) {
        progress = () -> ModelProgress.of(name, ModelState.LOADING, OptionalDouble.of(fraction));
        return !cancelled;
    }

    /**
     * Waits for a future, unless it is ended meanwhile.
     *
     * @param end what makes the future fail
     */
    private <T> T await(CompletableFuture<T> future, Runnable end) throws DownloadException, LlamaException {
        begin(end);
        try {
            return future.join();
        } catch (CompletionException e) {
            requireWanted();
            if (e.getCause() instanceof DownloadException failure) {
                throw failure;
            }
            if (e.getCause() instanceof HyperionException refusal) {
                throw refusal;
            }
            throw e;
        } finally {
            end();
        }
    }

    private void begin(Runnable end) {
        synchronized (lock) {
            if (!cancelled) {
                ending = end;
                return;
            }
        }
        end.run();
        requireWanted();
    }

    private void end() {
        synchronized (lock) {
            ending = () -> {};
        }
    }

    private void requireWanted() {
        if (cancelled) {
            throw new CancellationException("Model '" + name + "' is not wanted any more");
        }
    }
}
