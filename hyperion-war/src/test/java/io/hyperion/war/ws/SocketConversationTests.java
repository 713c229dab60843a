package io.hyperion.war.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.BusyException;
import io.hyperion.api.Completion;
import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.ModelState;
import io.hyperion.api.Prompt;
import io.hyperion.api.RerankReply;
import io.hyperion.api.RerankRequest;
import io.hyperion.api.SlotInfo;
import io.hyperion.api.SlotReply;
import io.hyperion.api.Timings;
import io.hyperion.api.TokenizeReply;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.war.config.Settings;
import io.hyperion.war.hyperion.GenerateFormat;
import jakarta.json.JsonObject;
import jakarta.json.spi.JsonProvider;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The order of things on a socket, step by step: the engine is one that the test speaks for, the peer one that takes a frame when the
 * test says so. How both behave in earnest is the integration test's matter.
 */
@DisplayName("A conversation on a socket")
class SocketConversationTests {
    private static final JsonProvider JSON = JsonProvider.provider();

    private final Engine engine = new Engine();
    private final Peer peer = new Peer();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final SocketConversation conversation = conversation(Duration.ofSeconds(30));

    @AfterEach
    void shutDown() {
        scheduler.shutdownNow();
    }

    @Test
    @DisplayName("tells pieces and the end of each request by its id, as it was sent")
    void ids() {
        generate("\"a\"");
        generate("7");
        engine.of(0).onText("x");
        engine.of(1).onText("y");
        engine.done(0, "x");
        engine.done(1, "y");
        peer.takeAll();

        assertThat(peer.frames).hasSize(4);
        assertThat(peer.texts("\"a\"")).isEqualTo("x");
        assertThat(peer.texts("7")).isEqualTo("y");
        assertThat(peer.last("\"a\"").getString("event")).isEqualTo("done");
        assertThat(peer.last("7").getString("output")).isEqualTo("y");
    }

    @Test
    @DisplayName("sends one frame at a time, and joins what comes while it is on its way")
    void joins() {
        generate("1");
        engine.of(0).onText("a");
        run();
        engine.of(0).onText("b");
        engine.of(0).onText("c");
        run();
        assertThat(peer.frames).hasSize(1);

        peer.takeOne();
        run();
        assertThat(peer.frames).hasSize(2);
        assertThat(peer.texts("1")).isEqualTo("abc");
    }

    @Test
    @DisplayName("tells the pieces of all completions that came while a frame was on its way, and the end behind them")
    void severalCompletions() {
        generate("1");
        engine.of(0).onPiece(pieceOf(0, "a"));
        run();
        engine.of(0).onPiece(pieceOf(0, "b"));
        engine.of(0).onPiece(pieceOf(1, "x"));
        peer.takeAll();
        assertThat(peer.texts("1")).isEqualTo("abx");

        engine.of(0).onPiece(pieceOf(0, "c"));
        engine.of(0).onPiece(pieceOf(1, "y"));
        engine.done(0, "abc");
        peer.takeAll();
        assertThat(peer.texts("1")).isEqualTo("abxcy");
        assertThat(peer.last("1").getString("event")).isEqualTo("done");
    }

    private static GenerateEvent.Piece pieceOf(int completion, String text) {
        return new GenerateEvent.Piece(text, completion, 2, List.of(), List.of(), Optional.empty());
    }

    @Test
    @DisplayName("tells how far the model is that a request waits for, before its pieces")
    void waiting() {
        generate("1");
        engine.of(0).onWaiting(ModelProgress.of("m", ModelState.LOADING, OptionalDouble.of(0.25)));
        peer.takeAll();
        engine.of(0).onWaiting(ModelProgress.of("m", ModelState.LOADING, OptionalDouble.of(0.75)));
        engine.of(0).onText("a");
        engine.done(0, "a");
        peer.takeAll();

        assertThat(peer.frames)
                .extracting(frame -> frame.getString("event"))
                .containsExactly("progress", "token", "done");
        assertThat(peer.frames.get(0))
                .hasToString("{\"id\":1,\"event\":\"progress\",\"model\":\"m\",\"state\":\"loading\",\"fraction\":0.25,"
                        + "\"bytes\":0,\"bytes_per_second\":0}");
    }

