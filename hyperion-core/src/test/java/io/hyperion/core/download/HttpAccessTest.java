package io.hyperion.core.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpAccessTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String TOKEN = "hf_secret";

    /** The host of the test servers, localhost, is at a public address for whoever checks it. */
    private static final AddressPolicy TAKES_LOCALHOST_FOR_PUBLIC = new AddressPolicy(host -> host.equals("localhost")
            ? new InetAddress[] {InetAddress.getByName("1.1.1.1")}
            : InetAddress.getAllByName(host));

    private static SSLContext forLocalhost;
    private static SSLContext forAnother;

    private TestServer hub;
    private TestServer other;
    private HttpAccess http;

    @BeforeAll
    static void certify(@TempDir Path directory) throws Exception {
        forLocalhost = TestServer.certified(directory, "localhost");
        forAnother = TestServer.certified(directory, "another.example");
    }

    @BeforeEach
    void start() throws IOException {
        hub = TestServer.http();
        other = TestServer.http();
        http = access(Optional.of(TOKEN), LONG);
    }

    @AfterEach
    void stop() {
        http.close();
        hub.close();
        other.close();
    }

    private HttpAccess access(Optional<String> token, Duration readTimeout) {
        return new HttpAccess(
                new HttpSettings(hub.uri("/base/"), token, LONG, readTimeout),
                TAKES_LOCALHOST_FOR_PUBLIC,
                () -> forLocalhost,
                () -> forLocalhost);
    }

    private String text(URI uri, boolean trusted) throws Exception {
        try (HttpAccess.Response response = http.get(uri, Map.of(), trusted)) {
            return new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private DownloadException failure(URI uri, boolean trusted) {
        return catchThrowableOfType(DownloadException.class, () -> http.get(uri, Map.of(), trusted));
    }

    @Test
    void givesWhatIsThereWithItsHeaders() throws Exception {
        byte[] content = new byte[3_000_000];
        new Random(1).nextBytes(content);
        other.on("/a.gguf", exchange -> {
            exchange.getResponseHeaders().add("ETag", "\"1\"");
            exchange.getResponseHeaders()
                    .add("X-Range", exchange.getRequestHeaders().getFirst("Range"));
            exchange.sendResponseHeaders(206, content.length);
            exchange.getResponseBody().write(content);
        });

        try (HttpAccess.Response response = http.get(other.uri("/a.gguf?x=1"), Map.of("Range", "bytes=5-"), true)) {
            assertThat(response.status()).isEqualTo(206);
            assertThat(response.uri()).isEqualTo(other.uri("/a.gguf?x=1"));
            assertThat(response.headers().firstValue("ETag")).hasValue("\"1\"");
            assertThat(response.headers().firstValue("X-Range")).hasValue("bytes=5-");
            assertThat(response.body().readAllBytes()).isEqualTo(content);
            assertThat(response.body().read()).isEqualTo(-1);
        }
    }

    @Test
    void leavesToTheCallerThatThereIsNoSuchPart() throws Exception {
        other.answer("/a.gguf", 416, "", "Content-Range", "bytes */5");

        try (HttpAccess.Response response = http.get(other.uri("/a.gguf"), Map.of("Range", "bytes=9-"), true)) {
            assertThat(response.status()).isEqualTo(416);
        }
    }

    @Test
    void doesNotTakeContentThatIsEncoded() {
        other.answer("/a.gguf", 200, "packed", "Content-Encoding", "gzip");

        assertThat(failure(other.uri("/a.gguf"), true)).hasMessageContaining("gzip");
    }

    @Nested
    @DisplayName("A redirect")
    class Redirects {
        @Test
        void isFollowedToARelativeAddressAndToAnotherServer() throws Exception {
            hub.redirect("/base/f/a.gguf", "../b.gguf?x=1");
            hub.redirect("/base/b.gguf", other.uri("/c.gguf"));
            other.answer("/c.gguf", 200, "content");

            assertThat(text(hub.uri("/base/f/a.gguf"), true)).isEqualTo("content");
            assertThat(hub.asked)
                    .extracting(TestServer.Asked::target)
                    .containsExactly("/base/f/a.gguf", "/base/b.gguf?x=1");
        }

        @ParameterizedTest
        @ValueSource(ints = {301, 303, 307, 308})
        void mayHaveAnyOfItsStatuses(int status) throws Exception {
            hub.answer("/base/a.gguf", status, "moved", "Location", "/b");
            hub.answer("/b", 200, "content");

            assertThat(text(hub.uri("/base/a.gguf"), true)).isEqualTo("content");
        }

        @Test
        void doesNotTakeTheTokenToAnotherServer() throws Exception {
            hub.redirect("/base/a.gguf", other.uri("/a.gguf"));
            other.answer("/a.gguf", 200, "content");

            text(hub.uri("/base/a.gguf"), true);

            assertThat(hub.asked.get(0).authorization()).containsExactly("Bearer " + TOKEN);
            assertThat(other.asked.get(0).authorization()).isEmpty();
        }

        @Test
        void doesNotBringTheTokenBackWithWhatAnotherServerSends() throws Exception {
            other.redirect("/a.gguf", hub.uri("/base/private.gguf"));
            hub.redirect("/base/b.gguf", other.uri("/a.gguf"));
            hub.answer("/base/private.gguf", 200, "content");

            text(other.uri("/a.gguf"), true);
            text(hub.uri("/base/b.gguf"), true);

            assertThat(hub.asked)
                    .filteredOn(asked -> asked.target().equals("/base/private.gguf"))
                    .hasSize(2)
                    .allSatisfy(asked -> assertThat(asked.authorization()).isEmpty());
        }

        @Test
        void isFollowedFiveTimes() throws Exception {
            for (int i = 0; i < 5; i++) {
                other.redirect("/" + i, "/" + (i + 1));
            }
            other.answer("/5", 200, "content");

            assertThat(text(other.uri("/0"), true)).isEqualTo("content");
        }

        @Test
        void isNotFollowedInCircles() {
            other.redirect("/a.gguf", "/a.gguf");

            DownloadException error = failure(other.uri("/a.gguf"), true);

            assertThat(error).hasMessageContaining("again and again");
            assertThat(error.isRetryable()).isFalse();
            assertThat(other.asked).hasSize(6);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "file:///etc/passwd",
                    "ftp://127.0.0.1/a",
                    "jar:file:///a!/b",
                    "http://",
                    "http:///a",
                    "http://user@127.0.0.1/a",
                    "//",
                    "::",
                    "http://127.0.0.1:99999/a",
                    "mailto:a@b",
                    "http://exa mple/"
                })
        void isNotFollowedToWhatIsNoAddressOfTheWeb(String location) {
            other.redirect("/a.gguf", location);

            assertThat(failure(other.uri("/a.gguf"), true).isRetryable()).isFalse();
            assertThat(other.asked).hasSize(1);
        }

        @Test
        void isNotFollowedFromHttpsToHttp() throws Exception {
            try (TestServer safe = TestServer.https(forLocalhost)) {
                safe.redirect("/a.gguf", other.uri("/a.gguf"));

                assertThat(failure(safe.uri("/a.gguf"), true)).hasMessageContaining("sends on");
                assertThat(other.asked).isEmpty();
            }
        }
    }

    @Nested
    @DisplayName("An address that nobody trusts")
    class Untrusted {
        @Test
        void isFetchedIfItIsPublic() throws Exception {
            try (TestServer safe = TestServer.https(forLocalhost)) {
                safe.redirect("/a.gguf", safe.uri("/b.gguf"));
                safe.answer("/b.gguf", 200, "content");

                assertThat(text(safe.uri("/a.gguf"), false)).isEqualTo("content");
                assertThat(safe.asked)
                        .allSatisfy(asked -> assertThat(asked.authorization()).isEmpty());
            }
        }

        @Test
        void isNotAskedIfItIsNotPublic() throws Exception {
            try (TestServer safe = TestServer.https(forLocalhost)) {
                URI numeric = URI.create(safe.uri("/a.gguf").toString().replace("localhost", "127.0.0.1"));

                assertThat(failure(numeric, false)).hasMessageContaining("not on the public internet");
                assertThat(failure(other.uri("/a.gguf"), false)).hasMessageContaining("https:");
                assertThat(safe.asked).isEmpty();
                assertThat(other.asked).isEmpty();
            }
        }

        @Test
        void isNotFollowedToWhatIsNotPublic() throws Exception {
            try (TestServer safe = TestServer.https(forLocalhost);
                    TestServer secret = TestServer.https(forLocalhost)) {
                URI inside = URI.create(secret.uri("/meta-data").toString().replace("localhost", "127.0.0.1"));
                safe.redirect("/a.gguf", inside);
                safe.redirect("/metadata.gguf", "https://169.254.169.254/latest/meta-data");

                assertThat(failure(safe.uri("/a.gguf"), false)).hasMessageContaining("not on the public internet");
                assertThat(failure(safe.uri("/metadata.gguf"), false))
                        .hasMessageContaining("not on the public internet");
                assertThat(secret.asked).isEmpty();
            }
        }

        @Test
        @DisplayName(
                "is asked nothing where its name leads when it is looked up the second time, since that has no certificate for it")
        void isAskedNothingWhereItsNameLeadsTheSecondTime() throws Exception {
            try (TestServer inside = TestServer.https(forAnother)) {
                HttpAccess trustsBoth = new HttpAccess(
                        HttpSettings.DEFAULT, TAKES_LOCALHOST_FOR_PUBLIC, () -> forAnother, () -> forAnother);

                DownloadException error = catchThrowableOfType(
                        DownloadException.class, () -> trustsBoth.get(inside.uri("/a.gguf"), Map.of(), false));
                trustsBoth.close();

                assertThat(error).hasMessageContaining("certificate");
                assertThat(error.isRetryable()).isFalse();
                assertThat(inside.asked).isEmpty();
            }
        }

        @Test
        void leavesNoSessionThatTheNextGreetingWouldTakeAlong() throws Exception {
            try (TestServer safe = TestServer.https(forLocalhost)) {
                safe.on("/a.gguf", exchange -> TestServer.answer(exchange, 200, "content", "Connection", "close"));
                SSLContext context = forLocalhost;
                text(safe.uri("/a.gguf"), false);
                List<byte[]> before =
                        Collections.list(context.getClientSessionContext().getIds());
                text(safe.uri("/a.gguf"), false);

                assertThat(before).isNotEmpty();
                assertThat(before).noneSatisfy(id -> assertThat(
                                context.getClientSessionContext().getSession(id))
                        .isNotNull()
                        .matches(session -> session.isValid()));
            }
        }

        @Test
        void isNotCheckedAtAMirrorInAPrivateNetworkNorWhereThatSendsOn() throws Exception {
            hub.redirect("/base/a.gguf", other.uri("/a.gguf"));
            other.answer("/a.gguf", 200, "content");

            assertThat(text(hub.uri("/base/a.gguf"), false)).isEqualTo("content");
        }

        @Test
        void isCheckedWhereAPublicHubSendsOn() throws Exception {
            try (TestServer safe = TestServer.https(forLocalhost);
                    HttpAccess toPublic = new HttpAccess(
                            new HttpSettings(safe.uri(""), Optional.of(TOKEN), LONG, LONG),
                            TAKES_LOCALHOST_FOR_PUBLIC,
                            () -> forLocalhost,
                            () -> forLocalhost)) {
                safe.redirect("/a.gguf", "https://10.0.0.1/a.gguf");

                assertThatThrownBy(() -> toPublic.get(safe.uri("/a.gguf"), Map.of(), false))
                        .hasMessageContaining("not on the public internet");
                assertThat(safe.asked.get(0).authorization()).containsExactly("Bearer " + TOKEN);
            }
        }
    }

    @Nested
    @DisplayName("A refusal")
    class Refusals {
        @Test
        void ofTheHubSaysWhatIsMissing() {
            hub.answer("/base/api/models/o/r/tree/main", 401, "");
            http.close();
            http = access(Optional.empty(), LONG);

            DownloadException error = failure(hub.uri("/base/api/models/o/r/tree/main"), true);

            assertThat(error)
                    .hasMessageContaining("401")
                    .hasMessageContaining("private or gated")
                    .hasMessageContaining("hyperion.huggingface.token")
                    .hasMessageContaining(hub.uri("/base/o/r").toString());
            assertThat(error.isRetryable()).isFalse();
        }

        @Test
        void ofTheTokenSaysThatAndNotTheToken() {
            hub.answer("/base/o/r/resolve/main/a.gguf", 403, "");

            assertThat(failure(hub.uri("/base/o/r/resolve/main/a.gguf"), true))
                    .hasMessageContaining("may not use it")
                    .hasMessageContaining(hub.uri("/base/o/r").toString())
                    .hasMessageNotContaining(TOKEN);
        }

        @Test
        void ofASignedAddressMayBeOverWithTheNextOne() {
            hub.redirect("/base/a.gguf", other.uri("/a.gguf?signature=secret"));
            other.answer("/a.gguf", 403, "");

            DownloadException error = failure(hub.uri("/base/a.gguf"), true);

            assertThat(error.isRetryable()).isTrue();
            assertThat(error).hasMessageNotContaining("secret");
        }

        @Test
        void ofAnotherServerLasts() {
            other.answer("/a.gguf", 401, "");

            assertThat(failure(other.uri("/a.gguf"), true).isRetryable()).isFalse();
        }

        @Test
        void repeatsWhatTheHubSaysWithoutCharactersThatATerminalActsOn() {
            hub.answer("/base/a.gguf", 404, "", "X-Error-Message", "Invalid rev id: x\u009b31m");

            DownloadException error = failure(hub.uri("/base/a.gguf"), true);

            assertThat(error).hasMessageContaining("not there").hasMessageContaining("Invalid rev id: x");
            assertThat(error.getMessage()).doesNotContain("\u009b");
            assertThat(error.isRetryable()).isFalse();
        }

        @ParameterizedTest
        @ValueSource(ints = {408, 429, 500, 502, 503, 504})
        void ofAServerThatIsBusyPasses(int status) {
            other.answer("/a.gguf", status, "", "Retry-After", "17");

            DownloadException error = failure(other.uri("/a.gguf"), true);

            assertThat(error.isRetryable()).isTrue();
            assertThat(error.retryAfter()).hasValue(Duration.ofSeconds(17));
            assertThat(error).hasMessageContaining(String.valueOf(status));
        }

        @Test
        void maySayTheTimeOfTheNextAttempt() {
            other.answer("/a.gguf", 429, "", "Retry-After", date(100));

            assertThat(failure(other.uri("/a.gguf"), true).retryAfter().orElseThrow())
                    .isBetween(Duration.ofSeconds(80), Duration.ofSeconds(100));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "-1",
                    "soon",
                    "99999999999999999999",
                    "Wed, 32 Oct 2015 07:28:00 GMT",
                    "Wed, 21 Oct 2015 07:28:00 GMT"
                })
        void saysNothingByAHeaderThatIsNoTimeToCome(String header) {
            other.answer("/a.gguf", 503, "", "Retry-After", header);

            assertThat(failure(other.uri("/a.gguf"), true).retryAfter()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(ints = {204, 304, 400, 410, 451})
        void ofAnyOtherKindLasts(int status) {
            other.answer("/a.gguf", status, "");

            assertThat(failure(other.uri("/a.gguf"), true).isRetryable()).isFalse();
        }

        private String date(int seconds) {
            return DateTimeFormatter.RFC_1123_DATE_TIME.format(
                    ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(seconds));
        }
    }

    @Nested
    @DisplayName("A server that does not work")
    class Broken {
        @Test
        void cannotBeReachedNow() throws IOException {
            int port;
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = socket.getLocalPort();
            }

            DownloadException error = failure(URI.create("http://127.0.0.1:" + port + "/a.gguf"), true);

            assertThat(error).hasMessageContaining("cannot be reached");
            assertThat(error.isRetryable()).isTrue();
        }

        @Test
        void mayHaveACertificateForAnotherHost() throws IOException {
            try (TestServer wrong = TestServer.https(forAnother)) {
                assertThat(failure(wrong.uri("/a.gguf"), true).isRetryable()).isFalse();
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "nonsense\r\n\r\n", "HTTP/1.1 999999 OK\r\n\r\n"})
        void doesNotSpeakAsItShould(String answer) throws Exception {
            try (RawServer raw = new RawServer(answer, false)) {
                assertThat(failure(raw.uri(), true).isRetryable()).isTrue();
            }
        }

        @Test
        void doesNotAnswerInTime() throws Exception {
            http.close();
            http = new HttpAccess(
                    new HttpSettings(hub.uri(""), Optional.empty(), SHORT, SHORT),
                    new AddressPolicy(),
                    () -> forLocalhost,
                    () -> forLocalhost);
            try (RawServer raw = new RawServer("HTTP/1.1 200 OK\r\n", true)) {
                DownloadException error = failure(raw.uri(), true);

                assertThat(error).hasMessageContaining("does not answer");
                assertThat(error.isRetryable()).isTrue();
                assertThat(raw.isLeft()).isTrue();
            }
        }

        @Test
        void fallsSilentWithinTheContent() throws Exception {
            http.close();
            http = access(Optional.empty(), SHORT);
            try (RawServer raw = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", true);
                    HttpAccess.Response response = http.get(raw.uri(), Map.of(), true)) {
                assertThat(response.body().readNBytes(3)).isEqualTo("abc".getBytes(StandardCharsets.US_ASCII));
                assertThatThrownBy(() -> response.body().read())
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("silent");
                assertThat(raw.isLeft()).isTrue();
            }
        }

        @Test
        void breaksOffWithinTheContent() throws Exception {
            try (RawServer raw = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", false);
                    HttpAccess.Response response = http.get(raw.uri(), Map.of(), true)) {
                assertThatThrownBy(() -> response.body().readAllBytes())
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("broke");
            }
        }
    }

    @Nested
    @DisplayName("Whoever reads")
    class Reading {
        private RawServer raw;
        private HttpAccess.Response response;

        @BeforeEach
        void begin() throws Exception {
            raw = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", true);
            response = http.get(raw.uri(), Map.of(), true);
            response.body().readNBytes(3);
        }

        @AfterEach
        void end() throws IOException {
            raw.close();
        }

        private Throwable failureOfReading(ThrowingConsumer meanwhile) throws Exception {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread reader = new Thread(() -> {
                try {
                    response.body().read();
                } catch (IOException e) {
                    failure.set(e);
                }
            });
            reader.start();
            while (reader.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            meanwhile.accept(reader);
            reader.join();
            return failure.get();
        }

        @Test
        void isWokenWhenTheAnswerIsClosed() throws Exception {
            assertThat(failureOfReading(reader -> response.close())).hasMessageContaining("closed");
            assertThat(raw.isLeft()).isTrue();
        }

        @Test
        void isWokenWhenItIsInterrupted() throws Exception {
            assertThat(failureOfReading(Thread::interrupt)).isInstanceOf(InterruptedIOException.class);
            assertThat(raw.isLeft()).isTrue();
        }

        @Test
        void isWokenWhenTheAccessIsClosed() throws Exception {
            assertThat(failureOfReading(reader -> http.close())).hasMessageContaining("closed");
            assertThat(raw.isLeft()).isTrue();
        }
    }

    @FunctionalInterface
    private interface ThrowingConsumer {
        void accept(Thread reader) throws Exception;
    }

    @Test
    void endsWhatWaitsForAnAnswerWhenItIsClosed() throws Exception {
        try (RawServer raw = new RawServer("", true)) {
            CompletableFuture<DownloadException> failure =
                    CompletableFuture.supplyAsync(() -> failure(raw.uri(), true));
            raw.awaitRequest();
            http.close();

            assertThat(failure.get(10, TimeUnit.SECONDS)).hasMessageContaining("ended");
            assertThat(failure(raw.uri(), true)).hasMessageContaining("ended");
            assertThat(raw.isLeft()).isTrue();
        }
    }

    @Test
    void canBeInterruptedWhileItWaitsForAnAnswer() throws Exception {
        try (RawServer raw = new RawServer("", true)) {
            AtomicBoolean interrupted = new AtomicBoolean();
            Thread caller = new Thread(() -> {
                try {
                    http.get(raw.uri(), Map.of(), true);
                } catch (InterruptedException e) {
                    interrupted.set(true);
                } catch (DownloadException e) {
                    throw new AssertionError(e);
                }
            });
            caller.start();
            raw.awaitRequest();
            caller.interrupt();
            caller.join();

            assertThat(interrupted).isTrue();
            assertThat(raw.isLeft()).isTrue();
        }
    }

    @Test
    void doesNotReadMoreThanIsTaken() throws Exception {
        byte[] piece = new byte[1 << 16];
        CountDownLatch left = new CountDownLatch(1);
        AtomicLong sent = new AtomicLong();
        other.on("/a.gguf", exchange -> {
            exchange.sendResponseHeaders(200, 1L << 40);
            try (OutputStream out = exchange.getResponseBody()) {
                while (true) {
                    out.write(piece);
                    sent.addAndGet(piece.length);
                }
            } finally {
                left.countDown();
            }
        });

        try (HttpAccess.Response response = http.get(other.uri("/a.gguf"), Map.of(), true)) {
            response.body().readNBytes(1000);
            long before = -1;
            // The server stands still once the buffers on the way are full.
            for (long now = sent.get(); now != before; now = sent.get()) {
                before = now;
                TimeUnit.MILLISECONDS.sleep(100);
            }
            assertThat(before).isLessThan(32L << 20);
        }
        assertThat(left.await(10, TimeUnit.SECONDS)).isTrue();
    }

    /** A server of one connection that sends given bytes once it was asked, and then ends the connection or is silent. */
    private static final class RawServer implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        private final CountDownLatch requested = new CountDownLatch(1);
        private final CountDownLatch left = new CountDownLatch(1);

        RawServer(String answer, boolean silent) throws IOException {
            Thread thread = new Thread(() -> serve(answer, silent));
            thread.setDaemon(true);
            thread.start();
        }

        private void serve(String answer, boolean silent) {
            while (!socket.isClosed()) {
                try (Socket connection = socket.accept()) {
                    InputStream in = connection.getInputStream();
                    for (int last = 0, c = in.read();
                            c >= 0 && last != 0x0d0a0d0a;
                            c = last == 0x0d0a0d0a ? 0 : in.read()) {
                        last = last << 8 | c;
                    }
                    connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                    requested.countDown();
                    if (silent && in.read() < 0) {
                        left.countDown();
                    }
                } catch (IOException e) {
                    left.countDown();
                }
            }
        }

        URI uri() {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/a.gguf");
        }

        void awaitRequest() throws InterruptedException {
            assertThat(requested.await(10, TimeUnit.SECONDS)).isTrue();
        }

        boolean isLeft() throws InterruptedException {
            return left.await(10, TimeUnit.SECONDS);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
