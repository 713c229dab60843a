package io.hyperion.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.bridge.ExportedClient;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.naming.CommunicationException;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Pools in JNDI")
@Timeout(60)
class JndiPoolsTest {
    private final TestNaming naming = TestNaming.start();
    private final AtomicLong nanoTime = new AtomicLong();
    private final JndiPools pools = new JndiPools(Optional.empty(), nanoTime::get);

    @AfterEach
    void stop() {
        naming.close();
    }

    private void aSecondLater() {
        nanoTime.addAndGet(NamedPool.FRESH.toNanos());
    }

    private List<String> models() {
        return pools.known().stream()
                .flatMap(client -> client.models().stream())
                .map(ModelInfo::name)
                .toList();
    }

    @Test
    @DisplayName("are found by the names that servers give them")
    void names() {
        naming.bind("eis/hyperion", Pool.of("payara"));
        naming.bind("java:/eis/hyperion", Pool.of("wildfly"));
        naming.bind("openejb:Resource/hyperion-ra", Pool.of("tomee"));
        naming.bind("java:comp/env/eis/hyperion", Pool.of("reference"));
        naming.bind("eis/hyperion-code", Pool.of("code"));
        naming.bind("java:/eis/hyperion-2", Pool.of("second"));

        assertThat(models()).containsExactlyInAnyOrder("payara", "wildfly", "tomee", "reference", "code", "second");
    }

    @Test
    @DisplayName("of other names are not looked up")
    void foreignNames() {
        naming.bind("eis/sap", Pool.of("foreign"));
        naming.bind("jms/hyperion", Pool.of("foreign"));
        naming.bind("eis/hyperion__pm", Pool.of("alias of payara"));
        naming.bind("eis/hyperionStore", Pool.of("foreign"));

        assertThat(models()).isEmpty();
        assertThat(naming.lookedUp())
                .doesNotContain("eis/sap", "jms/hyperion", "eis/hyperion__pm", "eis/hyperionStore");
    }

    @Test
    @DisplayName("that are configured are the only ones that are looked up")
    void configured() {
        naming.bind("eis/hyperion", Pool.of("payara"));
        naming.bind("my/pool", Pool.of("mine"));
        JndiPools mine = new JndiPools(Optional.of(" my/pool ,, your/pool,my/pool"), nanoTime::get);

        assertThat(mine.known()).hasSize(1);
        assertThat(naming.lookedUp()).containsExactly("my/pool", "your/pool");
        assertThat(mine.report()).containsExactly(Map.entry("my/pool", "a pool"), Map.entry("your/pool", "nothing"));
    }

    @Test
    @DisplayName("that are configured as nothing are those of the usual names")
    void configuredBlank() {
        naming.bind("eis/hyperion", Pool.of("payara"));

        assertThat(new JndiPools(Optional.of(" , "), nanoTime::get).known()).hasSize(1);
    }

    @Test
    @DisplayName("count once, whatever names they have, and whether a server makes an object at each look-up or not")
    void sameTwice() {
        FakeModels models = FakeModels.withDefault("pool", "chat");
        naming.bindMade("eis/hyperion", () -> new Pool("one", models));
        naming.bindMade("java:/eis/hyperion", () -> new Pool("one", models));

        assertThat(pools.known()).hasSize(1);
    }

    @Test
    @DisplayName("are only what answers as Hyperion does; others are asked who they are, and nothing else")
    void strangers() {
        BiFunction<String, Object, Object> adder = (one, other) -> one + other;
        BiFunction<Integer, Integer, Integer> sum = Integer::sum;
        naming.bind("eis/hyperion", adder);
        naming.bind("eis/hyperion-1", sum);
        naming.bind("eis/hyperion-2", "a text");

        assertThat(pools.known()).isEmpty();
        assertThat(pools.report())
                .containsEntry("eis/hyperion-2", "a java.lang.String, which is no client of Hyperion")
                .containsEntry("java:/eis/hyperion", "nothing");
        assertThat(pools.report().get("eis/hyperion")).endsWith("which is no client of Hyperion");

        Pool pool = Pool.of("chat");
        naming.bind("eis/hyperion", pool);
        aSecondLater();
        pools.known();
        assertThat(pool.operations).containsOnly("about");
    }

    @Test
    @DisplayName("are looked up at most once a second")
    void rarely() {
        naming.bind("eis/hyperion", Pool.of("chat"));
        pools.known();
        int before = naming.lookedUp().size();

        for (int i = 0; i < 100; i++) {
            assertThat(models()).containsExactly("chat");
        }
        assertThat(naming.lookedUp()).hasSize(before);

        aSecondLater();
        pools.known();
        assertThat(naming.lookedUp()).hasSize(2 * before);
    }