    @Test
    @DisplayName("lets every request say one thing in turn")
    void takesTurns() {
        generate("1");
        generate("2");
        engine.of(0).onText("a");
        engine.of(1).onText("x");
        run();
        engine.of(0).onText("b");
        peer.takeAll();

        assertThat(peer.frames.stream().map(frame -> frame.getInt("id"))).containsExactly(1, 2, 1);
    }

    @Test
    @DisplayName("tells an end once, however late the engine's signal for it comes")
    void endsOnce() {
        generate("1");
        engine.of(0).onText("a");
        engine.done(0, "a");
        engine.of(0).onStart();
        peer.takeAll();
        engine.of(0).onStart();
        peer.takeAll();

        assertThat(peer.frames).hasSize(2);
    }

    @Test
    @DisplayName("never makes or sends a frame in the engine's thread")
    void engineIsFree() {
        generate("1");
        engine.of(0).onText("a");
        engine.done(0, "a");

        assertThat(peer.frames).isEmpty();
        assertThat(tasks).hasSize(1);
    }

    @Test
    @DisplayName("keeps its memory when the peer stops reading: the window closes, and the rest is joined")
    void slowReader() {
        generate("1");
        String piece = "x".repeat(1000);
        int pieces = 2 * SendWindow.SIZE / piece.length();
        for (int i = 0; i < pieces; i++) {
            engine.of(0).onText(piece);
            peer.takeAll();
        }
        engine.done(0, piece.repeat(pieces));
        peer.takeAll();
        int before = peer.frames.size();
        assertThat(before * piece.length()).isLessThan(SendWindow.SIZE + 2 * piece.length());
        assertThat(peer.pings).hasSize(1);

        conversation.pong(ByteBuffer.wrap(peer.pings.get(0)));
        peer.takeAll();
        assertThat(peer.frames).hasSize(before + 1);
        for (int i = 1; i < peer.pings.size(); i++) {
            conversation.pong(ByteBuffer.wrap(peer.pings.get(i)));
            peer.takeAll();
        }
        assertThat(peer.texts("1")).isEqualTo(piece.repeat(pieces));
        assertThat(peer.last("1").getString("event")).isEqualTo("done");
    }

