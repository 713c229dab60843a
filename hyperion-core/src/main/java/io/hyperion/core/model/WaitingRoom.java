package io.hyperion.core.model;

import io.hyperion.api.ModelProgress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Those who wait for one model, in the order in which they came. Each is told how far the model is, at once and then every second, and when
 * its time is over. Safe for use by many threads.
 */
final class WaitingRoom {
    private static final Duration TELLING = Duration.ofSeconds(1);

    /** Asked and told in the timer's thread, without a lock. */
    interface Owner {
        /** {@return how far the model is} */
        ModelProgress progress();

        /** The time of one who waits is over; it may have gone in the meantime. */
        void expired(Visit visit, Expiry expiry);
    }

    /** Which time is over. */
    enum Expiry {
        /** The request's own. */
        REQUEST,
        /** That of the queue. */
        QUEUE
    }

    private record Place(WaitingForModel one, Optional<CatalogTimer.Task> end) {}

    private final CatalogTimer timer;
    private final Duration queueTimeout;
    private final Owner owner;
    private final Map<Visit, Place> places = new LinkedHashMap<>();
    private Optional<CatalogTimer.Task> telling = Optional.empty();

    /**
     * @param queueTimeout how long a request may wait; zero for as long as it takes
     */
    WaitingRoom(CatalogTimer timer, Duration queueTimeout, Owner owner) {
        this.timer = timer;
        this.queueTimeout = queueTimeout;
        this.owner = owner;
    }

    synchronized void add(Visit visit, WaitingForModel one) {
        places.put(visit, new Place(one, end(visit, one)));
        timer.execute(() -> tellFirst(visit, one));
        if (telling.isEmpty()) {
            telling = Optional.of(timer.after(TELLING, this::tellAll));
        }
    }

    private Optional<CatalogTimer.Task> end(Visit visit, WaitingForModel one) {
        Optional<Duration> queue = Optional.of(queueTimeout).filter(limit -> one.isRequest() && !limit.isZero());
        Optional<Duration> own = one.timeout();
        if (own.isPresent()
                && queue.filter(limit -> limit.compareTo(own.get()) < 0).isEmpty()) {
            return Optional.of(timer.after(own.get(), () -> owner.expired(visit, Expiry.REQUEST)));
        }
        return queue.map(limit -> timer.after(limit, () -> owner.expired(visit, Expiry.QUEUE)));
    }

    private void tellFirst(Visit visit, WaitingForModel one) {
        synchronized (this) {
            if (!places.containsKey(visit)) {
                return;
            }
        }
        one.tell(owner.progress());
    }

    private void tellAll() {
        List<Place> all;
        synchronized (this) {
            telling = places.isEmpty() ? Optional.empty() : Optional.of(timer.after(TELLING, this::tellAll));
            all = List.copyOf(places.values());
        }
        if (!all.isEmpty()) {
            ModelProgress progress = owner.progress();
            all.forEach(place -> place.one().tell(progress));
        }
    }

    /** {@return the one, if it has waited} */
    synchronized Optional<WaitingForModel> remove(Visit visit) {
        Optional<Place> place = Optional.ofNullable(places.remove(visit));
        place.flatMap(Place::end).ifPresent(CatalogTimer.Task::cancel);
        return place.map(Place::one);
    }

    /** {@return those for whom a condition holds, who wait no more, in their order} */
    synchronized Map<Visit, WaitingForModel> take(Predicate<WaitingForModel> condition) {
        Map<Visit, WaitingForModel> taken = new LinkedHashMap<>();
        for (Visit visit : List.copyOf(places.keySet())) {
            if (condition.test(places.get(visit).one())) {
                remove(visit).ifPresent(one -> taken.put(visit, one));
            }
        }
        return taken;
    }

    /** {@return those for whom a condition holds, who wait no more and whose visit is over, in their order} */
    List<WaitingForModel> dismiss(Predicate<WaitingForModel> condition) {
        Map<Visit, WaitingForModel> dismissed = take(condition);
        dismissed.keySet().forEach(visit -> visit.enter(Visit.Stage.OVER));
        return List.copyOf(dismissed.values());
    }

    synchronized boolean anyMatch(Predicate<WaitingForModel> condition) {
        return places.values().stream().map(Place::one).anyMatch(condition);
    }

    /** {@return how many requests wait} */
    synchronized int requests() {
        return (int) places.values().stream()
                .map(Place::one)
                .filter(WaitingForModel::isRequest)
                .count();
    }

    synchronized boolean isEmpty() {
        return places.isEmpty();
    }
}