    @Test
    @DisplayName("come, go and are redeployed")
    void comingAndGoing() {
        assertThat(models()).isEmpty();

        naming.bind("eis/hyperion-chat", Pool.of("chat"));
        aSecondLater();
        assertThat(models()).containsExactly("chat");
        HyperionClient kept = pools.known().get(0);

        naming.bind("eis/hyperion-chat", Pool.of("other"));
        aSecondLater();
        assertThat(models()).containsExactly("other");
        assertThat(kept.models()).extracting(ModelInfo::name).containsExactly("other");

        naming.unbind("eis/hyperion-chat");
        aSecondLater();
        assertThat(models()).isEmpty();
        assertThatExceptionOfType(ModelUnavailableException.class)
                .isThrownBy(kept::models)
                .satisfies(error -> assertThat(error.code()).isEqualTo(ErrorCode.NOT_DEPLOYED))
                .withMessageContaining("eis/hyperion-chat");
    }

    @Test
    @DisplayName("are found again at once when they have been redeployed, whoever asked just before and in between")
    void redeployed() {
        AtomicBoolean stopped = new AtomicBoolean();
        FakeModels old = FakeModels.withDefault("old", "old");
        ExportedClient first = ExportedClient.of(old, () -> {
            if (stopped.get()) {
                throw new ModelUnavailableException(ErrorCode.SHUTTING_DOWN, "The adapter is stopped");
            }
            return Map.of("pool", "first");
        });
        naming.bind("eis/hyperion-chat", first);
        assertThat(models()).containsExactly("old");

        stopped.set(true);
        naming.bind("eis/hyperion-chat", Pool.of("new"));
        assertThat(models()).containsExactly("new");

        stopped.set(false);
        naming.bind("eis/hyperion-chat", first);
        aSecondLater();
        assertThat(models()).containsExactly("old");
        stopped.set(true);
        naming.unbind("eis/hyperion-chat");
        assertThat(models()).isEmpty();
        naming.bind("eis/hyperion-chat", Pool.of("new"));
        nanoTime.addAndGet(NamedPool.FRESH_WHILE_GONE.toNanos());
        assertThat(models()).containsExactly("new");
    }

    @Test
    @DisplayName("that one thread is listing are waited for by another that misses one")
    void slowListing() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch listed = new CountDownLatch(1);
        naming.bind("eis/hyperion-chat", Pool.of("chat"));
        naming.beforeListing(() -> {
            begun.countDown();
            await(listed);
        });
        CompletableFuture<List<HyperionClient>> first = CompletableFuture.supplyAsync(pools::known);
        await(begun);