    @Test
    @DisplayName("closes on a peer that takes no frame for too long, and cancels its generations")
    void frameTimeout() throws InterruptedException {
        SocketConversation impatient = conversation(Duration.ofMillis(20));
        impatient.receive("{\"id\":1,\"method\":\"generate\",\"params\":{\"prompt\":\"p\"}}");
        engine.of(0).onText("a");
        run();

        assertThat(engine.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
        peer.awaitClosing(this::run);
        assertThat(peer.closed).isEqualTo("reads too slowly");
    }

    @Test
    @DisplayName("cancels one request by its id, and knows no error for one that has ended")
    void cancels() {
        generate("1");
        generate("2");
        conversation.receive("{\"id\":2,\"method\":\"cancel\"}");
        conversation.receive("{\"id\":3,\"method\":\"cancel\"}");

        assertThat(engine.cancelledOnes).containsExactly(1);
        peer.takeAll();
        assertThat(peer.frames).isEmpty();
    }

    @Test
    @DisplayName("cancels all when the socket ends, and says no more")
    void ends() {
        generate("1");
        generate("2");
        engine.of(0).onText("a");
        conversation.end();
        engine.of(1).onText("b");
        conversation.end();
        peer.takeAll();

        assertThat(engine.cancelledOnes).containsExactly(0, 1);
        assertThat(peer.frames).isEmpty();
    }

    @Test
    @DisplayName("cancels all when a frame cannot be sent")
    void sendFails() {
        generate("1");
        generate("2");
        engine.of(0).onText("a");
        run();
        peer.fail();

        assertThat(engine.cancelledOnes).containsExactly(0, 1);
    }

    @Test
    @DisplayName("refuses an id that is under way, and takes it again once its end has been told")
    void duplicates() {
        generate("1");
        generate("1");
        peer.takeAll();
        assertThat(peer.last("1").getString("code")).isEqualTo("HYP-1005");
        assertThat(peer.last("1").getString("parameter")).isEqualTo("id");

        engine.done(0, "");
        run();
        generate("1");
        assertThat(engine.listeners).hasSize(2);
    }

    @Test
    @DisplayName("refuses a request too many, and goes on")
    void tooMany() {
        for (int i = 0; i < 5; i++) {
            generate(Integer.toString(i));
        }
        peer.takeAll();
        assertThat(engine.listeners).hasSize(4);
        assertThat(peer.last("4").getString("code")).isEqualTo("HYP-5002");
        assertThat(peer.last("4").getInt("retry_after")).isEqualTo(1);

        engine.done(0, "");
        peer.takeAll();
        generate("5");
        assertThat(engine.listeners).hasSize(5);
    }

    @Test
    @DisplayName("closes on a peer that asks and asks and reads no answer")
    void flood() {
        for (int i = 0; i < 4 + 64 + 1; i++) {
            conversation.receive("{");
        }
        run();

        assertThat(peer.closed).isEqualTo("leaves too many answers unread");
    }

    @Test
    @DisplayName("answers what is wrong, and goes on")
    void wrong() {
        conversation.receive("{");
        conversation.receive("[]");
        conversation.receive("{\"method\":\"models\"}");
        peer.takeAll();
        conversation.receive("{\"id\":1.5,\"method\":\"models\"}");
        conversation.receive("{\"id\":\"" + "x".repeat(257) + "\",\"method\":\"models\"}");
        conversation.receive("{\"id\":2}");
        conversation.receive("{\"id\":3,\"method\":\"dance\"}");
        peer.takeAll();
        conversation.receive("{\"id\":4,\"method\":\"generate\"}");
        conversation.receive("{\"id\":5,\"method\":\"generate\",\"params\":{\"prompt\":\"x\",\"top_p\":2,\"sed\":1}}");
        conversation.receive("{\"id\":6,\"method\":\"generate\",\"params\":3}");
        conversation.receive("{\"id\":7,\"pad\":\"" + "x".repeat(5000) + "\"}");
        peer.takeAll();

        assertThat(peer.frames.stream().map(frame -> frame.get("id") + " " + frame.getString("code")))
                .containsExactly(
                        "null HYP-1006",
                        "null HYP-1002",
                        "null HYP-1001",
                        "null HYP-1002",
                        "null HYP-1003",
                        "2 HYP-1001",
                        "3 HYP-1004",
                        "4 HYP-1001",
                        "5 HYP-1003",
                        "6 HYP-1002",
                        "null HYP-1008");
        assertThat(peer.last("5").getString("warning")).contains("'seed'");
        assertThat(peer.last("5").getString("parameter")).isEqualTo("top_p");
    }

    @Test
    @DisplayName("tells a refusal of the engine as the end of its request")
    void refused() {
        engine.full = true;
        generate("1");
        peer.takeAll();
        assertThat(peer.last("1").getString("code")).isEqualTo("HYP-5001");

        engine.full = false;
        generate("1");
        assertThat(engine.listeners).hasSize(1);
    }

    @Test
    @DisplayName("tells only the end when pieces are not wanted")
    void notStreamed() {
        conversation.receive(
                "{\"id\":1,\"method\":\"generate\",\"params\":{\"prompt\":\"p\",\"stream\":false,\"sed\":1}}");
        engine.of(0).onText("a");
        engine.done(0, "a");
        peer.takeAll();

        assertThat(peer.frames).hasSize(1);
        assertThat(peer.last("1").getString("output")).isEqualTo("a");
        assertThat(peer.last("1").getString("warning")).isEqualTo("Unknown field 'sed'; did you mean 'seed'?");
    }

    private SocketConversation conversation(Duration sendTimeout) {
        return new SocketConversation(
                engine,
                new Settings(4096, 4, sendTimeout, List.of(), "Hyperion", false),
                Map.of("generate", GenerateFormat.INSTANCE),
                peer,
                task -> {
                    synchronized (tasks) {
                        tasks.add(task);
                    }
                },
                scheduler);
    }

    private void generate(String id) {
        conversation.receive("{\"id\":" + id + ",\"method\":\"generate\",\"params\":{\"prompt\":\"p\"}}");
    }

    /** Lets the server's executor do what it was given. */
    private void run() {
        for (Runnable task = next(); task != null; task = next()) {
            task.run();
        }
    }

    private Runnable next() {
        synchronized (tasks) {
            return tasks.poll();
        }
    }

    private final class Peer implements FrameSender {
        final List<JsonObject> frames = new ArrayList<>();
        final List<byte[]> pings = new ArrayList<>();
        private final Queue<Consumer<Throwable>> onTheWay = new ArrayDeque<>();
        private final CountDownLatch closing = new CountDownLatch(1);
        String closed = "";

        @Override
        public void send(String frame, Consumer<Throwable> whenSent) {
            assertThat(onTheWay).isEmpty();
            frames.add(JSON.createReader(new StringReader(frame)).readObject());
            onTheWay.add(whenSent);
        }

        @Override
        public void ping(byte[] data) {
            assertThat(onTheWay).isEmpty();
            pings.add(data);
        }

        @Override
        public void close(String reason) {
            closed = reason;
            closing.countDown();
        }

        void takeOne() {
            onTheWay.remove().accept(null);
        }

        void fail() {
            onTheWay.remove().accept(new java.io.IOException("gone"));
        }

        void takeAll() {
            for (run(); !onTheWay.isEmpty(); run()) {
                takeOne();
            }
        }

        /** The closing is handed to the executor by another thread, soon. */
        void awaitClosing(Runnable work) throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            do {
                work.run();
            } while (!closing.await(1, TimeUnit.MILLISECONDS) && System.nanoTime() < deadline);
        }

        JsonObject last(String id) {
            return frames.stream()
                    .filter(frame -> frame.get("id").toString().equals(id))
                    .reduce((first, second) -> second)
                    .orElseThrow();
        }

        String texts(String id) {
            StringBuilder text = new StringBuilder();
            frames.stream()
                    .filter(frame -> frame.get("id").toString().equals(id))
                    .filter(frame -> frame.getString("event").equals("token"))
                    .forEach(frame -> text.append(frame.getString("text")));
            return text.toString();
        }
    }

