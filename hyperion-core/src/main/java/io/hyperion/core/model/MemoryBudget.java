package io.hyperion.core.model;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.ModelUnavailableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Shares the memory of each device among models. Who needs memory reserves it before it takes it, and gives it back when it is free again;
 * the sum of what is reserved never exceeds the limit. Those for whom there is no room wait in the order in which they came, and the first
 * of them makes others go: idle models first, the one that was not used for the longest time before all, and then busy ones in the same
 * order, which are let finish. So each gets its turn, if it fits at all.
 *
 * <p>Safe for use by many threads. Tenants are called, and what is reserved is handed over, by the executor, one at a time, without any
 * lock: so a tenant may call this class whatever locks it holds.
 */
public final class MemoryBudget {
    /** Somebody who has memory, or waits for it. Its methods return at once, and take no lock that is held while something goes on. */
    public interface Tenant {
        /** {@return its name, for messages} */
        String name();

        /** {@return whether it may be made to go, so that others have room: it is not pinned, for example} */
        boolean isEvictable();

        /** {@return whether nobody uses it, nor waits for it} */
        boolean isIdle();

        /** {@return when it was last used, by {@link System#nanoTime()}} */
        long lastUsedNanos();

        /**
         * Begins to unload, if it is still idle and evictable. It then closes all of its reservations in the end.
         *
         * @return whether it does
         */
        boolean evict();

        /**
         * Lets the requests that it has end, and lets new ones wait; then it unloads, and closes all of its reservations. Does nothing if
         * it is not evictable any more.
         *
         * @return whether it does
         */
        boolean drain();
    }

    /** A part of a device's memory that somebody may use. */
    public interface Reservation extends AutoCloseable {
        /** {@return how many bytes} */
        long bytes();

        /** {@return the device} */
        String device();

        /** Gives it back: what was in it is free again. Does nothing the second time. */
        @Override
        void close();
    }

    private final ToLongFunction<String> limits;
    private final Executor executor;

    /** Guards all that follows, and the fields of accounts, queued and held ones. No tenant is called with it. */
    private final Object lock = new Object();

    private final Map<String, Account> accounts = new LinkedHashMap<>();
    private boolean looking;
    private boolean lookAgain;

    /**
     * @param limits how many bytes of a device all together may have; asked once for each device, when it is needed first
     * @param executor calls the tenants and completes what {@link #reserve} returns
     */
    public MemoryBudget(ToLongFunction<String> limits, Executor executor) {
        this.limits = Objects.requireNonNull(limits, "limits");
        this.executor = Objects.requireNonNull(executor, "executor");
    }

    /**
     * Reserves memory; waits for room if need be, and makes others go for it.
     *
     * @param tenant for whom
     * @param bytes how much, at least 1
     * @param device of which device
     * @return completes with the reservation, or with a {@link ModelUnavailableException} of {@link ErrorCode#MEMORY_EXCEEDED} if there is
     *     no room for it even when all have gone who may be made to; cancelling it leaves the queue
     */
    public CompletableFuture<Reservation> reserve(Tenant tenant, long bytes, String device) {
        Queued queued = new Queued(requireTenant(tenant), requirePositive(bytes), new CompletableFuture<>());
        synchronized (lock) {
            account(device).queue.add(queued);
        }
        queued.granted.whenComplete((reservation, failure) -> {
            if (queued.granted.isCancelled()) {
                leaveQueue(device, queued);
            }
        });
        reconsider();
        return queued.granted;
    }

    /**
     * Reserves memory that is free now and that nobody waits for. Makes nobody go.
     *
     * @param tenant for whom
     * @param bytes how much, at least 1
     * @param device of which device
     * @return the reservation; empty if there is no room, or the tenant is just made to go
     */
    public Optional<Reservation> tryReserve(Tenant tenant, long bytes, String device) {
        requireTenant(tenant);
        requirePositive(bytes);
        synchronized (lock) {
            Account account = account(device);
            boolean leaves = account.held.stream().anyMatch(held -> held.leaving && held.tenant.equals(tenant));
            return leaves || !account.queue.isEmpty() || bytes > account.free()
                    ? Optional.empty()
                    : Optional.of(account.hold(tenant, bytes));
        }
    }

