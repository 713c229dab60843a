package io.hyperion.api.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.BusyException;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.UnauthorisedException;
import io.hyperion.api.remote.RawSocketServer.Frame;
import io.hyperion.api.remote.RawSocketServer.Peer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A remote client over a WebSocket")
class RemoteSocketTest {
    private static final GenerateRequest REQUEST = RemoteClientTest.REQUEST;

    private RawSocketServer server;
    private RemoteClient client;

    @BeforeEach
    void open() throws IOException {
        server = new RawSocketServer();
        client = HyperionClient.builder()
                .uri(server.uri())
                .apiKey(RemoteClientTest.KEY)
                .mode(Mode.WEBSOCKET)
                .build();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    private CompletableFuture<GenerateReply> begin() {
        return client.generateAsync(REQUEST).toCompletableFuture();
    }

    private static GenerateReply reply(CompletableFuture<GenerateReply> future) {
        return future.orTimeout(Heard.PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    private static HyperionException error(CompletableFuture<GenerateReply> future) {
        return (HyperionException) future.<Throwable>handle((reply, error) -> error)
                .orTimeout(Heard.PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    private static String done(int id) {
        return "{'id':" + id + ",'event':'done'," + RemoteClientTest.REPLY.replace("'tiny'", "'tiny" + id + "'") + "}";
    }

    @Test
    @DisplayName("has many requests under way on one socket, whose answers come in any order")
    void manyAtOnce() throws IOException {
        List<CompletableFuture<GenerateReply>> replies = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            replies.add(begin());
        }
        try (Peer peer = server.accept()) {
            assertThat(peer.headers())
                    .contains("GET /hyperion/ws HTTP/1.1", "Authorization: Bearer " + RemoteClientTest.KEY);
            for (int i = 1; i <= 50; i++) {
                assertThat(peer.next().text())
                        .startsWith("{\"id\":" + i + ",\"method\":\"generate\",\"params\":{\"prompt\":\"Once\"")
                        .endsWith("\"stream\":false}}");
            }
            for (int id = 50; id >= 1; id--) {
                peer.send(done(id));
            }
            for (int i = 0; i < 50; i++) {
                assertThat(reply(replies.get(i)).model()).isEqualTo("tiny" + (i + 1));
            }
        }
    }

    @Test
    @DisplayName(
            "tells how far the model is and pieces as they come, also in frames of several parts, and answers pings")
    void pieces() throws IOException, InterruptedException {
        Heard heard = new Heard();
        client.stream(REQUEST, heard);
        try (Peer peer = server.accept()) {
            assertThat(peer.next().text()).endsWith("\"stream\":true}}");
            peer.send("{'id':1,'event':'progress'," + RemoteClientTest.DOWNLOADING + "}");
            peer.send("{'id':1,'event':'token','text':'Hallo, '}");
            assertThat(heard.next()).isEqualTo("Hallo, ");
            byte[] whole = "{\"id\":1,\"event\":\"token\",\"text\":\"Zürich!\"}".getBytes(StandardCharsets.UTF_8);
            int middle = new String(whole, StandardCharsets.ISO_8859_1).indexOf('Z') + 2;
            peer.frame(RawSocketServer.TEXT, Arrays.copyOf(whole, middle));
            peer.frame(0x89, new byte[] {1, 2});
            peer.frame(0x80, Arrays.copyOfRange(whole, middle, whole.length));
            assertThat(heard.next()).isEqualTo("Zürich!");
            assertThat(peer.next()).isEqualTo(new Frame(0xA, "\u0001\u0002"));
            peer.send("{'id':1,'event':'news'}");
            peer.send("{'id':99,'event':'token','text':'of another'}");
            peer.send(done(1));
            assertThat(heard.reply().text()).isEqualTo("Hallo, Zürich!");
            assertThat(heard.all)
                    .containsExactly(RemoteClientTest.PROGRESS.toString(), "start", "Hallo, ", "Zürich!", "done");
        }
    }

    @Test
    @DisplayName("fails what is under way when the socket breaks, sends none of it again, and opens another")
    void breaks() throws IOException {
        CompletableFuture<GenerateReply> first = begin();
        CompletableFuture<GenerateReply> second = begin();
        try (Peer peer = server.accept()) {
            peer.next();
            peer.next();
        }
        for (CompletableFuture<GenerateReply> lost : List.of(first, second)) {
            assertThat(error(lost))
                    .isInstanceOf(ModelUnavailableException.class)
                    .hasMessageContaining("127.0.0.1")
                    .hasMessageNotContaining(RemoteClientTest.KEY);
            assertThat(error(lost).code()).isEqualTo(ErrorCode.UNREACHABLE);
        }
        CompletableFuture<GenerateReply> third = begin();
        try (Peer peer = server.accept()) {
            assertThat(peer.next().text()).startsWith("{\"id\":1,");
            peer.send(done(1));
            assertThat(reply(third).model()).isEqualTo("tiny1");
        }
    }

    @Test
    @DisplayName("asks the server to cancel, and gives the reply as far as it came")
    void cancels() throws IOException, InterruptedException {
        Heard heard = new Heard();
        Generation generation = client.stream(REQUEST, heard);
        try (Peer peer = server.accept()) {
            peer.next();
            peer.send("{'id':1,'event':'token','text':'a'}");
            heard.next();
            generation.cancel();
            assertThat(peer.next().text()).isEqualTo("{\"id\":1,\"method\":\"cancel\"}");
            peer.send(done(1).replace("'stop'", "'cancelled'"));
            assertThat(heard.reply().finishReason()).isEqualTo(FinishReason.CANCELLED);
        }
    }

    @Test
    @DisplayName("gives errors on with their code, field and estimate")
    void errors() throws IOException {
        CompletableFuture<GenerateReply> wrong = begin();
        CompletableFuture<GenerateReply> busy = begin();
        try (Peer peer = server.accept()) {
            peer.send("{'id':1,'event':'error','code':'HYP-1003','message':'Too much','parameter':'top_p'}");
            peer.send("{'id':2,'event':'error','code':'HYP-5001','message':'Full','retry_after':3}");
            assertThat(error(wrong)).isInstanceOf(InvalidRequestException.class).hasMessage("Too much");
            assertThat(error(wrong).parameter()).hasValue("top_p");
            assertThat(error(busy)).isInstanceOf(BusyException.class);
            assertThat(error(busy).retryAfter()).hasValue(Duration.ofSeconds(3));
        }
    }

    @Test
    @DisplayName("opens another socket where one has as many requests as the server allows")
    void full() throws IOException {
        CompletableFuture<GenerateReply> first = begin();
        CompletableFuture<GenerateReply> second = begin();
        try (Peer peer = server.accept()) {
            peer.next();
            peer.next();
            peer.send("{'id':2,'event':'error','code':'HYP-5002','message':'Full','retry_after':1}");
            try (Peer other = server.accept()) {
                assertThat(other.next().text()).startsWith("{\"id\":1,\"method\":\"generate\"");
                other.send(done(1));
                assertThat(reply(second).model()).isEqualTo("tiny1");
                // One is enough when there is nothing to do.
                assertThat(other.next().opcode()).isEqualTo(RawSocketServer.CLOSE);
            }
            peer.send(done(1));
            assertThat(reply(first).model()).isEqualTo("tiny1");
        }
    }

    @Test
    @DisplayName("says that the server is busy when other sockets are refused too")
    void fullEverywhere() throws IOException {
        CompletableFuture<GenerateReply> refused = begin();
        List<Peer> peers = new ArrayList<>();
        try {
            peers.add(server.accept());
            for (int i = 1; i <= 4; i++) {
                // A socket without requests is taken again.
                peers.get(0).next();
                peers.get(0)
                        .send("{'id':" + i + ",'event':'error','code':'HYP-5002','message':'Full','retry_after':1}");
            }
            assertThat(error(refused)).isInstanceOf(BusyException.class);
            assertThat(error(refused).code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);
        } finally {
            for (Peer peer : peers) {
                peer.close();
            }
        }
    }

    @Test
    @DisplayName("sends a long request on a socket of its own, which is closed after it")
    void longRequest() throws IOException {
        CompletableFuture<GenerateReply> small = begin();
        try (Peer shared = server.accept()) {
            shared.next();
            CompletableFuture<GenerateReply> large = client.generateAsync(
                            REQUEST.toBuilder().prompt("ä".repeat(100_000)).build())
                    .toCompletableFuture();
            try (Peer own = server.accept()) {
                assertThat(own.next().text()).contains("ä".repeat(100_000));
                own.frame(0x80 | RawSocketServer.CLOSE, closing(1009, "too big"));
                assertThat(error(large)).isInstanceOf(InvalidRequestException.class);
                assertThat(error(large).code()).isEqualTo(ErrorCode.TOO_LARGE);
            }
            shared.send(done(1));
            assertThat(reply(small).model()).isEqualTo("tiny1");
        }
    }

    private static byte[] closing(int status, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(2 + text.length)
                .putShort((short) status)
                .put(text)
                .array();
    }

    @Test
    @DisplayName("says why the server closed the socket")
    void closedByServer() throws IOException {
        CompletableFuture<GenerateReply> lost = begin();
        try (Peer peer = server.accept()) {
            peer.next();
            peer.frame(0x80 | RawSocketServer.CLOSE, closing(1008, "reads too slowly"));
            assertThat(error(lost))
                    .isInstanceOf(ModelUnavailableException.class)
                    .hasMessageContaining("1008")
                    .hasMessageContaining("reads too slowly");
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "<html>",
                "7",
                "{'id':1}",
                "{'id':1,'event':'token'}",
                "{'id':1.5,'event':'token','text':'a'}",
                "{'id':1,'event':'done'}"
            })
    @DisplayName("breaks with a server that sends what is not Hyperion's")
    void foreign(String frame) throws IOException {
        CompletableFuture<GenerateReply> lost = begin();
        try (Peer peer = server.accept()) {
            peer.next();
            peer.send(frame);
            assertThat(error(lost)).isInstanceOf(EngineException.class);
            assertThat(error(lost).code()).isEqualTo(ErrorCode.FOREIGN_ANSWER);
            assertThat(peer.isGone()).isTrue();
        }
    }

    @Test
    @DisplayName("tells why a handshake is refused")
    void handshake() throws IOException {
        CompletableFuture<GenerateReply> unknown = begin();
        server.refuse("HTTP/1.1 401 Unauthorized\r\nHyperion-Error: HYP-4001\r\nContent-Length: 0\r\n\r\n");
        assertThat(error(unknown))
                .isInstanceOf(UnauthorisedException.class)
                .hasMessageContaining("401")
                .hasMessageNotContaining(RemoteClientTest.KEY);

        CompletableFuture<GenerateReply> proxied = begin();
        server.refuse("HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>");
        assertThat(error(proxied)).isInstanceOf(ModelUnavailableException.class).hasMessageContaining("502");

        CompletableFuture<GenerateReply> redirected = begin();
        server.refuse("HTTP/1.1 302 Found\r\nLocation: http://example.com/\r\nContent-Length: 0\r\n\r\n");
        assertThat(error(redirected)).isInstanceOf(EngineException.class).hasMessageContaining("http://example.com/");

        CompletableFuture<GenerateReply> cut = begin();
        server.refuse("HTTP/1.1 101 Swi");
        assertThat(error(cut)).isInstanceOf(ModelUnavailableException.class);
    }

    @Test
    @DisplayName("says goodbye when it is closed, and takes no more")
    void closes() throws IOException {
        CompletableFuture<GenerateReply> first = begin();
        try (Peer peer = server.accept()) {
            peer.next();
            peer.send(done(1));
            reply(first);
            client.close();
            assertThat(peer.next().opcode()).isEqualTo(RawSocketServer.CLOSE);
            assertThatThrownBy(() -> client.generate(REQUEST)).isInstanceOf(ModelUnavailableException.class);
        }
    }

    @Test
    @DisplayName("ends what is under way when it is closed")
    void closesEarly() throws IOException {
        CompletableFuture<GenerateReply> lost = begin();
        try (Peer peer = server.accept()) {
            peer.next();
            client.close();
            assertThat(error(lost).code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
        }
    }
}
