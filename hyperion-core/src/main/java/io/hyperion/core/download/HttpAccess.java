package io.hyperion.core.download;

import io.hyperion.api.Excerpts;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;

/**
 * The one way out to the network: the JDK's HTTP client, with the proxy and the certificates that the server's Java is set up with. Redirects
 * are followed here, at most {@value #MAX_REDIRECTS} and never from HTTPS to HTTP, and each address on the way is checked. Safe for use by
 * many threads.
 *
 * <p>An address that nobody trusts is looked up before it is connected to, and by Java once more for the connection. {@code
 * docs/decisions/0022-downloads-asked-for-by-callers.md} says what comes of it when both answers differ.
 */
public final class HttpAccess implements AutoCloseable {
    /** How often one request is sent on to another address. */
    public static final int MAX_REDIRECTS = 5;

    private static final Set<Integer> SENT_ON = Set.of(301, 302, 303, 307, 308);
    private static final Set<Integer> ANSWERED = Set.of(200, 206, 416);
    private static final Set<Integer> BUSY = Set.of(408, 425, 429);
    private static final int MAX_SHOWN = 300;
    private static final String ENDED = "Downloads have ended with the server";

    /**
     * What a server has answered.
     *
     * @param uri the address that answered, after all redirects
     * @param status 200, 206 (a part of the file) or 416 (there is no such part)
     * @param headers the headers
     * @param body the content, of which a read fails with an {@link IOException} when the connection breaks, the server is silent for too
     *     long, the thread is interrupted, or the stream is closed by another thread meanwhile
     */
    public record Response(URI uri, int status, HttpHeaders headers, InputStream body) implements AutoCloseable {
        public Response {
            Objects.requireNonNull(uri, "uri");
            Objects.requireNonNull(headers, "headers");
            Objects.requireNonNull(body, "body");
        }

        /** Ends the exchange. What has not been read is not fetched. */
        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    private final HttpSettings settings;
    private final AddressPolicy policy;
    private final Supplier<SSLContext> contextForOwn;
    private final Supplier<SSLContext> contextForStrangers;
    private final Set<TimedBody> open = ConcurrentHashMap.newKeySet();
    private final Set<CompletableFuture<?>> unanswered = ConcurrentHashMap.newKeySet();
    private Optional<ExecutorService> threads = Optional.empty();
    private Optional<HttpClient> own = Optional.empty();
    private Optional<HttpClient> strangers = Optional.empty();
    private boolean closed;

    /**
     * Makes an access. It has no threads before it is used.
     *
     * @param settings how the network is used
     */
    public HttpAccess(HttpSettings settings) {
        this(settings, new AddressPolicy(), HttpAccess::systemContext, HttpAccess::freshContext);
    }

    HttpAccess(
            HttpSettings settings,
            AddressPolicy policy,
            Supplier<SSLContext> contextForOwn,
            Supplier<SSLContext> contextForStrangers) {
        this.settings = Objects.requireNonNull(settings, "settings");
        this.policy = Objects.requireNonNull(policy, "policy");
        this.contextForOwn = contextForOwn;
        this.contextForStrangers = contextForStrangers;
    }

    private static SSLContext systemContext() {
        try {
            return SSLContext.getDefault();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java cannot do TLS", e);
        }
    }

