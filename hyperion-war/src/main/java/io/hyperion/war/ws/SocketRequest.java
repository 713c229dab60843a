package io.hyperion.war.ws;

import io.hyperion.war.wire.PieceBuffer;
import io.hyperion.war.wire.WireCall;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.List;

/** One generation under way on a socket. Its place in the line is guarded by the lock of its conversation. */
final class SocketRequest {
    private final JsonValue id;
    private final WireCall call;
    private final List<String> hints;
    private final PieceBuffer buffer;

    /** Whether this request stands in the line of those that have something to send. */
    private boolean inLine;

    /** Whether its last frame has been made: what is signalled after that is old news. */
    private boolean finished;

    SocketRequest(JsonValue id, WireCall call, List<String> hints, SocketConversation conversation) {
        this.id = id;
        this.call = call;
        this.hints = hints;
        // On a socket pieces are the rule, since that is what a socket is opened for.
        this.buffer = new PieceBuffer(
                call.requests().size(), call.stream().orElse(true), () -> conversation.somethingToSend(this));
    }

    JsonValue id() {
        return id;
    }

    WireCall call() {
        return call;
    }

    PieceBuffer buffer() {
        return buffer;
    }

    /** {@return whether it is to be put into the line now} */
    boolean enterLine() {
        if (inLine || finished) {
            return false;
        }
        inLine = true;
        return true;
    }

    /** {@return whether it may still have something to say} */
    boolean leaveLine() {
        inLine = false;
        return !finished;
    }

    void finish() {
        finished = true;
    }

    /** The frame that tells what was taken from the buffer. */
    String frame(PieceBuffer.Taken taken) {
        if (taken instanceof PieceBuffer.Waiting waiting) {
            return Frames.progress(id, waiting.progress());
        }
        if (taken instanceof PieceBuffer.Piece piece) {
            return Frames.token(id, call, piece.generation(), piece.piece());
        }
        if (taken instanceof PieceBuffer.Done done) {
            JsonObjectBuilder frame = Frames.done(id, call.reply(done.replies()));
            return Frames.warn(frame, hints).build().toString();
        }
        return Frames.error(id, ((PieceBuffer.Failed) taken).error(), hints);
    }
}
