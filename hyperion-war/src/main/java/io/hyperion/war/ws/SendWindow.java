package io.hyperion.war.ws;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * How far a socket may send ahead of what its peer has read. Servers take frames for a peer that reads nothing and keep them in memory,
 * without an end on some; so every {@value #PING_EVERY} characters a ping goes along, whose pong proves that all before it was read, and
 * no more than {@value #SIZE} characters are sent without that proof. Guarded by the lock of its conversation.
 */
final class SendWindow {
    static final int SIZE = 262_144;
    static final int PING_EVERY = 65_536;

    private long sent;
    private long read;
    private long pinged;
    private byte[] token = {};

    /** {@return whether a frame may be sent} */
    boolean isOpen() {
        return sent - read <= SIZE;
    }

    /** {@return whether a ping is to go before the next frame} */
    boolean isPingDue() {
        return pinged == read && sent - read >= PING_EVERY;
    }

    void frameSent(int length) {
        sent += length;
    }

    /** {@return what to ping with: nothing that could be guessed by someone who does not read} */
    byte[] ping() {
        UUID random = UUID.randomUUID();
        token = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(random.getMostSignificantBits())
                .putLong(random.getLeastSignificantBits())
                .array();
        pinged = sent;
        return token;
    }

    /** A pong; one that answers no ping of ours is ignored. */
    void pong(ByteBuffer data) {
        if (pinged > read && data.equals(ByteBuffer.wrap(token))) {
            read = pinged;
        }
    }
}
