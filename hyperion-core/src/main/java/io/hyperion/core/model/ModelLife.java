package io.hyperion.core.model;

import io.hyperion.api.BusyException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.core.engine.EngineThreads;
import io.hyperion.core.engine.LoadedModel;
import io.hyperion.core.engine.ServedModel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;

/**
 * Where a model stands, and what brings it from there to elsewhere: requests bring it into memory, and it goes out of it when somebody wants
 * that, when it was idle for as long as is configured, or when others need the room. Safe for use by many threads.
 */
final class ModelLife implements WaitingRoom.Owner {
    private static final System.Logger LOGGER = System.getLogger(ModelLife.class.getName());

    private final ModelSettings settings;
    private final CatalogServices services;
    private final ModelFiles files;
    private final WaitingRoom room;
    private final Tenant tenant;
    private final CompletableFuture<Void> before;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();

    /** Guards all that follows. */
    private final Object lock = new Object();

    private ModelState state;
    private ModelFiles.Examined examined;
    /** Why it is failed, and since when. */
    private Optional<Failure> failure = Optional.empty();

    private long failedAt;
    private Optional<Arrival> arrival = Optional.empty();
    /** There while the state is {@code LOADED} or {@code UNLOADING}; in the latter case perhaps not yet. */
    private Optional<ServedModel> loaded = Optional.empty();
    /** The memory that it has. */
    private List<MemoryBudget.Reservation> reserved = List.of();
    /** How many visits are served by it. */
    private int served;
    /** Whether it is unloaded when those visits have ended, while the state is {@code UNLOADING}. */
    private boolean draining;

    private boolean pinned;
    /** By the timer: when it was used last, or loaded. */
    private long usedAt;

    private Optional<Instant> lastUsed = Optional.empty();
    private Optional<CatalogTimer.Task> idleCheck = Optional.empty();
    private ModelFigures past = ModelFigures.NONE;
    /** Whether it goes for good as soon as nobody visits it. */
    private boolean retired;

    private boolean closed;
    private Optional<Thread> unloader = Optional.empty();

    /** Held by who unloads it, so that others who want that wait for the end of it. Taken before {@link #lock}, never after. */
    private final Object unloading = new Object();

    /**
     * @param before completes when the memory of the model is free that had the name before
     */
    ModelLife(ModelSettings settings, CatalogServices services, CompletableFuture<Void> before) {
        this.settings = settings;
        this.services = services;
        this.files = new ModelFiles(settings, services.downloads());
        this.room = new WaitingRoom(services.timer(), settings.engine().queueTimeout(), this);
        this.before = before;
        this.tenant = new Tenant();
        synchronized (lock) {
            usedAt = services.timer().nanoTime();
            take(files.examine());
        }
    }

    /**
     * What is known of it at one time.
     *
     * @param state where it stands
     * @param reason why it failed
     * @param located its settings with the path of its file; empty if that is not there
     * @param facts what its file says
     * @param loaded the model in memory, if it is there
     * @param progress how far it is on its way into memory
     * @param life when it is loaded and unloaded
     */
    record View(
            ModelState state,
            Optional<String> reason,
            Optional<ModelSettings> located,
            Optional<ModelFacts> facts,
            Optional<ServedModel> loaded,
            Optional<ModelProgress> progress,
            ModelInfo.Life life) {}

    View view() {
        synchronized (lock) {
            return new View(
                    state,
                    failure.map(Failure::reason),
                    examined.located(),
                    examined.facts(),
                    loaded,
                    arrival.map(Arrival::progress),
                    new ModelInfo.Life(
                            loaded.map(model -> model instanceof LoadedModel several ? several.instances() : 1)
                                    .orElse(0),
                            settings.life().minInstances(),
                            settings.life().maxInstances(),
                            settings.life().idleTimeout(),
                            pinned,
                            served + room.requests(),
                            lastUsed));
        }
    }

