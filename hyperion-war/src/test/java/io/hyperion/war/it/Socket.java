package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A well-behaved WebSocket. */
public final class Socket implements AutoCloseable {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final Inbox inbox = new Inbox();
    private final WebSocket socket;

    public Socket(URI base) {
        this(base, "", handshake -> {});
    }

    /** Opens a socket with something more in its handshake; throws {@link java.util.concurrent.CompletionException} if it is refused. */
    public Socket(URI base, String query, Consumer<WebSocket.Builder> more) {
        URI address = URI.create("ws" + base.toString().substring("http".length()) + "/ws" + query);
        WebSocket.Builder handshake = CLIENT.newWebSocketBuilder();
        more.accept(handshake);
        socket = handshake.buildAsync(address, inbox).join();
    }

    /** The protocol that the server has chosen. */
    public String protocol() {
        return socket.getSubprotocol();
    }

    public void send(String json) {
        socket.sendText(json.replace('\'', '"'), true).join();
    }

    /** The next frame; what tells how far the model is, which comes where that takes its time, is skipped. */
    public JsonObject next() throws InterruptedException {
        JsonObject frame = any();
        while (frame.getString("event").equals("progress")) {
            frame = any();
        }
        return frame;
    }

    /** The next frame, whatever it tells. */
    public JsonObject any() throws InterruptedException {
        String frame = inbox.frames.poll(60, TimeUnit.SECONDS);
        assertThat(frame).as("a frame within a minute").isNotNull();
        return Wire.json(frame);
    }

    /** Frames until so many requests have ended: by id, in the order they came. */
    public Map<String, List<JsonObject>> untilEnded(int requests) throws InterruptedException {
        Map<String, List<JsonObject>> frames = new HashMap<>();
        for (int ended = 0; ended < requests; ) {
            JsonObject frame = next();
            frames.computeIfAbsent(frame.get("id").toString(), id -> new ArrayList<>())
                    .add(frame);
            if (!frame.getString("event").equals("token")) {
                ended++;
            }
        }
        return frames;
    }

    /** The frame that ends the request, all others skipped. */
    public JsonObject end() throws InterruptedException {
        JsonObject frame = next();
        while (frame.getString("event").equals("token")) {
            frame = next();
        }
        return frame;
    }

    /** Closes in the orderly way, with a close frame. */
    public void sayGoodbye() {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    }

    @Override
    public void close() {
        socket.abort();
    }

    private static final class Inbox implements WebSocket.Listener {
        final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
        private final StringBuilder part = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            part.append(data);
            if (last) {
                frames.add(part.toString());
                part.setLength(0);
            }
            socket.request(1);
            return null;
        }
    }
}
