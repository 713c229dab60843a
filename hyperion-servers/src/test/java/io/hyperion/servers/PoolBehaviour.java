package io.hyperion.servers;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Wire.Answer;
import io.hyperion.war.it.Wire.Events;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What an administrator does with a pool, and what becomes of requests. */
interface PoolBehaviour extends Behaviour {
    @Test
    @Order(501)
    @DisplayName("the server's statistics count what is borrowed")
    default void counts() throws Exception {
        OptionalLong before = server().pool().use().borrowed();

        try (Events stream = occupy()) {
            assertThat(stream.next().name()).isEqualTo("token");
            assertThat(server().pool().use().inUse()).isEqualTo(1);
        }

        Behaviour.await(
                "the connection is given back", () -> server().pool().use().inUse() == 0);
        if (before.isPresent()) {
            assertThat(server().pool().use().borrowed().getAsLong()).isGreaterThan(before.getAsLong());
        }
    }

    @Test
    @Order(502)
    @DisplayName("a request that finds the pool exhausted waits as long as the pool says, and is told that it is busy")
    default void exhausted() throws Exception {
        occupied(server().pool().maximum(), () -> {
            long begin = System.nanoTime();
            Answer answer = hyperion().post("/generate", "{" + SHORT + "}");

            assertThat(System.nanoTime() - begin)
                    .isGreaterThan(server().pool().maximumWait().toNanos() * 9 / 10);
            assertThat(answer.status()).as(answer.response().body()).isEqualTo(429);
            assertThat(answer.error().getString("code")).isEqualTo("HYP-5003");
        });
        Behaviour.await("all are given back", () -> server().pool().use().inUse() == 0);
        shortOutput();
    }

    @Test
    @Order(503)
    @DisplayName("a pool that is resized serves more requests at once")
    default void resized() throws Exception {
        int size = server().pool().maximum();
        server().pool().resize(size + 1);
        Behaviour.await("Hyperion answers", () -> hyperion().get("/health").status() == 200);

        occupied(size + 1, () -> assertThat(server().pool().use().inUse()).isEqualTo(size + 1));

        server().pool().resize(size);
        Behaviour.await("Hyperion answers", () -> hyperion().get("/health").status() == 200);
        shortOutput();
    }

    @Test
    @Order(504)
    @DisplayName("a flush unloads the model, and the next request loads it again")
    default void flushes() throws Exception {
        String output = shortOutput();
        long loaded = loads();

        server().pool().flush();

        assertThat(shortOutput()).isEqualTo(output);
        assertThat(loads()).isGreaterThan(loaded);
    }

    @Test
    @Order(505)
    @DisplayName("the adapter can be redeployed ten times under `hyperion.war`, and leaves nothing")
    default void redeploysAdapter() throws Exception {
        String output = shortOutput();
        Optional<String> kept = server().pool().keepsAdapters();
        leaves(kept.isPresent() ? 1 : 0, () -> {
            server().pool().redeployAdapter();
            assertThat(shortOutput()).isEqualTo(output);
            assertThat(told(App.CONSUMER, "/api/blocking").getString("text")).isEqualTo(output);
        });
        kept.ifPresent(reason -> Assumptions.abort(reason));
    }

    private long loads() throws Exception {
        return server().log()
                .lines()
                .filter(line -> line.contains("Loaded model"))
                .count();
    }

    /** Does something while so many generations are under way. */
    private void occupied(int count, Work work) throws Exception {
        List<Events> streams = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                streams.add(occupy());
            }
            work.run();
        } finally {
            for (Events stream : streams) {
                stream.close();
            }
        }
    }
}
