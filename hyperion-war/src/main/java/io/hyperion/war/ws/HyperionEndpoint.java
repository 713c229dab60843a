package io.hyperion.war.ws;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;

import io.hyperion.war.access.Identity;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * The WebSocket at {@code /ws}. The caller sends {@code {"id":"1","method":"generate","params":{…}}} with the parameters of
 * {@code POST /generate}, and gets {@code {"id":"1","event":"token","text":"…"}} for every piece, unless {@code "stream":false} is among
 * them, then {@code {"id":"1","event":"done",…}} with the reply, or {@code {"id":"1","event":"error","code":"HYP-…","message":"…"}}. So
 * too the methods {@code completion} and {@code models}. {@code {"id":"1","method":"cancel"}} ends a generation early; its
 * {@code done} tells {@code "finish_reason":"cancelled"}. Closing the socket cancels all of its generations.
 */
// A bean: Open Liberty gives an endpoint that is none nothing injected.
@Dependent
@ServerEndpoint(value = HyperionEndpoint.PATH, subprotocols = "hyperion")
public class HyperionEndpoint {
    static final String PATH = "/ws";

    private static final System.Logger LOG = System.getLogger(HyperionEndpoint.class.getName());

    @Inject
    SocketServices services;

    /** There is one endpoint per socket, as Jakarta WebSocket has it. */
    private SocketConversation conversation;

    /**
     * @param session the new socket
     */
    @OnOpen
    public void open(Session session) {
        session.setMaxTextMessageBufferSize(services.messageLimit());
        // A caller may think for as long as he likes before he asks again.
        session.setMaxIdleTimeout(0);
        SessionSender sender = new SessionSender(session);
        if (session.getUserPrincipal() instanceof Identity identity) {
            conversation = services.open(sender, identity);
        } else {
            // Past the filter that identifies everybody: a server that does not call it gives no access.
            LOG.log(ERROR, "A WebSocket came in without having been identified, and is closed");
            sender.close("not identified");
        }
    }

    /**
     * @param message a text frame
     */
    @OnMessage
    public void receive(String message) {
        if (conversation != null) {
            conversation.receive(message);
        }
    }

    /**
     * @param pong the peer's answer to a ping
     */
    @OnMessage
    public void receive(PongMessage pong) {
        if (conversation != null) {
            conversation.pong(pong.getApplicationData());
        }
    }

    /** The socket is gone. */
    @OnClose
    public void close() {
        if (conversation != null) {
            conversation.end();
        }
    }

    /**
     * @param failure what went wrong on the socket
     */
    @OnError
    public void fail(Throwable failure) {
        LOG.log(DEBUG, "A WebSocket failed", failure);
        if (conversation != null) {
            conversation.end();
        }
    }

    private record SessionSender(Session session) implements FrameSender {
        @Override
        public void send(String frame, Consumer<Throwable> whenSent) {
            session.getAsyncRemote()
                    .sendText(frame, result -> whenSent.accept(result.isOK() ? null : result.getException()));
        }

        @Override
        public void ping(byte[] data) throws IOException {
            session.getAsyncRemote().sendPing(ByteBuffer.wrap(data));
        }

        @Override
        public void close(String reason) {
            try {
                session.close(new CloseReason(CloseCodes.VIOLATED_POLICY, reason));
            } catch (IOException | IllegalStateException alreadyGone) {
                LOG.log(DEBUG, "A WebSocket was gone before it could be closed", alreadyGone);
            }
        }
    }
}