    /** The same authorities as everywhere, but no certificate of the server's own, which is nobody else's business. */
    private static SSLContext freshContext() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java cannot do TLS", e);
        }
    }

    /**
     * Gets what is at an address. Waits until the server has answered.
     *
     * @param uri the address
     * @param headers further headers, such as {@code Range} and {@code If-Range}, which may be sent to any origin
     * @param trusted whether an administrator has named the address; others must be public and HTTPS, unless they are of Hugging Face's
     *     configured origin
     * @return the answer, which the caller closes
     * @throws DownloadException if the server has answered with any other status, cannot be reached, or may not be
     * @throws InterruptedException if the thread was interrupted while it waited
     */
    public Response get(URI uri, Map<String, String> headers, boolean trusted)
            throws DownloadException, InterruptedException {
        // A mirror in a private network may keep the content anywhere in it; who names a repository there does not say
        // where.
        boolean anywhere = trusted || isOfHub(uri) && isHubPrivate();
        boolean withToken = true;
        URI at = uri;
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            boolean ofHub = isOfHub(at);
            // Once away, never again: what another server sends back here has not been asked for by anybody who may see
            // it.
            withToken = withToken && ofHub;
            if (!anywhere && !ofHub) {
                policy.check(at);
            }
            HttpResponse<InputStream> answer = send(request(at, headers, withToken), anywhere || ofHub);
            if (ANSWERED.contains(answer.statusCode())) {
                return taken(at, answer);
            }
            close(answer.body());
            if (!SENT_ON.contains(answer.statusCode())) {
                throw refused(at, answer, redirects > 0);
            }
            at = target(at, answer.headers());
        }
        throw DownloadException.lasting(shown(uri) + " sends on to other addresses again and again");
    }

    /** {@return an address as messages and logs may show it: without its query, which may hold a signature} */
    static String shown(URI uri) {
        String text =
                uri.getScheme() + "://" + uri.getRawAuthority() + Objects.requireNonNullElse(uri.getRawPath(), "");
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }

    private boolean isHubPrivate() {
        try {
            policy.check(settings.hub());
            return false;
        } catch (DownloadException e) {
            // One whose name cannot be looked up just now is taken for a public one.
            return !e.isRetryable();
        }
    }

    private boolean isOfHub(URI uri) {
        URI hub = settings.hub();
        return hub.getScheme().equalsIgnoreCase(uri.getScheme())
                && hub.getHost().equalsIgnoreCase(uri.getHost())
                && port(hub) == port(uri);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    private HttpRequest request(URI uri, Map<String, String> headers, boolean withToken) throws DownloadException {
        try {
            // A file is wanted as it is: what is counted and checked are its bytes.
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(uri).header("User-Agent", "Hyperion").header("Accept-Encoding", "identity");
            headers.forEach(request::header);
            if (withToken) {
                settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
            }
            return request.build();
        } catch (IllegalArgumentException e) {
            throw DownloadException.lasting(shown(uri) + " is not an address that can be fetched", e);
        }
    }

    private HttpResponse<InputStream> send(HttpRequest request, boolean toOwn)
            throws DownloadException, InterruptedException {
        URI uri = request.uri();
        // Not the request's own time-out: from Java 26 on, the content has to be there within it.
        Duration patience = settings.connectTimeout().plus(settings.readTimeout());
        CompletableFuture<HttpResponse<InputStream>> exchange = begin(request, toOwn);
        try {
            return exchange.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof CancellationException
                    ? DownloadException.lasting(ENDED, e)
                    : unreachable(uri, e.getCause());
        } catch (CancellationException e) {
            throw DownloadException.lasting(ENDED, e);
        } catch (TimeoutException e) {
            abandon(exchange);
            throw DownloadException.passing(shown(uri) + " does not answer", e);
        } catch (InterruptedException e) {
            abandon(exchange);
            throw e;
        } finally {
            unanswered.remove(exchange);
        }
    }

    private synchronized CompletableFuture<HttpResponse<InputStream>> begin(HttpRequest request, boolean toOwn)
            throws DownloadException {
        if (closed) {
            throw DownloadException.lasting(ENDED);
        }
        CompletableFuture<HttpResponse<InputStream>> exchange =
                (toOwn ? ownClient() : strangersClient()).sendAsync(request, info -> body(request.uri()));
        unanswered.add(exchange);
        return exchange;
    }

    private TimedBody body(URI uri) {
        TimedBody body = new TimedBody(shown(uri), settings.readTimeout(), open::remove);
        open.add(body);
        synchronized (this) {
            if (closed) {
                body.close();
            }
        }
        return body;
    }

    private static void abandon(CompletableFuture<HttpResponse<InputStream>> exchange) {
        // The answer may have come just now.
        exchange.thenAccept(answer -> close(answer.body()));
        exchange.cancel(true);
    }

    private static void close(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            throw new IllegalStateException("The content of an answer closes without using the network", e);
        }
    }

    private static Response taken(URI uri, HttpResponse<InputStream> answer) throws DownloadException {
        String encoding = answer.headers().firstValue("Content-Encoding").orElse("identity");
        if (!encoding.equalsIgnoreCase("identity")) {
            close(answer.body());
            throw DownloadException.lasting(shown(uri) + " sends the file encoded as '" + Excerpts.of(encoding)
                    + "', which nobody has asked for");
        }
        return new Response(uri, answer.statusCode(), answer.headers(), answer.body());
    }

    private static URI target(URI from, HttpHeaders headers) throws DownloadException {
        String location = headers.firstValue("Location").orElse("");
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw DownloadException.lasting(
                    shown(from) + " sends on to '" + Excerpts.of(location) + "', which is no address", e);
        }
        String scheme = String.valueOf(to.getScheme()).toLowerCase(Locale.ROOT);
        boolean safe = scheme.equals("https") || scheme.equals("http") && !"https".equalsIgnoreCase(from.getScheme());
        if (location.isEmpty()
                || !safe
                || to.getHost() == null
                || to.getPort() > 65535
                || to.getRawUserInfo() != null) {
            throw DownloadException.lasting(
                    shown(from) + " sends on to '" + Excerpts.of(location)
                            + "', where a download does not go: to https: addresses only, or from http: to http:, without a user");
        }
        return to;
    }

    private DownloadException refused(URI uri, HttpResponse<?> answer, boolean sentOn) {
        int status = answer.statusCode();
        String what = shown(uri) + " answers with status " + status;
        if (BUSY.contains(status) || status >= 500) {
            return DownloadException.passing(what, retryAfter(answer.headers()));
        } else if (status == 401 || status == 403) {
            return denied(uri, what, sentOn);
        } else if (status == 404 || status == 410) {
            return DownloadException.lasting(what + ": it is not there" + reason(uri, answer.headers()));
        }
        return DownloadException.lasting(what + reason(uri, answer.headers()));
    }

    private DownloadException denied(URI uri, String what, boolean sentOn) {
        if (!isOfHub(uri)) {
            // Addresses that a server sends on to are signed for a while only; the next attempt gets a new one.
            return sentOn
                    ? DownloadException.passing(what + ": it does not let anybody have the file", Optional.empty())
                    : DownloadException.lasting(what + ": it does not let anybody have the file");
        }
        return DownloadException.lasting(
                settings.token().isPresent()
                        ? what
                                + ": the account of the token in hyperion.huggingface.token may not use it, or the token is not valid."
                                + " Access to a gated repository is asked for on its page, " + page(uri)
                        : what
                                + ": the repository is private or gated, or there is none of that name. hyperion.huggingface.token is"
                                + " for the token of an account that may use it; a gated one is asked for on its page, "
                                + page(uri));
    }

    /** The page of the repository that an address below the hub's is of. */
    private String page(URI uri) {
        String path = uri.getRawPath()
                .substring(Math.min(
                        settings.hub().getRawPath().length(), uri.getRawPath().length()));
        String[] names = path.replaceFirst("^/api/models/", "/").split("/");
        return names.length < 3 ? shown(settings.hub()) : shown(settings.hub()) + "/" + names[1] + "/" + names[2];
    }

    private String reason(URI uri, HttpHeaders headers) {
        return isOfHub(uri)
                ? headers.firstValue("X-Error-Message")
                        .map(text -> " (" + Excerpts.of(text) + ")")
                        .orElse("")
                : "";
    }

    private static Optional<Duration> retryAfter(HttpHeaders headers) {
        String text = headers.firstValue("Retry-After").orElse("").strip();
        if (text.matches("[0-9]{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            Instant date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Optional.of(Duration.between(Instant.now(), date)).filter(wait -> !wait.isNegative());
        } catch (DateTimeParseException e) {
            // One that is none says nothing.
            return Optional.empty();
        }
    }

    private static DownloadException unreachable(URI uri, Throwable cause) {
        for (Throwable link = cause; link != null; link = link.getCause()) {
            if (link instanceof CertificateException) {
                return DownloadException.lasting(
                        shown(uri) + " has a certificate that is not valid for it: " + link.getMessage(), cause);
            }
        }
        String how = cause instanceof ConnectException || cause instanceof HttpTimeoutException
                ? " cannot be reached"
                : " does not answer as it should";
        return DownloadException.passing(
                shown(uri) + how + (cause.getMessage() == null ? "" : ": " + Excerpts.of(cause.getMessage())), cause);
    }

    private HttpClient ownClient() {
        own = own.or(() -> Optional.of(client(contextForOwn.get())));
        return own.get();
    }

    private HttpClient strangersClient() {
        strangers = strangers.or(() -> Optional.of(client(contextForStrangers.get())));
        SSLContext context = strangers.get().sslContext();
        // A stranger's session would come with the next greeting, and take what the stranger has put into it to
        // wherever his name leads then.
        for (byte[] id : Collections.list(context.getClientSessionContext().getIds())) {
            SSLSession session = context.getClientSessionContext().getSession(id);
            if (session != null) {
                session.invalidate();
            }
        }
        return strangers.get();
    }

    private HttpClient client(SSLContext context) {
        threads = threads.or(() ->
                Optional.of(Executors.newCachedThreadPool(work -> DownloadThreads.create(work, "hyperion-http"))));
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout())
                .sslContext(context)
                .executor(threads.get())
                .build();
    }

    /** Ends the exchanges that are under way, which fail. May be called twice. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            own = Optional.empty();
            strangers = Optional.empty();
        }
        unanswered.forEach(exchange -> exchange.cancel(true));
        open.forEach(TimedBody::close);
        threads.ifPresent(ExecutorService::shutdown);
    }
}
