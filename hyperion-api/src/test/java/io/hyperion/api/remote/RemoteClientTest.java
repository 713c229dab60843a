package io.hyperion.api.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.BusyException;
import io.hyperion.api.ContextExceededException;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.ForbiddenException;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.GenerationTimeoutException;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.UnauthorisedException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A remote client over HTTP")
class RemoteClientTest {
    static final String KEY = "secret-key-0123456789";

    static final String REPLY =
            "'success':'true','output':'Hallo, Zürich!','prompt':'p','prompt_tokens':3,'completion_tokens':4,"
                    + "'execution_time':1.5,'tokens_per_second':2.0,'method':'model.generate','model':'tiny','finish_reason':'stop',"
                    + "'cached_tokens':2,'slot':1,'timings':{'prompt_ms':500.0,'predicted_ms':750.5,'queue_ms':0.25},'truncated':false,"
                    + "'stop_string':'.'";

    private static final String STREAM =
            ":\n\nevent: token\ndata: {'text':'Hallo, '}\n\nevent: token\ndata: {'text':'Zürich!'}\n\n"
                    + "event: done\ndata: {" + REPLY + "}\n\n";

    static final GenerateRequest REQUEST =
            GenerateRequest.builder().prompt("Once").build();

    private static RemoteClientBuilder builder(StubServer server) {
        return HyperionClient.builder().uri(server.uri()).apiKey(KEY);
    }

    @Test
    @DisplayName("reads the pieces and the reply, however they are cut on their way")
    void trickle() {
        StubServer.Behaviour trickling = exchange -> {
            try (OutputStream out = StubServer.events(exchange)) {
                for (byte one : STREAM.replace('\'', '"').replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8)) {
                    out.write(one);
                    out.flush();
                }
            }
        };
        try (StubServer server = new StubServer(trickling);
                RemoteClient client = builder(server).build()) {
            Heard heard = new Heard();
            client.stream(REQUEST, heard);
            GenerateReply reply = heard.reply();

            assertThat(heard.all).containsExactly("start", "Hallo, ", "Zürich!", "done");
            assertThat(reply.text()).isEqualTo("Hallo, Zürich!");
            assertThat(reply.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(reply.stopString()).hasValue(".");
            assertThat(reply.timings().queue()).isEqualTo(Duration.ofNanos(250_000));
            assertThat(reply.timings().total()).isEqualTo(Duration.ofNanos(1_250_750_000));
            assertThat(server.asked.get(0).path()).isEqualTo("/hyperion/generate");
            assertThat(server.asked.get(0).headers()).containsEntry("Authorization", List.of("Bearer " + KEY));
            assertThat(client.generate(REQUEST)).isEqualTo(reply);
        }
    }

    static final String DOWNLOADING =
            "'model':'tiny','state':'downloading','fraction':0.25,'bytes':5000000000,'total_bytes':20000000000,"
                    + "'bytes_per_second':1000000,'remaining_seconds':15000.5";

    static final ModelProgress PROGRESS = new ModelProgress(
            "tiny",
            ModelState.DOWNLOADING,
            OptionalDouble.of(0.25),
            5_000_000_000L,
            OptionalLong.of(20_000_000_000L),
            1_000_000,
            Optional.of(Duration.ofMillis(15_000_500)));

    @Test
    @DisplayName("hears how far the model is that its request waits for, and that it starts after that")
    void waiting() {
        String stream = "event: progress\ndata: {" + DOWNLOADING + "}\n\n"
                + "event: progress\ndata: {'model':'tiny','state':'loading','bytes':0,'bytes_per_second':0}\n\n"
                + STREAM;
        try (StubServer server = new StubServer(StubServer.streaming(stream));
                RemoteClient client = builder(server).build()) {
            Heard heard = new Heard();
            client.stream(REQUEST, heard);

            assertThat(heard.reply().text()).isEqualTo("Hallo, Zürich!");
            assertThat(heard.all)
                    .containsExactly(
                            PROGRESS.toString(),
                            ModelProgress.of("tiny", ModelState.LOADING, OptionalDouble.empty())
                                    .toString(),
                            "start",
                            "Hallo, ",
                            "Zürich!",
                            "done");
        }
    }