    /**
     * Sees that it may be used, and what its file says.
     *
     * @return that; empty if the file is not there, and the first request is to bring it
     * @throws HyperionException if it cannot be served
     */
    Optional<ModelFacts> requireServing() {
        synchronized (lock) {
            if (closed) {
                throw shuttingDown();
            }
            if (state == ModelState.LOADED && !loaded.orElseThrow().isServing()) {
                // Its loop failed, for want of heap perhaps: what it left is freed, and this request loads it anew.
                beginUnloading();
            }
            if (state == ModelState.FAILED && mayTryAgain()) {
                settle();
            } else if (state == ModelState.FAILED) {
                // Somebody may have put the right file there.
                if (files.haveChanged(examined)) {
                    take(files.examine());
                }
            }
            if (state == ModelState.FAILED) {
                throw failure.orElseThrow().refusal();
            }
            return examined.facts();
        }
    }

    private boolean mayTryAgain() {
        return failure.flatMap(Failure::pause)
                .filter(pause -> services.timer().nanoTime() - failedAt >= pause.toNanos())
                .isPresent();
    }

    /** A model that failed is tried again by whoever comes next, whatever it failed of. */
    void forgive() {
        synchronized (lock) {
            if (state == ModelState.FAILED) {
                settle();
            }
        }
    }

    /**
     * Lets somebody in, and begins to bring the model if it is not there.
     *
     * @param visit the stay, which is to be ended if this throws
     * @param one who comes
     * @param atOnce how many it serves at once when it is loaded: so many do not count as waiting
     * @return the model, if that is there; otherwise the one waits, and is told
     * @throws HyperionException if the model cannot be served, or too many wait
     */
    Optional<Arrived> enter(Visit visit, WaitingForModel one, int atOnce) {
        synchronized (lock) {
            Optional<ModelFacts> facts = requireServing();
            used();
            boolean inMemory = state == ModelState.LOADED
                    // A listener that asks its own model would wait for itself.
                    || draining && loaded.filter(ServedModel::isOwnThread).isPresent();
            if (inMemory && one.goal() == WaitingForModel.Goal.MEMORY) {
                serve(visit);
                return Optional.of(new Arrived(facts.orElseThrow(), loaded));
            }
            if (facts.isPresent() && one.goal() == WaitingForModel.Goal.FILE) {
                return Optional.of(new Arrived(facts.get(), Optional.empty()));
            }
            requireRoom(one, atOnce);
            if (one instanceof WaitingCaller) {
                requireOtherThread();
            }
            visit.enter(Visit.Stage.WAITING);
            room.add(visit, one);
            if (state == ModelState.READY || state == ModelState.ABSENT) {
                setOut();
            }
            return Optional.empty();
        }
    }

    private void requireRoom(WaitingForModel one, int atOnce) {
        int count = room.requests();
        if (one.isRequest() && count >= settings.engine().queueCapacity() + atOnce) {
            throw new BusyException(
                    ErrorCode.QUEUE_FULL,
                    "The model '" + settings.name() + "' is " + WaitingTexts.doing(progress())
                            + ", and its queue is full: " + count + " requests are waiting",
                    Duration.ofSeconds(1));
        }
    }

    private void serve(Visit visit) {
        if (visit.stage() != Visit.Stage.OVER) {
            visit.enter(Visit.Stage.SERVED);
            served++;
        }
    }

    /** What a visit was for has ended. */
    void leave(Visit visit) {
        synchronized (lock) {
            if (visit.stage() == Visit.Stage.WAITING) {
                room.remove(visit);
            } else if (visit.stage() == Visit.Stage.SERVED) {
                served--;
                used();
            }
            visit.enter(Visit.Stage.OVER);
            considerGoing();
        }
    }

    private void used() {
        usedAt = services.timer().nanoTime();
        lastUsed = Optional.of(services.timer().now());
    }

    private void setOut() {
        Arrival begun = new Arrival(settings.name(), files, examined, before, services, this);
        begun.start();
        arrival = Optional.of(begun);
        state = examined.state() == ModelState.ABSENT ? ModelState.DOWNLOADING : ModelState.LOADING;
    }

