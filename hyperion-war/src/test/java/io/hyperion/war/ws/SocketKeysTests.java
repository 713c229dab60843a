package io.hyperion.war.ws;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The key among a handshake's subprotocols")
class SocketKeysTests {
    @Test
    @DisplayName("is found in one header or in several")
    void found() {
        assertThat(SocketKeys.ofProtocols(List.of("hyperion, bearer.a_b-c"))).contains("a_b-c");
        assertThat(SocketKeys.ofProtocols(List.of("hyperion", "bearer.a.b"))).contains("a.b");
    }

    @Test
    @DisplayName("is not there where there is none")
    void none() {
        assertThat(SocketKeys.ofProtocols(List.of())).isEmpty();
        assertThat(SocketKeys.ofProtocols(List.of("hyperion", "Bearer.x, bearer")))
                .isEmpty();
    }
}