    private static final class Engine implements HyperionClient {
        final List<GenerateListener> listeners = new ArrayList<>();
        final Set<Integer> cancelledOnes = new HashSet<>();
        final CountDownLatch cancelled = new CountDownLatch(1);
        private final Map<Integer, GenerateRequest> requests = new HashMap<>();
        boolean full;

        GenerateListener of(int index) {
            return listeners.get(index);
        }

        void done(int index, String text) {
            Timings none = new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO);
            String prompt = ((Prompt.Raw) requests.get(index).prompt()).text();
            listeners
                    .get(index)
                    .onDone(new GenerateReply(
                            "m",
                            prompt,
                            1,
                            0,
                            0,
                            List.of(new Completion(text, 1, FinishReason.STOP, Optional.empty(), false, List.of())),
                            none));
        }

        @Override
        public Generation stream(GenerateRequest request, GenerateListener listener) {
            if (full) {
                throw new BusyException(ErrorCode.QUEUE_FULL, "full", Duration.ofSeconds(1));
            }
            int index = listeners.size();
            listeners.add(listener);
            requests.put(index, request);
            return () -> {
                cancelledOnes.add(index);
                cancelled.countDown();
            };
        }

        @Override
        public GenerateReply generate(GenerateRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<GenerateReply> generateAsync(GenerateRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Flow.Publisher<GenerateEvent> stream(GenerateRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String render(GenerateRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public TokenizeReply tokenize(TokenizeRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String detokenize(DetokenizeRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SlotReply saveSlot(Optional<String> model, int slot, String fileName) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SlotReply restoreSlot(Optional<String> model, int slot, String fileName) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int eraseSlot(Optional<String> model, int slot) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<SlotInfo> slots(Optional<String> model) {
            throw new UnsupportedOperationException();
        }

        @Override
        public EmbeddingReply embed(EmbeddingRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<EmbeddingReply> embedAsync(EmbeddingRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public RerankReply rerank(RerankRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<RerankReply> rerankAsync(RerankRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<ModelInfo> models() {
            return List.of();
        }

        @Override
        public ModelFigures figures(String model) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ModelProperties properties(Optional<String> model) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ModelInfo model(String name) {
            throw new UnsupportedOperationException();
        }
    }
}
