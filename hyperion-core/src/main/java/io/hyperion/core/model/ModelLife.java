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
import io.hyperion.core.engine.ServedModel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;

/**
 * Where a model stands, and what brings it from there to elsewhere: requests bring it into memory, and it goes out of it when somebody wants
 * that, when it was idle for as long as is configured, or when others need the room. Safe for use by many threads.
 */
final class ModelLife implements WaitingRoom.Owner, MemoryBudget.Tenant {
    private static final System.Logger LOGGER = System.getLogger(ModelLife.class.getName());

    private final ModelSettings settings;
    private final CatalogServices services;
    private final ModelFiles files;
    private final WaitingRoom room;
    private final CompletableFuture<Void> before;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();

    /** Guards all that follows. */
    private final Object lock = new Object();

    private final ModelStanding standing;
    private final IdleClock clock;
    private ModelState state;
    private Optional<Arrival> arrival = Optional.empty();
    /** Has a model while the state is {@code LOADED} or {@code UNLOADING}; in the latter case perhaps not yet. */
    private final Residence residence = new Residence();
    /** Whether it is unloaded when its visits have ended, while the state is {@code UNLOADING}. */
    private boolean draining;

    private boolean pinned;
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
        synchronized (lock) {
            this.clock = new IdleClock(services.timer(), settings.life().idleTimeout(), this::checkIdle);
            this.standing = new ModelStanding(settings.name(), files, services.timer());
            this.state = standing.state();
        }
    }

    /** {@return what is known of it now} */
    ModelView view() {
        synchronized (lock) {
            return new ModelView(
                    state,
                    state == ModelState.FAILED ? standing.failure().map(Failure::reason) : Optional.empty(),
                    standing.examined().located(),
                    standing.examined().facts(),
                    residence.model(),
                    arrival.map(Arrival::progress),
                    new ModelInfo.Life(
                            residence.instances(),
                            settings.life().minInstances(),
                            settings.life().maxInstances(),
                            settings.life().idleTimeout(),
                            pinned,
                            residence.visits() + room.requests(),
                            clock.lastRequest()));
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
            if (state == ModelState.LOADED && !residence.isServing()) {
                // Its loop failed, for want of heap perhaps: what it left is freed, and this request loads it anew.
                beginUnloading();
            }
            if (state == ModelState.FAILED) {
                standing.reconsider();
                state = standing.state();
            }
            if (state == ModelState.FAILED) {
                throw refusal();
            }
            return standing.examined().facts();
        }
    }

    private ModelUnavailableException refusal() {
        return standing.failure().orElseThrow().refusal();
    }

    /** Whoever comes next tries a model that failed again, whatever it failed of, and gets a file that is gone again. */
    void forgive() {
        synchronized (lock) {
            if (isResting()) {
                standing.settle();
                state = standing.state();
            }
        }
    }

    /** Something has happened where files of models are: what is known of this one may be wrong. */
    void lookAgain() {
        synchronized (lock) {
            if (isResting() && files.haveChanged(standing.examined())) {
                standing.settle();
                state = standing.state();
            }
        }
    }

    /** {@return whether it is neither in memory nor on its way in or out} */
    private boolean isResting() {
        return state == ModelState.FAILED || state == ModelState.READY || state == ModelState.ABSENT;
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
            visit.comes(one);
            use(visit);
            boolean inMemory = state == ModelState.LOADED
                    // A listener that asks its own model would wait for itself.
                    || draining && residence.isOwnThread();
            if (inMemory && one.goal() == WaitingForModel.Goal.MEMORY) {
                residence.serve(visit);
                return Optional.of(new Arrived(facts.orElseThrow(), residence.model()));
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

    /** What a visit was for has ended. */
    void leave(Visit visit) {
        synchronized (lock) {
            if (visit.stage() == Visit.Stage.WAITING) {
                room.remove(visit);
            } else if (visit.stage() == Visit.Stage.SERVED) {
                residence.leave();
                use(visit);
            }
            visit.enter(Visit.Stage.OVER);
            considerGoing();
        }
    }

    private void use(Visit visit) {
        if (visit.isRequest()) {
            clock.request();
        } else {
            clock.use();
        }
    }

    private void setOut() {
        Arrival begun = new Arrival(settings.name(), files, standing.examined(), before, services, this);
        begun.start();
        arrival = Optional.of(begun);
        state = standing.state() == ModelState.ABSENT ? ModelState.DOWNLOADING : ModelState.LOADING;
    }

    /**
     * An arrival has found or brought the files, and examined them.
     *
     * @return whether they are to be loaded: they are sound, and somebody waits for that
     */
    boolean filesAreThere(ModelFiles.Examined now) {
        List<WaitingForModel> told;
        boolean goesOn;
        synchronized (lock) {
            if (state == ModelState.UNLOADING) {
                standing.take(now);
                arrival = Optional.empty();
                return false;
            }
            boolean waitedFor =
                    state == ModelState.LOADING || room.anyMatch(one -> one.goal() == WaitingForModel.Goal.MEMORY);
            standing.take(now);
            state = standing.state();
            goesOn = state == ModelState.READY && waitedFor;
            if (goesOn) {
                state = ModelState.LOADING;
            } else {
                arrival = Optional.empty();
            }
            told = room.dismiss(one -> state == ModelState.FAILED || one.goal() == WaitingForModel.Goal.FILE);
            considerGoing();
        }
        now.facts()
                .map(facts -> new Arrived(facts, Optional.empty()))
                .ifPresent(there -> told.forEach(one -> one.begin(there)));
        now.problem()
                .map(problem -> Failure.unsound(settings.name(), problem).refusal())
                .ifPresent(refusal -> told.forEach(one -> one.fail(refusal)));
        return goesOn;
    }

    /** An arrival has loaded the model, which is this one's from now on. */
    void loaded(ServedModel model, ModelFacts facts, List<MemoryBudget.Reservation> memory) {
        List<WaitingForModel> told;
        synchronized (lock) {
            arrival = Optional.empty();
            residence.put(model, memory);
            if (state == ModelState.UNLOADING) {
                // Those who wait now came later: they get what is loaded next.
                return;
            }
            state = ModelState.LOADED;
            clock.use();
            Map<Visit, WaitingForModel> all = room.take(one -> true);
            all.keySet().forEach(residence::serve);
            told = List.copyOf(all.values());
            // Who waits for room could not make it go before.
            services.budget().reconsider();
            considerGoing();
        }
        Arrived there = new Arrived(facts, Optional.of(model));
        told.forEach(one -> one.begin(there));
    }

    /** An arrival has failed, and left nothing behind. */
    void failed(Throwable cause) {
        List<WaitingForModel> told;
        Failure why = Failure.of(settings.name(), cause);
        synchronized (lock) {
            arrival = Optional.empty();
            if (state == ModelState.UNLOADING) {
                return;
            }
            standing.fail(why);
            state = ModelState.FAILED;
            LOGGER.log(System.Logger.Level.DEBUG, "The model '" + settings.name() + "' failed", cause);
            told = room.dismiss(one -> true);
            considerGoing();
        }
        told.forEach(one -> one.fail(why.refusal()));
    }

    /**
     * Sees that the thread may wait for the model.
     *
     * @throws IllegalStateException if it is one in which listeners are called, the model's or the timer's, or that which brings the model
     *     here: it would wait for ever
     */
    void requireOtherThread() {
        synchronized (lock) {
            if (residence.isOwnThread()
                    || services.timer().isOwnThread()
                    || arrival.filter(Arrival::isOwnThread).isPresent()) {
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
        return residence.visits() == 0 && room.isEmpty();
    }

    /** Begins to unload it if that is due. To be called whenever it may be. */
    private void considerGoing() {
        if (closed) {
            return;
        }
        if (draining) {
            if (residence.visits() == 0) {
                beginUnloading();
            }
        } else if (isUnused() && retired) {
            closed = true;
            beginUnloading();
        } else if (state == ModelState.LOADING
                && room.isEmpty()
                && arrival.filter(Arrival::waitsForRoom).isPresent()) {
            // No other model shall go for the sake of nobody.
            beginUnloading();
        } else if (isUnused() && state == ModelState.LOADED) {
            services.budget().reconsider();
            if (mayGo() && clock.isOver()) {
                beginUnloading();
            }
        }
    }

    /** An arrival begins to wait for room: perhaps nobody waits for it any more. */
    void lookWhoWaits() {
        synchronized (lock) {
            considerGoing();
        }
    }

    private void checkIdle() {
        synchronized (lock) {
            clock.checked();
            considerGoing();
        }
    }

    /** In a thread of its own, since the one that has this idea may be the model's. */
    private void beginUnloading() {
        Thread thread = EngineThreads.create(this::free, "hyperion-unload-" + settings.name());
        thread.start();
        unloader = Optional.of(thread);
        state = ModelState.UNLOADING;
        draining = false;
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
        List<WaitingForModel> abandoned;
        synchronized (lock) {
            requireOtherThread();
            closed |= forGood;
            pinned = false;
            draining = false;
            abandoned = room.dismiss(one -> true);
            state = ModelState.UNLOADING;
        }
        try {
            free();
        } finally {
            // Last: who hears of it may come again at once, in this thread, and wait.
            abandoned.forEach(one -> one.fail(shuttingDown()));
        }
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
            Runnable leaving;
            synchronized (lock) {
                leaving = residence.leaving();
            }
            try {
                leaving.run();
            } finally {
                afterwards = endUnloading();
            }
        }
        afterwards.run();
    }

    /** {@return what is to be told others; not for under a lock} */
    private Runnable endUnloading() {
        synchronized (lock) {
            if (residence.left()) {
                LOGGER.log(System.Logger.Level.INFO, "Unloaded model ''{0}''", settings.name());
            }
            clock.stop();
            if (closed) {
                // Nobody asks it any more.
                standing.rest();
            } else {
                standing.settle();
            }
            state = standing.state();
            if (closed) {
                return () -> gone.complete(null);
            }
            if (state == ModelState.FAILED) {
                ModelUnavailableException refusal = refusal();
                List<WaitingForModel> refused = room.dismiss(one -> true);
                return () -> refused.forEach(one -> one.fail(refusal));
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
            return residence.figures();
        }
    }

    /** {@return whether its files have changed since it was loaded} */
    boolean servesOldFiles() {
        synchronized (lock) {
            return residence.model().isPresent() && files.haveChanged(standing.examined());
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
            return state == ModelState.LOADED && residence.isServing();
        }
    }

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
            return clock.usedAt();
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