        assertThat(pools.known()).isEmpty();
        CompletableFuture<List<HyperionClient>> patient = CompletableFuture.supplyAsync(pools::settled);
        listed.countDown();
        assertThat(patient.get(30, TimeUnit.SECONDS)).hasSize(1);
        assertThat(first.get(30, TimeUnit.SECONDS)).hasSize(1);
    }

    @Test
    @DisplayName("are gone, too, where a server tells so in its own words, with the cause")
    void goneByCause() {
        naming.bind("eis/hyperion", Pool.of("chat"));
        pools.known();

        NamingException wrapped = new NamingException("Lookup failed");
        wrapped.initCause(new NameNotFoundException("eis/hyperion"));
        naming.failWith(wrapped);
        aSecondLater();

        assertThat(pools.known()).isEmpty();
        assertThat(pools.report()).containsEntry("eis/hyperion", "nothing");
    }

    @Test
    @DisplayName("stay known to a thread that the server lets look up nothing")
    void unmanagedThread() {
        Pool pool = Pool.of("chat");
        naming.bind("eis/hyperion", pool);
        pools.known();

        naming.failWith(new CommunicationException("no naming context is bound to this thread"));
        aSecondLater();

        assertThat(models()).containsExactly("chat");
    }

    @Test
    @DisplayName("that have an application's own name stay known to the threads of others")
    void namesOfApplication() {
        Pool pool = Pool.of("chat");
        naming.bind("java:comp/env/eis/hyperion", pool);
        pools.known();

        naming.failWith(new NameNotFoundException("java:comp is not bound"));
        aSecondLater();

        assertThat(models()).containsExactly("chat");
    }

    @Test
    @DisplayName("whose look-up fails are told with the reason")
    void failingLookUp() {
        naming.bindMade("eis/hyperion", () -> {
            throw new IllegalStateException("model\nfile is missing");
        });

        assertThat(pools.known()).isEmpty();
        assertThat(pools.report()).containsEntry("eis/hyperion", "IllegalStateException (model\uFFFDfile is missing)");
    }

    @Test
    @DisplayName("that the resource adapter refuses are told in the log, once")
    void refused() {
        List<String> told = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger(NamedPool.class.getName());
        Handler listener = new Handler() {
            @Override
            public void publish(LogRecord line) {
                told.add(line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(listener);
        try {
            naming.bindMade("eis/hyperion", () -> {
                throw new IllegalStateException(
                        "look-up failed", new IllegalArgumentException("HYPRA-1003: modelPath: there is no file x"));
            });
            pools.known();
            aSecondLater();
            pools.known();
        } finally {
            logger.removeHandler(listener);
        }

        assertThat(told)
                .filteredOn(line -> line.contains("eis/hyperion "))
                .containsExactly("The pool eis/hyperion cannot be used: HYPRA-1003: modelPath: there is no file x");
    }

    @Test
    @DisplayName("that cannot serve count, so that who asks is told why")
    void brokenPool() {
        FakeModels models = FakeModels.withDefault("pool", "chat");
        models.close();
        naming.bind("eis/hyperion", ExportedClient.of(models, () -> {
            throw new ModelUnavailableException(ErrorCode.MODEL_FAILED, "slots must be 1 to 256");
        }));

        HyperionClient broken = pools.known().get(0);

        assertThat(pools.report()).containsEntry("eis/hyperion", "a pool, which says: slots must be 1 to 256");
        assertThatExceptionOfType(ModelUnavailableException.class)
                .isThrownBy(broken::models)
                .withMessage("pool is shutting down");
    }

    @Test
    @DisplayName("are not kept alive, and neither are their applications' classes")
    void collected() throws Exception {
        WeakReference<ClassLoader> loader = findAndUndeploy();

        naming.unbind("eis/hyperion");

        while (loader.get() != null) {
            System.gc();
            Thread.onSpinWait();
        }
        assertThat(pools.report()).containsEntry("eis/hyperion", "a pool");
    }

    private WeakReference<ClassLoader> findAndUndeploy() throws Exception {
        try (OtherApplication adapter = new OtherApplication()) {
            naming.bind("eis/hyperion", adapter.export("adapter", "chat"));
            assertThat(models()).containsExactly("chat");
            return new WeakReference<>(adapter.loader());
        }
    }

    @Test
    @DisplayName("that a server makes at each look-up are looked up again when they have been collected")
    void collectedInBetween() {
        FakeModels models = FakeModels.withDefault("pool", "chat");
        naming.bindMade("eis/hyperion", () -> new Pool("one", models));
        HyperionClient kept = pools.known().get(0);
        int before = naming.lookedUp().size();

        while (naming.lookedUp().size() == before) {
            System.gc();
            assertThat(kept.models()).hasSize(1);
        }
    }

    @Test
    @DisplayName("whose look-up takes long hinder nobody who does not need them")
    void slowLookUp() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch loaded = new CountDownLatch(1);
        Pool slow = Pool.of("slow");
        naming.bindMade("eis/hyperion", () -> {
            begun.countDown();
            await(loaded);
            return slow;
        });
        naming.bind("eis/hyperion-quick", Pool.of("quick"));
        CompletableFuture<List<HyperionClient>> first = CompletableFuture.supplyAsync(pools::known);
        await(begun);

        assertThat(models()).containsExactly("quick");
        assertThat(pools.report()).containsEntry("eis/hyperion", "being looked up");

        CompletableFuture<List<HyperionClient>> patient = CompletableFuture.supplyAsync(pools::settled);
        assertThat(patient).isNotDone();
        loaded.countDown();
        assertThat(patient.get(30, TimeUnit.SECONDS)).hasSize(2);
        assertThat(first.get(30, TimeUnit.SECONDS)).hasSize(2);
    }

    @Test
    @DisplayName("are no longer waited for by a thread that is interrupted")
    void interrupted() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch loaded = new CountDownLatch(1);
        naming.bindMade("eis/hyperion", () -> {
            begun.countDown();
            await(loaded);
            return Pool.of("slow");
        });
        CompletableFuture<List<HyperionClient>> first = CompletableFuture.supplyAsync(pools::known);
        await(begun);

        Thread.currentThread().interrupt();
        assertThatExceptionOfType(GenerationCancelledException.class).isThrownBy(pools::settled);
        assertThat(Thread.interrupted()).isTrue();
        loaded.countDown();
        first.get(30, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("can be asked while they are looked up, by the look-up itself")
    void reentrant() {
        naming.bindMade("eis/hyperion", () -> {
            assertThat(pools.settled()).isEmpty();
            return Pool.of("chat");
        });

        assertThat(models()).containsExactly("chat");
    }

    @Test
    @DisplayName("cannot be used any more when they have been closed")
    void closed() {
        naming.bind("eis/hyperion", Pool.of("chat"));
        HyperionClient client = pools.known().get(0);

        pools.close();

        assertThatExceptionOfType(ModelUnavailableException.class).isThrownBy(client::models);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