    @ParameterizedTest(name = "{index}")
    @ValueSource(
            strings = {
                "event: token\ndata: {'text':'a'}\n\n",
                "event: token\ndata: {'text':'a'}\n\nevent: done\ndata: {'success'",
                "event: done\ndata: {" + REPLY + "}\n",
                ""
            })
    @DisplayName("says so when a stream ends before its reply")
    void brokenOff(String stream) {
        assertFails(StubServer.streaming(stream), ModelUnavailableException.class, ErrorCode.UNREACHABLE);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "event: token\ndata: {'text':\n\n",
                "event: token\ndata: 7\n\n",
                "event: token\ndata: {}\n\n",
                "event: token\ndata: {'text':1}\n\n",
                "event: token\ndata: {'text':'a','index':-1}\n\n",
                "event: progress\ndata: {'model':'tiny','bytes':0,'bytes_per_second':0}\n\n",
                "event: done\ndata: {'output':'a'}\n\n",
                "event: error\ndata: {'success':'false'}\n\n",
                "event: error\ndata: <html>\n\n"
            })
    @DisplayName("says so when an event is not Hyperion's")
    void foreignEvent(String stream) {
        assertFails(StubServer.streaming(stream), EngineException.class, ErrorCode.FOREIGN_ANSWER);
    }

    @Test
    @DisplayName("is not led into a stack overflow by deep JSON")
    void deep() {
        assertFails(
                StubServer.streaming("event: token\ndata: " + "[".repeat(100_000) + "\n\n"),
                EngineException.class,
                ErrorCode.FOREIGN_ANSWER);
    }

    @Test
    @DisplayName("says so when the connection breaks in the middle of a stream")
    void cut() {
        assertFails(
                exchange -> {
                    exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
                    exchange.sendResponseHeaders(200, 1000);
                    exchange.getResponseBody()
                            .write("event: token\ndata: {\"text\":\"a\"}\n\n".getBytes(StandardCharsets.UTF_8));
                },
                ModelUnavailableException.class,
                ErrorCode.UNREACHABLE);
    }

    private static void assertFails(
            StubServer.Behaviour behaviour, Class<? extends HyperionException> type, ErrorCode code) {
        try (StubServer server = new StubServer(behaviour);
                RemoteClient client = builder(server).build()) {
            Heard heard = new Heard();
            client.stream(REQUEST, heard);
            HyperionException error = heard.error();

            assertThat(error)
                    .isInstanceOf(type)
                    .hasMessageContaining(server.uri().toString());
            assertThat(error.code()).isEqualTo(code);
            assertThat(error).hasMessageNotContaining(KEY);
            assertThat(heard.all).endsWith("error");
        }
    }

    @Test
    @DisplayName("gives the server's error of a stream on, with its code, field and message")
    void errorEvent() {
        try (StubServer server =
                        new StubServer(StubServer.streaming("event: token\ndata: {'text':'a'}\n\nevent: error\n"
                                + "data: {'success':'false','error':{'code':'HYP-7001','message':'Too late'}}\n\n"));
                RemoteClient client = builder(server).build()) {
            assertThatThrownBy(() -> client.generate(REQUEST))
                    .isInstanceOf(GenerationTimeoutException.class)
                    .hasMessage("Too late");
        }
    }

    @Test
    @DisplayName("gives an error of each kind on as the API's own exception")
    void errorKinds() {
        for (ErrorCode code : ErrorCode.values()) {
            StubServer.Behaviour refusing = exchange -> {
                exchange.getResponseHeaders().add("Hyperion-Error", code.code());
                exchange.getResponseHeaders().add("Hyperion-Parameter", "top_p");
                exchange.getResponseHeaders().add("Retry-After", "7");
                StubServer.saying(418, "application/json", "{\"error\":{\"code\":418,\"message\":\"No\"}}")
                        .answer(exchange);
            };
            try (StubServer server = new StubServer(refusing);
                    RemoteClient client = builder(server).build()) {
                HyperionException error = catchThrowableOfType(HyperionException.class, () -> client.generate(REQUEST));

                assertThat(error).hasMessage("No");
                assertThat(error.code()).isEqualTo(code);
                assertThat(error.parameter().isPresent())
                        .isEqualTo(error instanceof InvalidRequestException || error instanceof ForbiddenException);
                assertThat(error.retryAfter().isPresent())
                        .isEqualTo(error instanceof BusyException || error instanceof ModelUnavailableException);
                error.retryAfter().ifPresent(time -> assertThat(time).isEqualTo(Duration.ofSeconds(7)));
                assertThatThrownBy(client::models)
                        .isInstanceOf(error.getClass())
                        .hasMessage("No");
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "401, UNAUTHORISED",
        "403, FORBIDDEN",
        "404, FOREIGN_ANSWER",
        "407, FOREIGN_ANSWER",
        "429, TOO_MANY_REQUESTS",
        "500, FOREIGN_ANSWER",
        "502, UNREACHABLE",
        "503, UNREACHABLE",
        "504, UNREACHABLE",
        "200, FOREIGN_ANSWER"
    })
    @DisplayName("tells what a proxy's page is, and never repeats the key")
    void proxyPages(int status, ErrorCode code) {
        String page = "<html>The gateway got " + KEY + " and failed</html>";
        try (StubServer server = new StubServer(StubServer.saying(status, "text/html", page));
                RemoteClient client = builder(server).build()) {
            for (HyperionException error : List.of(
                    catchThrowableOfType(HyperionException.class, () -> client.generate(REQUEST)),
                    catchThrowableOfType(HyperionException.class, client::models))) {
                assertThat(error.code()).isEqualTo(code);
                assertThat(error)
                        .hasMessageContaining(server.uri().toString())
                        .hasMessageContaining("<html>")
                        .hasMessageNotContaining(KEY);
            }
        }
    }

    @Test
    @DisplayName("tells a foreign Retry-After, be it in seconds or a date")
    void foreignRetryAfter() {
        for (String header : List.of("30", "Fri, 31 Dec 2100 23:59:59 GMT", "soon")) {
            StubServer.Behaviour refusing = exchange -> {
                exchange.getResponseHeaders().add("Retry-After", header);
                exchange.sendResponseHeaders(503, -1);
            };
            try (StubServer server = new StubServer(refusing);
                    RemoteClient client = builder(server).build()) {
                HyperionException error = catchThrowableOfType(HyperionException.class, () -> client.generate(REQUEST));

                assertThat(error.retryAfter().isPresent()).isEqualTo(!header.equals("soon"));
                error.retryAfter().ifPresent(time -> assertThat(time).isGreaterThanOrEqualTo(Duration.ofSeconds(30)));
            }
        }
    }

    @Test
    @DisplayName("follows no redirect, so that the key goes nowhere else")
    void redirects() {
        try (StubServer elsewhere = new StubServer(StubServer.streaming(STREAM));
                StubServer server = new StubServer(exchange -> {
                    exchange.getResponseHeaders().add("Location", elsewhere.uri() + "/generate");
                    exchange.sendResponseHeaders(307, -1);
                });
                RemoteClient client = builder(server).build()) {
            assertThatThrownBy(() -> client.generate(REQUEST))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("307")
                    .hasMessageContaining(elsewhere.uri().toString());
            assertThat(elsewhere.asked).isEmpty();
        }
        assertThatThrownBy(() -> HyperionClient.builder()
                        .httpClient(HttpClient.newBuilder()
                                .followRedirects(HttpClient.Redirect.ALWAYS)
                                .build()))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("Redirect.NEVER");
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("says where nobody answers, who takes too long to, and where nobody speaks TLS")
    void unreachable(Mode mode) throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        assertUnreachable("http://127.0.0.1:" + free, mode, "cannot be reached");
        try (StubServer silent = new StubServer(StubServer.streaming(STREAM))) {
            assertUnreachable(silent.uri().toString().replace("http:", "https:"), mode, "the connect time-out is over");
        }
        ServerSocket plain = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        CompletableFuture<Void> answering = CompletableFuture.runAsync(() -> answerPlainly(plain));
        try {
            assertUnreachable("https://127.0.0.1:" + plain.getLocalPort(), mode, "TLS");
        } finally {
            plain.close();
        }
        answering.join();
    }

    /** Answers whatever comes with HTTP, until it is closed. */
    private static void answerPlainly(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                socket.getInputStream().read();
                socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            } catch (IOException closed) {
                assertThat(server.isClosed()).isTrue();
            }
        }
    }

    private static void assertUnreachable(String address, Mode mode, String reason) {
        try (RemoteClient client = HyperionClient.builder()
                .uri(URI.create(address))
                .apiKey(KEY)
                .mode(mode)
                .connectTimeout(Duration.ofMillis(500))
                .build()) {
            for (ThrowingCallable call : List.<ThrowingCallable>of(() -> client.generate(REQUEST), client::models)) {
                HyperionException error = catchThrowableOfType(HyperionException.class, call);
                assertThat(error)
                        .isInstanceOf(ModelUnavailableException.class)
                        .hasMessageContaining(address)
                        .hasMessageContaining(reason)
                        .hasMessageNotContaining(KEY);
                assertThat(error.code()).isEqualTo(ErrorCode.UNREACHABLE);
            }
        }
    }

    @Test
    @DisplayName("closes the connection of a generation that is cancelled, whether it has begun or not")
    void cancel() throws InterruptedException {
        CountDownLatch hungUp = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(2);
        StubServer.Behaviour endless = exchange -> {
            asked.countDown();
            if (asked.getCount() == 0) {
                // The second one is left to wait.
                await(hungUp);
                return;
            }
            try (OutputStream out = StubServer.events(exchange)) {
                while (true) {
                    out.write("event: token\ndata: {\"text\":\"a\"}\n\n".getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
            } catch (IOException gone) {
                hungUp.countDown();
                throw gone;
            }
        };
        try (StubServer server = new StubServer(endless);
                RemoteClient client = builder(server).build()) {
            Heard heard = new Heard();
            Generation generation = client.stream(REQUEST, heard);
            assertThat(heard.next()).isEqualTo("a");
            CompletableFuture<GenerateReply> waiting =
                    client.generateAsync(REQUEST).toCompletableFuture();
            await(asked);
            waiting.cancel(true);
            assertThat(waiting).isCancelled();

            generation.cancel();
            assertThat(heard.error()).isInstanceOf(GenerationCancelledException.class);
            await(hungUp);
            generation.cancel();
            assertThat(heard.all).containsOnlyOnce("error");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(Heard.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @DisplayName("an interrupt ends the wait")
    void interrupt() {
        CountDownLatch never = new CountDownLatch(1);
        try (StubServer server = new StubServer(exchange -> await(never));
                RemoteClient client = builder(server).build()) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> client.generate(REQUEST)).isInstanceOf(GenerationCancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
            Thread.currentThread().interrupt();
            assertThatThrownBy(client::models).isInstanceOf(GenerationCancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
            never.countDown();
        }
    }

    @Test
    @DisplayName("gives up some time after the request's own time-out, if the server does not")
    void overdue() {
        CountDownLatch never = new CountDownLatch(1);
        GenerateRequest hasty =
                REQUEST.toBuilder().timeout(Duration.ofMillis(10)).build();
        try (StubServer server = new StubServer(exchange -> await(never));
                RemoteClient client = new RemoteClient(
                        new Endpoint(server.uri(), Optional.empty()),
                        Mode.REST,
                        HttpClient.newHttpClient(),
                        Duration.ofSeconds(1),
                        Json.open(),
                        Duration.ofMillis(50))) {
            assertThatThrownBy(() -> client.generate(hasty)).isInstanceOf(GenerationTimeoutException.class);
            assertThatThrownBy(() -> client.render(hasty)).isInstanceOf(GenerationTimeoutException.class);
            assertThatThrownBy(() -> client.embed(EmbeddingRequest.builder()
                            .text("a")
                            .timeout(Duration.ofMillis(10))
                            .build()))
                    .isInstanceOf(GenerationTimeoutException.class);
            never.countDown();
        }
    }

    @Test
    @DisplayName("holds a server back whose pieces nobody takes")
    void backPressure() throws InterruptedException {
        AtomicLong written = new AtomicLong();
        CountDownLatch release = new CountDownLatch(1);
        long all = 32L << 20;
        byte[] piece =
                ("event: token\ndata: {\"text\":\"" + "a".repeat(10_000) + "\"}\n\n").getBytes(StandardCharsets.UTF_8);
        StubServer.Behaviour hasty = exchange -> {
            try (OutputStream out = StubServer.events(exchange)) {
                while (written.get() < all) {
                    out.write(piece);
                    written.addAndGet(piece.length);
                }
                out.write(("event: done\ndata: {" + REPLY + "}\n\n")
                        .replace('\'', '"')
                        .getBytes(StandardCharsets.UTF_8));
            }
        };
        AtomicLong heard = new AtomicLong();
        CompletableFuture<GenerateReply> reply = new CompletableFuture<>();
        try (StubServer server = new StubServer(hasty);
                RemoteClient client = builder(server).build()) {
            client.stream(REQUEST, new GenerateListener() {
                @Override
                public void onText(String text) {
                    RemoteClientTest.await(release);
                    heard.addAndGet(text.length());
                }

                @Override
                public void onDone(GenerateReply whole) {
                    reply.complete(whole);
                }

                @Override
                public void onError(HyperionException error) {
                    reply.completeExceptionally(error);
                }
            });
            // Until the server gets no more out for some time.
            for (long before = -1; before != written.get() || before == 0; TimeUnit.MILLISECONDS.sleep(300)) {
                before = written.get();
            }
            assertThat(written.get()).isLessThan(all / 2);
            release.countDown();
            assertThat(reply.orTimeout(Heard.PATIENCE_SECONDS, TimeUnit.SECONDS)
                            .join()
                            .text())
                    .isNotEmpty();
            assertThat(heard.get()).isGreaterThan(all / 2);
        }
    }

    @Test
    @DisplayName("ends the generation of a listener that throws, and tells it why")
    void listenerThrows() {
        CompletableFuture<HyperionException> error = new CompletableFuture<>();
        try (StubServer server = new StubServer(StubServer.streaming(STREAM));
                RemoteClient client = builder(server).build()) {
            client.stream(REQUEST, new GenerateListener() {
                @Override
                public void onText(String text) {
                    throw new IllegalStateException("broken");
                }

                @Override
                public void onDone(GenerateReply whole) {
                    throw new AssertionError("It has ended");
                }

                @Override
                public void onError(HyperionException told) {
                    error.complete(told);
                }
            });
            assertThat(error.orTimeout(Heard.PATIENCE_SECONDS, TimeUnit.SECONDS).join())
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("broken");
        }
    }

    @Test
    @DisplayName("ends what is under way when it is closed, and takes no more")
    void close() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(2);
        CountDownLatch never = new CountDownLatch(1);
        StubServer.Behaviour silent = exchange -> {
            asked.countDown();
            await(never);
        };
        try (StubServer server = new StubServer(silent)) {
            RemoteClient client = builder(server).build();
            Heard heard = new Heard();
            client.stream(REQUEST, heard);
            CompletableFuture<?> vectors = client.embedAsync(
                            EmbeddingRequest.builder().text("a").build())
                    .toCompletableFuture();
            await(asked);
            client.close();

            assertThat(heard.error().code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
            assertThat(vectors)
                    .failsWithin(Duration.ofSeconds(Heard.PATIENCE_SECONDS))
                    .withThrowableThat()
                    .withCauseInstanceOf(ModelUnavailableException.class);
            assertThatThrownBy(() -> client.stream(REQUEST, heard)).isInstanceOf(ModelUnavailableException.class);
            assertThatThrownBy(client::models).isInstanceOf(ModelUnavailableException.class);
            assertThat(client.generateAsync(REQUEST).toCompletableFuture()).isCompletedExceptionally();
            client.close();
            never.countDown();
        }
    }

    @Test
    @DisplayName("gives on what it is refused for want of a key, in other answers than generations too")
    void statusesOfOthers() {
        try (StubServer server = new StubServer(StubServer.saying(401, "application/json", "{}"));
                RemoteClient client = builder(server).build()) {
            assertThatThrownBy(() -> client.slots(Optional.empty())).isInstanceOf(UnauthorisedException.class);
            assertThatThrownBy(() -> client.figures("a b/c")).isInstanceOf(UnauthorisedException.class);
            assertThat(server.asked).extracting(StubServer.Asked::path).contains("/hyperion/models/a%20b%2Fc/figures");
        }
        try (StubServer server = new StubServer(StubServer.saying(200, "application/json", "{\"model\":1}"));
                RemoteClient client = builder(server).build()) {
            assertThatThrownBy(() -> client.properties(Optional.empty()))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("'model'");
        }
    }

    @Test
    @DisplayName("takes an address with a slash at its end or without, and tells it, but never the key")
    void addresses() {
        try (StubServer server = new StubServer(StubServer.saying(200, "application/json", "{\"models\":[]}"));
                RemoteClient client = HyperionClient.builder()
                        .uri(URI.create(server.uri() + "//"))
                        .apiKey(KEY)
                        .build()) {
            assertThat(client.models()).isEmpty();
            assertThat(server.asked).extracting(StubServer.Asked::path).containsExactly("/hyperion/models");
            assertThat(client).asString().contains(server.uri().toString()).doesNotContain(KEY);
            assertThat(HyperionClient.builder().uri(server.uri()).apiKey(KEY))
                    .asString()
                    .doesNotContain(KEY);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "ftp://host/",
                "/hyperion",
                "127.0.0.1",
                "http:hyperion",
                "http://user:password@host/",
                "http://host/?a=b",
                "http://host/#a"
            })
    @DisplayName("refuses what is no address of a server")
    void noAddresses(String address) {
        assertThatThrownBy(() -> HyperionClient.builder().uri(URI.create(address)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'uri'")
                .hasMessageNotContaining("password");
    }

    @Test
    @DisplayName("refuses what cannot be a key or a time-out, and to be made without an address")
    void settings() {
        for (String key : List.of("", "a b", "a\r\nX: y", "ä")) {
            assertThatThrownBy(() -> HyperionClient.builder().apiKey(key)).isInstanceOf(InvalidRequestException.class);
        }
        assertThatThrownBy(() -> HyperionClient.builder().connectTimeout(Duration.ZERO))
                .isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> HyperionClient.builder().build())
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'uri' is missing");
    }

    @Test
    @DisplayName("gives on that a prompt is too long")
    void contextExceeded() {
        StubServer.Behaviour refusing = exchange -> {
            exchange.getResponseHeaders().add("Hyperion-Error", "HYP-3001");
            StubServer.saying(400, "application/json", "no JSON").answer(exchange);
        };
        try (StubServer server = new StubServer(refusing);
                RemoteClient client = builder(server).build()) {
            assertThatThrownBy(() -> client.generate(REQUEST))
                    .isInstanceOf(ContextExceededException.class)
                    .hasMessageContaining("400");
        }
    }
}