    /**
     * An arrival has found or brought the files, and examined them.
     *
     * @return whether they are to be loaded: they are sound, and somebody waits for that
     */
    boolean filesAreThere(ModelFiles.Examined now) {
        Map<Visit, WaitingForModel> told;
        boolean goesOn;
        synchronized (lock) {
            if (state == ModelState.UNLOADING) {
                examined = now;
                arrival = Optional.empty();
                return false;
            }
            boolean waitedFor =
                    state == ModelState.LOADING || room.anyMatch(one -> one.goal() == WaitingForModel.Goal.MEMORY);
            take(now);
            goesOn = state == ModelState.READY && waitedFor;
            if (goesOn) {
                state = ModelState.LOADING;
            } else {
                arrival = Optional.empty();
            }
            told = room.take(one -> state == ModelState.FAILED || one.goal() == WaitingForModel.Goal.FILE);
            told.keySet().forEach(visit -> visit.enter(Visit.Stage.OVER));
            considerGoing();
        }
        Optional<Arrived> there = now.facts().map(facts -> new Arrived(facts, Optional.empty()));
        told.values()
                .forEach(one -> there.ifPresentOrElse(
                        one::begin,
                        () -> one.fail(
                                Failure.unsound(settings.name(), now.problem().orElse(""))
                                        .refusal())));
        return goesOn;
    }

    /** An arrival has loaded the model, which is this one's from now on. */
    void loaded(ServedModel model, ModelFacts facts, List<MemoryBudget.Reservation> memory) {
        Map<Visit, WaitingForModel> told;
        synchronized (lock) {
            arrival = Optional.empty();
            loaded = Optional.of(model);
            reserved = List.copyOf(memory);
            if (state == ModelState.UNLOADING) {
                // Those who wait now came later: they get what is loaded next.
                return;
            }
            state = ModelState.LOADED;
            usedAt = services.timer().nanoTime();
            told = room.take(one -> true);
            told.keySet().forEach(this::serve);
            considerGoing();
        }
        Arrived there = new Arrived(facts, Optional.of(model));
        told.values().forEach(one -> one.begin(there));
    }

    /** An arrival has failed, and left nothing behind. */
    void failed(Throwable cause) {
        Map<Visit, WaitingForModel> told;
        Failure why = Failure.of(settings.name(), cause);
        synchronized (lock) {
            arrival = Optional.empty();
            if (state == ModelState.UNLOADING) {
                return;
            }
            fail(why);
            logFailure();
            LOGGER.log(System.Logger.Level.DEBUG, "The model '" + settings.name() + "' failed", cause);
            told = room.take(one -> true);
            told.keySet().forEach(visit -> visit.enter(Visit.Stage.OVER));
            considerGoing();
        }
        told.values().forEach(one -> one.fail(why.refusal()));
    }

    private void fail(Failure why) {
        state = ModelState.FAILED;
        failure = Optional.of(why);
        failedAt = services.timer().nanoTime();
    }

    /** Takes over what an examination has found, and forgets a failure. */
    private void take(ModelFiles.Examined now) {
        boolean news = now != examined;
        examined = now;
        state = now.state();
        failure = Optional.empty();
        if (now.problem().isPresent()) {
            fail(Failure.unsound(settings.name(), now.problem().get()));
            if (news) {
                logFailure();
            }
        }
    }

    private void logFailure() {
        failure.ifPresent(why -> LOGGER.log(System.Logger.Level.ERROR, why.message()));
    }

    /** The state is what follows from the files as they are now, and nothing else. */
    private void settle() {
        take(closed ? examined : files.examineIfChanged(examined));
    }

    /**
     * Sees that the thread may wait for the model.
     *
     * @throws IllegalStateException if it is one in which listeners are called, the model's or the timer's: it would wait for ever
     */
    void requireOtherThread() {
        synchronized (lock) {
            if (loaded.filter(ServedModel::isOwnThread).isPresent()
                    || services.timer().isOwnThread()) {
                throw new IllegalStateException("A listener cannot wait for the model that calls it");
            }
        }
    }

