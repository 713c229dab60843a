package io.hyperion.war.ws;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A send window")
class SendWindowTests {
    private final SendWindow window = new SendWindow();

    @Test
    @DisplayName("asks for a ping now and then, and never for two at once")
    void pings() {
        window.frameSent(SendWindow.PING_EVERY - 1);
        assertThat(window.isPingDue()).isFalse();
        window.frameSent(1);
        assertThat(window.isPingDue()).isTrue();

        byte[] first = window.ping();
        window.frameSent(SendWindow.PING_EVERY);
        assertThat(window.isPingDue()).isFalse();
        window.pong(ByteBuffer.wrap(first));
        assertThat(window.isPingDue()).isTrue();
        assertThat(window.ping()).isNotEqualTo(first);
    }

    @Test
    @DisplayName("closes when too much is unread, and opens when a pong proves that it was read")
    void closes() {
        window.frameSent(SendWindow.PING_EVERY);
        byte[] ping = window.ping();
        window.frameSent(SendWindow.SIZE - SendWindow.PING_EVERY);
        assertThat(window.isOpen()).isTrue();
        window.frameSent(1);
        assertThat(window.isOpen()).isFalse();

        window.pong(ByteBuffer.wrap(new byte[ping.length]));
        assertThat(window.isOpen()).isFalse();
        window.pong(ByteBuffer.wrap(ping));
        assertThat(window.isOpen()).isTrue();
    }

    @Test
    @DisplayName("takes a pong once")
    void replay() {
        window.frameSent(SendWindow.PING_EVERY);
        byte[] ping = window.ping();
        window.pong(ByteBuffer.wrap(ping));
        window.frameSent(SendWindow.SIZE + 1);
        window.pong(ByteBuffer.wrap(ping));
        assertThat(window.isOpen()).isFalse();
        window.pong(ByteBuffer.allocate(0));
        assertThat(window.isOpen()).isFalse();
    }
}
