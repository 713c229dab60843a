package io.hyperion.bench.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;

/** Hyperion's WebSocket: all requests on one socket, with the method {@code completion}. */
public final class SocketTarget implements StreamingTarget {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

    private final String name;
    private final WebSocket socket;
    private final Inbox inbox;
    private int lastId;
    private CompletableFuture<?> lastSent = CompletableFuture.completedFuture(null);

    private SocketTarget(String name, WebSocket socket, Inbox inbox) {
        this.name = name;
        this.socket = socket;
        this.inbox = inbox;
    }

    /**
     * Opens the socket.
     *
     * @param name what the report calls it
     * @param base Hyperion's address, with its context root and without a slash at the end
     * @return the target; the caller closes it
     * @throws IOException if it cannot be opened
     * @throws InterruptedException if the thread is interrupted
     */
    public static SocketTarget open(String name, URI base) throws IOException, InterruptedException {
        Inbox inbox = new Inbox();
        WebSocket socket = StreamingTarget.await(HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .connectTimeout(CONNECT_LIMIT)
                .buildAsync(URI.create(base.toString().replaceFirst("^http", "ws") + "/ws"), inbox));
        return new SocketTarget(name, socket, inbox);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletableFuture<Completion> send(LoadRequest request, IntConsumer progress) {
        int id = ++lastId;
        Exchange exchange = new Exchange(progress);
        inbox.exchanges.put(Integer.toString(id), exchange);
        exchange.ended.whenComplete((ignored, alsoIgnored) -> inbox.exchanges.remove(Integer.toString(id)));
        String message =
                "{\"id\":" + id + ",\"method\":\"completion\",\"params\":" + Protocol.COMPLETION.body(request) + "}";
        long sent = System.nanoTime();
        // A socket takes one message at a time.
        lastSent = lastSent.thenCompose(ignored -> socket.sendText(message, true));
        lastSent.whenComplete((ignored, failure) -> {
            if (failure != null) {
                exchange.ended.completeExceptionally(failure);
            }
        });
        return exchange.ended.thenApply(events -> {
            try {
                return Protocol.COMPLETION.read(sent, events);
            } catch (IOException e) {
                throw new CompletionException(name + ": " + e.getMessage(), e);
            }
        });
    }

    @Override
    public void close() {
        socket.abort();
    }

    private static final class Exchange {
        private final List<ReceivedEvent> events = new ArrayList<>();
        private final CompletableFuture<List<ReceivedEvent>> ended = new CompletableFuture<>();
        private final IntConsumer progress;

        Exchange(IntConsumer progress) {
            this.progress = progress;
        }

        void take(Json frame, String text, long nanos) {
            String event = frame.text("event").orElse("");
            events.add(new ReceivedEvent(event, text, nanos));
            progress.accept(events.size());
            if (!event.equals("token")) {
                ended.complete(events);
            }
        }
    }

    private static final class Inbox implements WebSocket.Listener {
        private final Map<String, Exchange> exchanges = new ConcurrentHashMap<>();
        private final StringBuilder frame = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            frame.append(data);
            if (last) {
                long nanos = System.nanoTime();
                take(frame.toString(), nanos);
                frame.setLength(0);
            }
            socket.request(1);
            return null;
        }

        private void take(String text, long nanos) {
            try {
                Json json = Json.read(text);
                String id = json.whole("id").isPresent()
                        ? Integer.toString(json.whole("id").getAsInt())
                        : json.text("id").orElse("");
                Exchange exchange = exchanges.get(id);
                if (exchange == null) {
                    throw new IOException("The socket says, to no request: " + text);
                }
                exchange.take(json, text, nanos);
            } catch (IOException e) {
                fail(e);
            }
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
            fail(new IOException("The server has closed the socket: " + statusCode + " " + reason));
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            fail(failure);
        }

        private void fail(Throwable failure) {
            exchanges.values().forEach(exchange -> exchange.ended.completeExceptionally(failure));
        }
    }
}