    private ModelUnavailableException shuttingDown() {
        return new ModelUnavailableException(
                ErrorCode.SHUTTING_DOWN, "The model '" + settings.name() + "' is being unloaded");
    }

    @Override
    public ModelProgress progress() {
        synchronized (lock) {
            return arrival.map(Arrival::progress)
                    .orElseGet(() -> ModelProgress.of(settings.name(), state, OptionalDouble.empty()));
        }
    }

    @Override
    public void expired(Visit visit, WaitingRoom.Expiry expiry) {
        Optional<WaitingForModel> one;
        ModelProgress progress;
        synchronized (lock) {
            progress = progress();
            one = room.remove(visit);
            one.ifPresent(late -> visit.enter(Visit.Stage.OVER));
            considerGoing();
        }
        one.ifPresent(late -> late.fail(
                switch (expiry) {
                    case REQUEST -> WaitingTexts.timeout(progress);
                    case QUEUE ->
                        WaitingTexts.queueTimeout(progress, settings.engine().queueTimeout());
                }));
    }

    /** {@return what it is to the budget of memory} */
    MemoryBudget.Tenant tenant() {
        return tenant;
    }

    /** Keeps it in memory once it is there, or no longer. */
    void pin(boolean truth) {
        synchronized (lock) {
            pinned = truth;
            services.budget().reconsider();
            considerGoing();
        }
    }

    /** Goes for good when nobody visits it any more; those who wait for it, or come all the same, are served before. */
    void retire() {
        synchronized (lock) {
            retired = true;
            considerGoing();
        }
    }

    /** {@return completes when it is closed and its memory is free} */
    CompletableFuture<Void> gone() {
        return gone;
    }

    private boolean mayGo() {
        return !pinned && settings.life().minInstances() == 0;
    }

    private boolean isUnused() {
        return served == 0 && room.isEmpty();
    }

    /** Begins to unload it if that is due. To be called whenever it may be. */
    private void considerGoing() {
        if (closed) {
            return;
        }
        if (draining) {
            if (served == 0) {
                beginUnloading();
            }
        } else if (isUnused() && retired) {
            closed = true;
            beginUnloading();
        } else if (isUnused() && state == ModelState.LOADED) {
            services.budget().reconsider();
            settings.life().idleTimeout().filter(limit -> mayGo()).ifPresent(this::goAfter);
        }
    }

    private void goAfter(Duration idle) {
        Duration left = idle.minusNanos(services.timer().nanoTime() - usedAt);
        if (left.isZero() || left.isNegative()) {
            beginUnloading();
        } else if (idleCheck.isEmpty()) {
            idleCheck = Optional.of(services.timer().after(left, this::checkIdle));
        }
    }

    private void checkIdle() {
        synchronized (lock) {
            idleCheck = Optional.empty();
            considerGoing();
        }
    }

    /** In a thread of its own, since the one that has this idea may be the model's. */
    private void beginUnloading() {
        state = ModelState.UNLOADING;
        draining = false;
        Thread thread = EngineThreads.create(this::free, "hyperion-unload-" + settings.name());
        thread.start();
        unloader = Optional.of(thread);
    }

    /**
     * Unloads it, and waits for that; ends its loading or downloading if that is under way. All its visitors fail with
     * {@link ErrorCode#SHUTTING_DOWN}. Those who come from now on wait until its memory is free.
     *
     * @throws IllegalStateException if a listener of the model calls it, in the thread that it would wait for
     */
    void unload() {
        unload(false);
    }

    /** Unloads it and lets nobody load it again. Does nothing if that is done already. */
    void close() {
        unload(true);
        Optional<Thread> ending;
        synchronized (lock) {
            ending = unloader;
        }
        ending.ifPresent(EngineThreads::join);
    }

