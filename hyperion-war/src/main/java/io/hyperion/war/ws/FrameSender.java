package io.hyperion.war.ws;

import java.io.IOException;
import java.util.function.Consumer;

/** The way of one socket to its peer. */
interface FrameSender {
    /**
     * Sends a text frame. No second call comes before the first one's end.
     *
     * @param frame the text
     * @param whenSent hears of the end: null if the frame has left, else why it could not; may be called before this method returns
     */
    void send(String frame, Consumer<Throwable> whenSent);

    /**
     * Sends a ping. Never called while a frame is being sent.
     *
     * @param data what the pong is to bring back
     * @throws IOException if the socket is gone
     */
    void ping(byte[] data) throws IOException;

    /**
     * Ends the socket. May block for as long as a frame under way does.
     *
     * @param reason why, for the peer
     */
    void close(String reason);
}
