package io.hyperion.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.ModelUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryBudgetTest {
    private static final String CPU = "CPU";

    private final List<String> gone = new ArrayList<>();
    private final MemoryBudget budget = new MemoryBudget(device -> device.equals(CPU) ? 100 : 10, Runnable::run);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatFitsIsGrantedAtOnceAndCounted() {
        MemoryBudget.Reservation reserved = granted(budget.reserve(new Fake("a", 1), 60, CPU));
        assertThat(reserved.bytes()).isEqualTo(60);
        assertThat(reserved.device()).isEqualTo(CPU);
        assertThat(budget.reserved(CPU)).isEqualTo(60);
        reserved.close();
        reserved.close();
        assertThat(budget.reserved(CPU)).isZero();
        assertThat(budget.limit(CPU)).isEqualTo(100);
    }

    @Test
    void devicesDoNotShareTheirMemory() {
        granted(budget.reserve(new Fake("a", 1).busy(), 100, CPU));
        granted(budget.reserve(new Fake("b", 2), 10, "CUDA0"));
        assertThat(budget.reserved("CUDA0")).isEqualTo(10);
    }

    @Test
    void idleTenantsGoInTheOrderOfTheirLastUseAndOnlyAsManyAsNeeded() {
        Fake middle = new Fake("middle", 2).take(30);
        Fake oldest = new Fake("oldest", 1).take(30);
        Fake newest = new Fake("newest", 3).take(30);
        granted(budget.reserve(new Fake("wants", 4), 65, CPU));
        assertThat(gone).containsExactly("oldest evicted", "middle evicted");
        assertThat(newest.has()).isTrue();
        assertThat(oldest.has() || middle.has()).isFalse();
    }

    @Test
    void theOldOneIsGoneBeforeTheNewOneGetsItsRoom() {
        Fake slow = new Fake("slow", 1).take(80).slow();
        CompletableFuture<MemoryBudget.Reservation> waits = budget.reserve(new Fake("wants", 2), 50, CPU);
        assertThat(gone).containsExactly("slow evicted");
        assertThat(waits).isNotDone();
        assertThat(budget.reserved(CPU)).isEqualTo(80);
        slow.giveBack();
        granted(waits);
        assertThat(budget.reserved(CPU)).isEqualTo(50);
    }

    @Test
    void aTenantOnItsWayOutIsAskedOnlyOnceAndNobodyElseInItsPlace() {
        Fake slow = new Fake("slow", 1).take(50).slow();
        Fake other = new Fake("other", 2).take(50);
        CompletableFuture<MemoryBudget.Reservation> waits = budget.reserve(new Fake("wants", 3), 50, CPU);
        budget.reconsider();
        budget.reconsider();
        assertThat(gone).containsExactly("slow evicted");
        slow.giveBack();
        granted(waits);
        assertThat(other.has()).isTrue();
    }

    @Test
    void busyTenantsAreLetFinishWhenIdleOnesDoNotSuffice() {
        Fake busyOld = new Fake("busy old", 1).busy().take(40);
        Fake busyNew = new Fake("busy new", 2).busy().take(40);
        new Fake("idle", 3).take(20);
        CompletableFuture<MemoryBudget.Reservation> waits = budget.reserve(new Fake("wants", 4), 60, CPU);
        assertThat(gone).containsExactly("idle evicted", "busy old drained");
        assertThat(waits).isNotDone();
        busyOld.giveBack();
        granted(waits);
        assertThat(busyNew.has()).isTrue();
    }

    @Test
    void aTenantThatIsUsedAgainBeforeItGoesIsLetFinish() {
        Fake late = new Fake("late", 1).take(100).usedWhenEvicted();
        CompletableFuture<MemoryBudget.Reservation> waits = budget.reserve(new Fake("wants", 2), 10, CPU);
        assertThat(gone).containsExactly("late drained");
        late.giveBack();
        granted(waits);
    }

    @Test
    void aTenantThatIsPinnedInTheLastMomentStaysAndTheOthersGo() {
        Fake pinned = new Fake("pinned", 1).take(50).pinnedWhenAsked();
        new Fake("other", 2).take(50);
        granted(budget.reserve(new Fake("wants", 3), 50, CPU));
        assertThat(gone).containsExactly("other evicted");
        assertThat(pinned.has()).isTrue();
    }

    @Test
    void whoeverComesLaterWaitsEvenIfItIsSmallEnough() {
        Fake busy = new Fake("busy", 1).busy().take(60);
        CompletableFuture<MemoryBudget.Reservation> first = budget.reserve(new Fake("first", 2), 80, CPU);
        CompletableFuture<MemoryBudget.Reservation> second = budget.reserve(new Fake("second", 3), 20, CPU);
        assertThat(second).isNotDone();
        assertThat(budget.tryReserve(new Fake("third", 4), 1, CPU)).isEmpty();
        busy.giveBack();
        granted(first);
        granted(second);
    }

    @Test
    void whatCannotFitFailsAtOnceWithTheNumbers() {
        assertThatThrownBy(() -> budget.reserve(new Fake("big", 1), 101, CPU).get())
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(ModelUnavailableException.class, e -> assertThat(e.code())
                        .isEqualTo(ErrorCode.MEMORY_EXCEEDED))
                .hasMessage("The model 'big' needs 101 bytes of CPU, and all models together may use 100 bytes of it"
                        + " (hyperion.memory.limit)");
        assertThat(gone).isEmpty();
    }

    @Test
    void whatCannotFitBesideWhatStaysFailsWithTheNamesOfThose() {
        new Fake("q", 1).pinned().take(30);
        new Fake("p", 1).pinned().take(20);
        new Fake("idle", 1).take(50);
        assertThatThrownBy(() -> budget.reserve(new Fake("big", 2), 51, CPU).get())
                .hasMessageEndingWith("The model 'big' needs 51 bytes of CPU, and all models together may use 100 bytes"
                        + " of it (hyperion.memory.limit), of which 50 bytes are taken by what stays in memory: p, q");
        assertThat(gone).isEmpty();
        granted(budget.reserve(new Fake("fits", 3), 50, CPU));
    }

    @Test
    void whatCannotFitIsToldSoThoughOthersWaitBeforeIt() {
        new Fake("busy", 1).busy().take(100);
        CompletableFuture<MemoryBudget.Reservation> first = budget.reserve(new Fake("first", 2), 50, CPU);
        assertThat(budget.reserve(new Fake("big", 3), 101, CPU)).isCompletedExceptionally();
        assertThat(first).isNotDone();
    }

    @Test
    void whoWaitsFailsWhenSomebodyIsPinnedWithoutWhomThereIsNoRoom() {
        Fake busy = new Fake("busy", 1).busy().take(50);
        Fake stays = new Fake("stays", 2).busy().take(50).stubborn();
        CompletableFuture<MemoryBudget.Reservation> waits = budget.reserve(new Fake("wants", 3), 80, CPU);
        busy.giveBack();
        assertThat(waits).isNotDone();
        stays.pinned();
        budget.reconsider();
        assertThatThrownBy(waits::get).hasMessageEndingWith("50 bytes are taken by what stays in memory: stays");
    }

    @Test
    void whoIsNotPinnedAnyMoreMakesRoomOnceTheBudgetHears() {
        Fake pinned = new Fake("pinned", 1).pinned().take(50);
        new Fake("busy", 2).busy().take(50).stubborn();
        CompletableFuture<MemoryBudget.Reservation> waits = budget.reserve(new Fake("wants", 3), 50, CPU);
        assertThat(waits).isNotDone();
        pinned.pinned = false;
        budget.reconsider();
        assertThat(gone).containsExactly("pinned evicted");
        granted(waits);
    }

    @Test
    void aTenantDoesNotMakeItselfGo() {
        Fake own = new Fake("own", 1).take(60);
        assertThatThrownBy(() -> budget.reserve(own, 60, CPU).get()).hasMessageEndingWith("what stays in memory: own");
        assertThat(gone).isEmpty();
        assertThat(budget.tryReserve(own, 40, CPU)).isPresent();
        assertThat(budget.tryReserve(own, 1, CPU)).isEmpty();
    }

    @Test
    void whoIsOnItsWayOutGetsNoMore() {
        Fake slow = new Fake("slow", 1).take(50).slow();
        budget.reserve(new Fake("wants", 2), 60, CPU).cancel(false);
        assertThat(budget.tryReserve(slow, 1, CPU)).isEmpty();
        assertThat(budget.tryReserve(new Fake("other", 2), 1, CPU)).isPresent();
    }

    @Test
    void whoCancelsLetsTheNextOneGoOn() {
        Fake busy = new Fake("busy", 1).busy().take(60).stubborn();
        CompletableFuture<MemoryBudget.Reservation> first = budget.reserve(new Fake("first", 2), 80, CPU);
        CompletableFuture<MemoryBudget.Reservation> second = budget.reserve(new Fake("second", 3), 40, CPU);
        assertThat(second).isNotDone();
        first.cancel(false);
        granted(second);
        assertThat(busy.has()).isTrue();
        assertThat(budget.reserved(CPU)).isEqualTo(100);
    }

    @Test
    void aTenantThatFailsDoesNotStopTheBudget() {
        Fake broken = new Fake("broken", 1).take(100).broken();
        assertThatThrownBy(() -> budget.reserve(new Fake("wants", 2), 10, CPU)).hasMessage("broken on purpose");
        broken.giveBack();
        assertThat(budget.reserved(CPU)).isEqualTo(10);
    }

    @Test
    void aTenantThatHasFailedIsAskedAgain() {
        Fake broken = new Fake("broken", 1).take(100).broken();
        Fake wants = new Fake("wants", 2);
        assertThatThrownBy(() -> budget.reserve(wants, 10, CPU)).hasMessage("broken on purpose");
        broken.mended();
        budget.reconsider();
        assertThat(broken.has()).isFalse();
        assertThat(budget.reserved(CPU)).isEqualTo(10);
    }

    @Test
    void nothingAndLessCannotBeReserved() {
        assertThatThrownBy(() -> budget.reserve(new Fake("a", 1), 0, CPU))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bytes must be at least 1, but is 0");
        assertThatThrownBy(() -> budget.tryReserve(new Fake("a", 1), -1, CPU))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void atRandomTheLimitHoldsAndEverybodyGetsInAtLast(int seed) {
        Random random = new Random(seed);
        List<Fake> tenants = IntStream.range(0, 8)
                .mapToObj(i -> new Fake("tenant " + i, 0).slow())
                .toList();
        List<Long> sizes = tenants.stream().map(any -> 10L + random.nextInt(90)).toList();
        int[] asked = new int[tenants.size()];
        int[] served = new int[tenants.size()];
        for (int step = 0; step < 20_000; step++) {
            int i = random.nextInt(tenants.size());
            Fake tenant = tenants.get(i);
            if (tenant.has() && (tenant.leaving || random.nextInt(20) == 0)) {
                tenant.giveBack();
            } else if (tenant.has()) {
                tenant.busy = random.nextBoolean();
                tenant.lastUsed = step;
                budget.reconsider();
            } else if (asked[i] == served[i]) {
                asked[i]++;
                budget.reserve(tenant, sizes.get(i), CPU).thenAccept(reserved -> {
                    tenant.own = Optional.of(reserved);
                    tenant.leaving = false;
                    served[i]++;
                });
            }
            assertThat(budget.reserved(CPU)).isBetween(0L, 100L);
        }
        assertThat(IntStream.of(served).min().orElseThrow()).isGreaterThan(50);
    }

    @Test
    void manyThreadsNeverExceedTheLimitAndNobodyStarves() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            MemoryBudget shared = new MemoryBudget(device -> 100, executor);
            AtomicLong taken = new AtomicLong();
            AtomicInteger exceeded = new AtomicInteger();
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                int number = i;
                all.add(threads.submit(() -> {
                    Random random = new Random(number);
                    for (int turn = 0; turn < 300; turn++) {
                        long bytes = 20 + random.nextInt(60);
                        Threaded tenant = new Threaded("tenant " + number);
                        MemoryBudget.Reservation reserved =
                                shared.reserve(tenant, bytes, CPU).get(30, TimeUnit.SECONDS);
                        if (taken.addAndGet(bytes) > 100) {
                            exceeded.incrementAndGet();
                        }
                        tenant.begin(() -> {
                            taken.addAndGet(-bytes);
                            reserved.close();
                        });
                        Thread.yield();
                        // Stays until somebody makes it go, as models do.
                        tenant.endRequest();
                        shared.reconsider();
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
            assertThat(exceeded).hasValue(0);
            assertThat(taken.get()).isBetween(0L, 100L);
            assertThat(shared.reserved(CPU)).isEqualTo(taken.get());
        } finally {
            executor.shutdownNow();
            assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static MemoryBudget.Reservation granted(CompletableFuture<MemoryBudget.Reservation> reserved) {
        assertThat(reserved).isCompleted();
        return reserved.join();
    }

    /** One of a test's own thread: what it does when it is asked is set before. */
    private final class Fake implements MemoryBudget.Tenant {
        private final String name;
        private long lastUsed;
        private boolean pinned;
        private boolean busy;
        private boolean slow;
        private boolean leaving;
        private boolean stubborn;
        private Runnable whenAsked = () -> {};
        private Optional<MemoryBudget.Reservation> own = Optional.empty();

        Fake(String name, long lastUsed) {
            this.name = name;
            this.lastUsed = lastUsed;
        }

        Fake take(long bytes) {
            own = Optional.of(granted(budget.reserve(this, bytes, CPU)));
            return this;
        }

        Fake busy() {
            busy = true;
            return this;
        }

        Fake pinned() {
            pinned = true;
            return this;
        }

        /** Gives its memory back later, by {@link #giveBack()}. */
        Fake slow() {
            slow = true;
            return this;
        }

        /** Does not go, though it said it might. */
        Fake stubborn() {
            stubborn = true;
            return this;
        }

        Fake usedWhenEvicted() {
            whenAsked = () -> busy = true;
            return this;
        }

        Fake pinnedWhenAsked() {
            whenAsked = () -> pinned = true;
            return this;
        }

        Fake broken() {
            whenAsked = () -> {
                throw new IllegalStateException("broken on purpose");
            };
            return this;
        }

        void mended() {
            whenAsked = () -> {};
        }

        boolean has() {
            return own.isPresent();
        }

        void giveBack() {
            MemoryBudget.Reservation back = own.orElseThrow();
            own = Optional.empty();
            back.close();
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public boolean isEvictable() {
            return !pinned;
        }

        @Override
        public boolean isIdle() {
            return !busy;
        }

        @Override
        public long lastUsedNanos() {
            return lastUsed;
        }

        @Override
        public boolean evict() {
            whenAsked.run();
            if (pinned || busy || stubborn) {
                return false;
            }
            gone.add(name + " evicted");
            leaving = true;
            if (!slow) {
                giveBack();
            }
            return true;
        }

        @Override
        public boolean drain() {
            if (pinned || stubborn) {
                return false;
            }
            gone.add(name + " drained");
            leaving = true;
            return true;
        }
    }

    /** One whose request ends in another thread than it is made to go in. */
    private static final class Threaded implements MemoryBudget.Tenant {
        private final String name;
        private Optional<Runnable> unload = Optional.empty();
        private boolean busy = true;
        private boolean draining;
        private long lastUsed = System.nanoTime();

        Threaded(String name) {
            this.name = name;
        }

        synchronized void begin(Runnable unloading) {
            unload = Optional.of(unloading);
        }

        void endRequest() {
            Optional<Runnable> afterwards;
            synchronized (this) {
                busy = false;
                lastUsed = System.nanoTime();
                afterwards = draining ? unload : Optional.empty();
            }
            afterwards.ifPresent(Runnable::run);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public boolean isEvictable() {
            return true;
        }

        @Override
        public synchronized boolean isIdle() {
            return !busy;
        }

        @Override
        public synchronized long lastUsedNanos() {
            return lastUsed;
        }

        @Override
        public boolean evict() {
            Runnable unloading;
            synchronized (this) {
                if (busy || draining) {
                    return false;
                }
                draining = true;
                unloading = unload.orElseThrow();
            }
            unloading.run();
            return true;
        }

        @Override
        public boolean drain() {
            Optional<Runnable> atOnce;
            synchronized (this) {
                draining = true;
                atOnce = busy ? Optional.empty() : unload;
            }
            atOnce.ifPresent(Runnable::run);
            return true;
        }
    }
}
