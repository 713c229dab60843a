package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.SocketException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A client that stops reading its WebSocket. */
interface SlowReaderBehaviour extends Behaviour {
    /** As long as it may be: every frame carries it, so that few tokens fill much of the way to the client. */
    String LONG_ID = "i".repeat(240);

    @Test
    @DisplayName("a slow reader stalls nobody else, and gets all of its texts when it reads on")
    default void slowReader() throws IOException, InterruptedException {
        JsonObject single = wire().post("/generate", "{" + SHORT + "}").json();
        try (RawConnection slow = RawConnection.to(wire().base());
                Socket other = new Socket(wire().base())) {
            slow.upgrade("/hyperion/ws");
            int requests = 60;
            for (int i = 0; i < requests; i++) {
                slow.sendText("{'id':'" + i + LONG_ID + "','method':'generate','params':{" + SHORT + "}}");
            }
            // Behind all of the slow one's requests in the queue: when this ends, nothing of theirs is still to be
            // made.
            other.send("{'id':1,'method':'generate','params':{" + SHORT + "}}");
            assertThat(other.end().getString("output")).isEqualTo(single.getString("output"));

            Map<String, StringBuilder> texts = new HashMap<>();
            for (int ended = 0; ended < requests; ) {
                JsonObject frame = Wire.json(slow.text());
                StringBuilder text = texts.computeIfAbsent(frame.getString("id"), id -> new StringBuilder());
                if (frame.getString("event").equals("token")) {
                    text.append(frame.getString("text"));
                } else {
                    assertThat(frame.getString("event")).isEqualTo("done");
                    assertThat(frame.getString("output")).isEqualTo(single.getString("output"));
                    ended++;
                }
            }
            assertThat(texts.values()).hasSize(requests).allMatch(text -> text.toString()
                    .equals(single.getString("output")));
            assertThat(slow.pings()).isPositive();
        }
    }

    @Test
    @DisplayName("a reader that never reads on is cut off, and the server goes on")
    default void neverReads() throws IOException {
        try (RawConnection slow = RawConnection.to(wire().base())) {
            slow.upgrade("/hyperion/ws");
            long deadline = System.nanoTime() + 60_000_000_000L;
            boolean cut = false;
            for (int i = 0; !cut && System.nanoTime() < deadline; i++) {
                try {
                    slow.sendText("{'id':'" + i + LONG_ID + "','method':'models'}");
                } catch (SocketException closedByServer) {
                    cut = true;
                }
            }

            assertThat(cut).isTrue();
        }
        assertThat(wire().post("/generate", "{" + SHORT + "}").status()).isEqualTo(200);
    }
}