    /** Looks whether somebody who waits can go on. To be called when a tenant has become idle, or may be made to go now or no longer. */
    public void reconsider() {
        synchronized (lock) {
            if (accounts.values().stream().allMatch(account -> account.queue.isEmpty())) {
                return;
            }
            if (looking) {
                lookAgain = true;
                return;
            }
            looking = true;
        }
        boolean begun = false;
        try {
            executor.execute(this::look);
            begun = true;
        } finally {
            if (!begun) {
                synchronized (lock) {
                    looking = false;
                }
            }
        }
    }

    /**
     * The limit of a device.
     *
     * @param device the device
     * @return how many bytes of it all together may have
     */
    public long limit(String device) {
        synchronized (lock) {
            return account(device).limit;
        }
    }

    /**
     * What is reserved of a device.
     *
     * @param device the device
     * @return how many bytes, never more than {@link #limit}
     */
    public long reserved(String device) {
        synchronized (lock) {
            return account(device).used;
        }
    }

    private static Tenant requireTenant(Tenant tenant) {
        return Objects.requireNonNull(tenant, "tenant");
    }

    private static long requirePositive(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("bytes must be at least 1, but is " + bytes);
        }
        return bytes;
    }

    /** Under the lock only. */
    private Account account(String device) {
        return accounts.computeIfAbsent(device, name -> new Account(name, Math.max(0, limits.applyAsLong(name))));
    }

    private void leaveQueue(String device, Queued queued) {
        synchronized (lock) {
            account(device).queue.remove(queued);
        }
        reconsider();
    }

    private void look() {
        boolean ended = false;
        try {
            do {
                List<Account> all;
                synchronized (lock) {
                    lookAgain = false;
                    all = List.copyOf(accounts.values());
                }
                all.forEach(this::serve);
                synchronized (lock) {
                    ended = !lookAgain;
                    looking = !ended;
                }
            } while (!ended);
        } finally {
            if (!ended) {
                // A tenant has failed: the next call looks again.
                synchronized (lock) {
                    looking = false;
                }
            }
        }
    }

    private void serve(Account account) {
        refuseHopeless(account);
        grant(account);
        makeRoom(account);
    }

    private void refuseHopeless(Account account) {
        List<Queued> queue;
        Map<Tenant, Long> shares;
        synchronized (lock) {
            queue = List.copyOf(account.queue);
            shares = account.shares();
        }
        Map<Tenant, Long> staying = new LinkedHashMap<>();
        shares.forEach((tenant, bytes) -> {
            if (!tenant.isEvictable()) {
                staying.put(tenant, bytes);
            }
        });
        for (Queued one : queue) {
            Map<Tenant, Long> inTheWay = new LinkedHashMap<>(staying);
            Optional.ofNullable(shares.get(one.tenant)).ifPresent(own -> inTheWay.put(one.tenant, own));
            long taken = inTheWay.values().stream().mapToLong(Long::longValue).sum();
            if (one.bytes > account.limit - taken) {
                synchronized (lock) {
                    account.queue.remove(one);
                }
                one.granted.completeExceptionally(new ModelUnavailableException(
                        ErrorCode.MEMORY_EXCEEDED, tooLarge(one, account, taken, inTheWay.keySet())));
            }
        }
    }

    private static String tooLarge(Queued one, Account account, long taken, Set<Tenant> inTheWay) {
        String needs = "The model '" + one.tenant.name() + "' needs " + MemorySize.text(one.bytes) + " of "
                + account.device + ", and all models together may use " + MemorySize.text(account.limit)
                + " of it (hyperion.memory.limit)";
        return inTheWay.isEmpty()
                ? needs
                : needs + ", of which " + MemorySize.text(taken) + " are taken by what stays in memory: "
                        + inTheWay.stream().map(Tenant::name).sorted().collect(Collectors.joining(", "));
    }

    /** Hands over what there is room for, in the order of the queue. */
    private void grant(Account account) {
        while (true) {
            Queued first;
            Held held;
            synchronized (lock) {
                if (account.queue.isEmpty() || account.queue.element().bytes > account.free()) {
                    return;
                }
                first = account.queue.remove();
                held = account.hold(first.tenant, first.bytes);
            }
            if (!first.granted.complete(held)) {
                held.close();
            }
        }
    }

    /** Makes others go until there will be room for the first of the queue. */
    private void makeRoom(Account account) {
        long missing;
        Map<Tenant, Long> shares;
        synchronized (lock) {
            if (account.queue.isEmpty()) {
                return;
            }
            Queued first = account.queue.element();
            missing = first.bytes - account.free() - account.leaving();
            shares = account.shares();
            shares.remove(first.tenant);
        }
        if (missing <= 0) {
            return;
        }
        List<Candidate> staying = new ArrayList<>();
        for (Candidate candidate : candidates(shares)) {
            if (missing > 0 && candidate.idle && leaves(candidate.tenant, Tenant::evict)) {
                missing -= candidate.bytes;
            } else {
                staying.add(candidate);
            }
        }
        for (Candidate candidate : staying) {
            if (missing > 0 && leaves(candidate.tenant, Tenant::drain)) {
                missing -= candidate.bytes;
            }
        }
    }

    /** Those who may be made to go, the one that was not used for the longest time first. Each is asked once: it may change at any time. */
    private static List<Candidate> candidates(Map<Tenant, Long> shares) {
        long now = System.nanoTime();
        return shares.entrySet().stream()
                .filter(share -> share.getKey().isEvictable())
                .map(share -> new Candidate(
                        share.getKey(),
                        share.getValue(),
                        share.getKey().isIdle(),
                        now - share.getKey().lastUsedNanos()))
                .sorted(Comparator.comparingLong(Candidate::unused).reversed())
                .toList();
    }

    /** Marked before it is asked, since it may be gone when it has answered. */
    private boolean leaves(Tenant tenant, Predicate<Tenant> asked) {
        List<Held> all;
        synchronized (lock) {
            all = accounts.values().stream()
                    .flatMap(account -> account.held.stream())
                    .filter(held -> held.tenant.equals(tenant))
                    .toList();
            all.forEach(held -> held.leaving = true);
        }
        boolean leaves = false;
        try {
            leaves = asked.test(tenant);
        } finally {
            if (!leaves) {
                synchronized (lock) {
                    all.forEach(held -> held.leaving = false);
                }
            }
        }
        return leaves;
    }

    private record Candidate(Tenant tenant, long bytes, boolean idle, long unused) {}

    private record Queued(Tenant tenant, long bytes, CompletableFuture<Reservation> granted) {
        @Override
        public boolean equals(Object other) {
            // A tenant may wait for the same amount twice.
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /** The memory of one device. All of it under the lock only. */
    private final class Account {
        private final String device;
        private final long limit;
        private final Deque<Queued> queue = new ArrayDeque<>();
        private final Set<Held> held = new LinkedHashSet<>();
        private long used;

        private Account(String device, long limit) {
            this.device = device;
            this.limit = limit;
        }

        private long free() {
            return limit - used;
        }

        /** What will be free when those have gone who are on their way. */
        private long leaving() {
            return held.stream()
                    .filter(one -> one.leaving)
                    .mapToLong(Held::bytes)
                    .sum();
        }

        /** What each has who is not about to go. */
        private Map<Tenant, Long> shares() {
            Map<Tenant, Long> shares = new LinkedHashMap<>();
            held.stream().filter(one -> !one.leaving).forEach(one -> shares.merge(one.tenant, one.bytes, Long::sum));
            return shares;
        }

        private Held hold(Tenant tenant, long bytes) {
            Held one = new Held(this, tenant, bytes);
            held.add(one);
            used += bytes;
            return one;
        }
    }

    private final class Held implements Reservation {
        private final Account account;
        private final Tenant tenant;
        private final long bytes;
        private boolean leaving;

        private Held(Account account, Tenant tenant, long bytes) {
            this.account = account;
            this.tenant = tenant;
            this.bytes = bytes;
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public String device() {
            return account.device;
        }

        @Override
        public void close() {
            synchronized (lock) {
                if (!account.held.remove(this)) {
                    return;
                }
                account.used -= bytes;
            }
            reconsider();
        }

        @Override
        public String toString() {
            return MemorySize.text(bytes) + " of " + account.device + " for " + tenant.name();
        }
    }
}
