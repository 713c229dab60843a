package io.hyperion.api.remote;

import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** Collects what a {@link RemoteClient} needs to know. Not safe for use by several threads. */
public final class RemoteClientBuilder {
    /** The connect time-out where none is set. */
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private Optional<URI> uri = Optional.empty();
    private Optional<String> apiKey = Optional.empty();
    private Mode mode = Mode.REST;
    private Duration connectTimeout = DEFAULT_CONNECT_TIMEOUT;
    private Optional<HttpClient> httpClient = Optional.empty();

    /** A builder with everything at its default; {@link #uri} is the one thing that must be set. */
    public RemoteClientBuilder() {}

    /**
     * @param value where Hyperion is: {@code http} or {@code https}, the host, and the path that it is deployed at, such as
     *     {@code https://models.example.com/hyperion}, with a slash at its end or without
     * @return this
     * @throws InvalidRequestException ({@link ErrorCode#UNKNOWN_VALUE}, parameter {@code uri}) if it is no such address, or has user
     *     information, a query or a fragment
     */
    public RemoteClientBuilder uri(URI value) {
        Endpoint.requireValid(value);
        uri = Optional.of(value);
        return this;
    }

    /**
     * @param key the key that is sent with each request; none by default. It goes to the host of {@link #uri} alone, and is part of no
     *     message and no {@code toString()}
     * @return this
     * @throws InvalidRequestException ({@link ErrorCode#INVALID_TEXT}, parameter {@code apiKey}) if it is empty, or holds what no header
     *     can: anything but visible ASCII characters
     */
    public RemoteClientBuilder apiKey(String key) {
        if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            throw new InvalidRequestException(
                    ErrorCode.INVALID_TEXT, "apiKey", "'apiKey' must be visible ASCII characters, at least one");
        }
        apiKey = Optional.of(key);
        return this;
    }

    /**
     * @param value how texts are generated; {@link Mode#REST} by default
     * @return this
     */
    public RemoteClientBuilder mode(Mode value) {
        mode = Objects.requireNonNull(value, "value");
        return this;
    }

    /**
     * @param value how long a connection may take to come about, above zero; {@link #DEFAULT_CONNECT_TIMEOUT} by default. An HTTP client
     *     that is {@linkplain #httpClient set} has its own for HTTP requests
     * @return this
     * @throws InvalidRequestException ({@link ErrorCode#OUT_OF_RANGE}, parameter {@code connectTimeout}) if it is not above zero
     */
    public RemoteClientBuilder connectTimeout(Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE, "connectTimeout", "'connectTimeout' must be above zero, but is " + value);
        }
        connectTimeout = value;
        return this;
    }

    /**
     * @param value the HTTP client to use, for a proxy, a certificate or an executor of one's own; by default one without these that
     *     speaks HTTP/1.1. The caller keeps it: closing the {@link RemoteClient} leaves it as it is
     * @return this
     * @throws InvalidRequestException ({@link ErrorCode#CONFLICT}, parameter {@code httpClient}) if it follows redirects: it would carry
     *     the key to wherever they lead
     */
    public RemoteClientBuilder httpClient(HttpClient value) {
        if (value.followRedirects() != HttpClient.Redirect.NEVER) {
            throw new InvalidRequestException(
                    ErrorCode.CONFLICT,
                    "httpClient",
                    "'httpClient' follows redirects, and would carry the key to wherever they lead: build it with Redirect.NEVER");
        }
        httpClient = Optional.of(value);
        return this;
    }

    /**
     * Makes the client. Nothing is sent: whether the server is there is found by the first request.
     *
     * @return the client; the caller closes it
     * @throws InvalidRequestException ({@link ErrorCode#MISSING_FIELD}, parameter {@code uri}) if there is no address
     * @throws EngineException if there is no provider of Jakarta JSON Processing on the class path
     */
    public RemoteClient build() {
        URI address = uri.orElseThrow(() ->
                new InvalidRequestException(ErrorCode.MISSING_FIELD, "uri", "'uri' is missing: where is Hyperion?"));
        Json json = Json.open();
        HttpClient http = httpClient.orElseGet(() -> HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(connectTimeout)
                .build());
        return new RemoteClient(new Endpoint(address, apiKey), mode, http, connectTimeout, json);
    }

    /** {@return what is set, but for the key} */
    @Override
    public String toString() {
        return "RemoteClientBuilder[" + uri.map(URI::toString).orElse("no uri") + ", " + mode + "]";
    }
}
