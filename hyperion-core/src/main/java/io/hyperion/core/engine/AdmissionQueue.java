package io.hyperion.core.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The sequences that wait for a slot. Those that had one and lost it come first; then callers take turns, and each caller's sequences
 * come in the order of their arrival. Not safe for use by several threads.
 */
final class AdmissionQueue {
    private final Deque<Sequence> preempted = new ArrayDeque<>();
    /** The caller whose turn is next is the first. */
    private final Map<String, Deque<Sequence>> callers = new LinkedHashMap<>();

    private int requests;

    /** {@return how many requests wait with all of their sequences} */
    int requests() {
        return requests;
    }

    boolean isEmpty() {
        return preempted.isEmpty() && callers.isEmpty();
    }

    void add(RunningRequest request) {
        callers.computeIfAbsent(request.caller(), caller -> new ArrayDeque<>()).addAll(request.sequences());
        requests++;
    }

    /** {@return how many requests wait with all of their sequences for this loop} */
    int requestsOf(RunningRequest.Owner owner) {
        return (int) waiting()
                .filter(sequence -> sequence.index() == 0 && sequence.request().isOwnedBy(owner))
                .count();
    }

    /** {@return whether a request waits that any loop may take} */
    boolean hasUnowned() {
        return waiting().anyMatch(sequence -> sequence.request().owner().isEmpty());
    }

    private Stream<Sequence> waiting() {
        return callers.values().stream().flatMap(Deque::stream);
    }

    void addPreempted(Sequence sequence) {
        preempted.addFirst(sequence);
    }

    /**
     * Finds the next one.
     *
     * @param isMine whether the loop that asks may take a sequence
     * @param slotIsFree whether the slot that a sequence waits for is free; others go before one whose slot is not
     * @return it; it stays in the queue until it is {@linkplain #take taken}
     */
    Optional<Sequence> next(Predicate<Sequence> isMine, Predicate<Sequence> slotIsFree) {
        Optional<Sequence> first = preempted.stream().filter(isMine).findFirst();
        if (first.isPresent()) {
            return first;
        }
        for (Deque<Sequence> waiting : callers.values()) {
            for (Sequence sequence : waiting) {
                if (isMine.test(sequence) && slotIsFree.test(sequence)) {
                    return Optional.of(sequence);
                }
            }
        }
        return Optional.empty();
    }

    /** Takes the sequence that {@link #next} found; the turn goes to the next caller. */
    void take(Sequence sequence) {
        if (preempted.remove(sequence)) {
            return;
        }
        String caller = sequence.request().caller();
        Deque<Sequence> waiting = callers.remove(caller);
        waiting.remove(sequence);
        if (!waiting.isEmpty()) {
            callers.put(caller, waiting);
        }
        left(sequence);
    }

    private void left(Sequence sequence) {
        if (sequence.index() == 0) {
            requests--;
        }
    }

    /** {@return all that wait and match, which wait no more} */
    List<Sequence> removeIf(Predicate<Sequence> unwanted) {
        List<Sequence> removed = new ArrayList<>();
        removeIf(preempted, unwanted, removed::add);
        for (Iterator<Deque<Sequence>> all = callers.values().iterator(); all.hasNext(); ) {
            Deque<Sequence> waiting = all.next();
            removeIf(waiting, unwanted, sequence -> {
                removed.add(sequence);
                left(sequence);
            });
            if (waiting.isEmpty()) {
                all.remove();
            }
        }
        return removed;
    }

    private static void removeIf(Deque<Sequence> waiting, Predicate<Sequence> unwanted, Consumer<Sequence> removed) {
        for (Iterator<Sequence> all = waiting.iterator(); all.hasNext(); ) {
            Sequence sequence = all.next();
            if (unwanted.test(sequence)) {
                all.remove();
                removed.accept(sequence);
            }
        }
    }
}
