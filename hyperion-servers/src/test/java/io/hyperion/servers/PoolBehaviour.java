package io.hyperion.servers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What an administrator does with a pool, and what becomes of requests. */
interface PoolBehaviour extends Behaviour {
    @Test
    @Order(401)
    @DisplayName("the server counts the borrowings")
    default void counts() throws Exception {
        long before = server().pool().use().borrowed();

        shortOutput();

        assertThat(server().pool().use().borrowed()).isEqualTo(before + 1);
    }
}