    private void unload(boolean forGood) {
        Map<Visit, WaitingForModel> abandoned;
        synchronized (lock) {
            requireOtherThread();
            closed |= forGood;
            pinned = false;
            draining = false;
            abandoned = room.take(one -> true);
            abandoned.keySet().forEach(visit -> visit.enter(Visit.Stage.OVER));
            state = ModelState.UNLOADING;
        }
        abandoned.values().forEach(one -> one.fail(shuttingDown()));
        free();
    }

    private void free() {
        Runnable afterwards;
        synchronized (unloading) {
            Optional<Arrival> arriving;
            synchronized (lock) {
                if (state != ModelState.UNLOADING || draining) {
                    // Somebody else has unloaded it in the meantime.
                    return;
                }
                arriving = arrival;
            }
            arriving.ifPresent(Arrival::cancel);
            Optional<ServedModel> leaving;
            List<MemoryBudget.Reservation> memory;
            synchronized (lock) {
                leaving = loaded;
                memory = reserved;
            }
            try {
                leaving.ifPresent(ServedModel::close);
            } finally {
                memory.forEach(MemoryBudget.Reservation::close);
                afterwards = endUnloading();
            }
        }
        afterwards.run();
    }

    /** {@return what is to be told others; not for under a lock} */
    private Runnable endUnloading() {
        synchronized (lock) {
            if (loaded.isPresent()) {
                past = past.plus(loaded.get().figures().past());
                LOGGER.log(System.Logger.Level.INFO, "Unloaded model ''{0}''", settings.name());
            }
            loaded = Optional.empty();
            reserved = List.of();
            idleCheck.ifPresent(CatalogTimer.Task::cancel);
            idleCheck = Optional.empty();
            settle();
            if (closed) {
                return () -> gone.complete(null);
            }
            if (state == ModelState.FAILED) {
                ModelUnavailableException refusal = failure.orElseThrow().refusal();
                Map<Visit, WaitingForModel> refused = room.take(one -> true);
                refused.keySet().forEach(visit -> visit.enter(Visit.Stage.OVER));
                return () -> refused.values().forEach(one -> one.fail(refusal));
            }
            if (!room.isEmpty()) {
                setOut();
            }
            considerGoing();
            return () -> {};
        }
    }

    /** {@return what the model did since this was made, and what it does now} */
    ModelFigures figures() {
        synchronized (lock) {
            return past.plus(loaded.map(ServedModel::figures).orElse(ModelFigures.NONE));
        }
    }

    /** {@return whether its files have changed since it was loaded} */
    boolean servesOldFiles() {
        synchronized (lock) {
            return loaded.isPresent() && files.haveChanged(examined);
        }
    }

    /** {@return whether it is not in memory, nor on its way there, and can be brought} */
    boolean isReady() {
        synchronized (lock) {
            return state == ModelState.READY || state == ModelState.ABSENT;
        }
    }

    /** {@return whether it is in memory and takes requests at once} */
    boolean isServing() {
        synchronized (lock) {
            return state == ModelState.LOADED
                    && loaded.filter(ServedModel::isServing).isPresent();
        }
    }

    /** What the budget of memory asks and tells it. */
    private final class Tenant implements MemoryBudget.Tenant {
        @Override
        public String name() {
            return settings.name();
        }

        @Override
        public boolean isEvictable() {
            synchronized (lock) {
                return mayGo();
            }
        }

        @Override
        public boolean isIdle() {
            synchronized (lock) {
                return state == ModelState.LOADED && isUnused();
            }
        }

        @Override
        public long lastUsedNanos() {
            synchronized (lock) {
                return usedAt;
            }
        }

        @Override
        public boolean evict() {
            synchronized (lock) {
                boolean goes = mayGo() && isIdle();
                if (goes) {
                    beginUnloading();
                }
                return goes;
            }
        }

        @Override
        public boolean drain() {
            synchronized (lock) {
                boolean goes = mayGo() && state == ModelState.LOADED;
                if (goes) {
                    state = ModelState.UNLOADING;
                    draining = true;
                    considerGoing();
                }
                return goes;
            }
        }
    }
}
