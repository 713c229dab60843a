package io.hyperion.core.download;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Map;
import java.util.Objects;

/**
 * The one way out to the network. Redirects are followed here, at most {@value #MAX_REDIRECTS}, and each address on the way is checked.
 * Safe for use by many threads.
 */
public final class HttpAccess implements AutoCloseable {
    /** How often one request is sent on to another address. */
    public static final int MAX_REDIRECTS = 5;

    /**
     * What a server has answered.
     *
     * @param uri the address that answered, after all redirects
     * @param status 200, 206 (a part of the file) or 416 (there is no such part)
     * @param headers the headers
     * @param body the content, of which a read fails with an {@link IOException} when the server is silent for too long, and when the
     *     stream is closed by another thread meanwhile
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

    /**
     * Makes an access.
     *
     * @param settings how the network is used
     */
    public HttpAccess(HttpSettings settings) {
        Objects.requireNonNull(settings, "settings");
    }

    /**
     * Gets what is at an address. Waits until the server has answered.
     *
     * @param uri the address
     * @param headers further headers, such as {@code Range} and {@code If-Range}; passed on to other origins too
     * @param trusted whether an administrator has named the address; others must be public, and HTTPS
     * @return the answer, which the caller closes
     * @throws DownloadException if the server has answered with any other status, cannot be reached, or may not be
     * @throws InterruptedException if the thread was interrupted while it waited
     */
    public Response get(URI uri, Map<String, String> headers, boolean trusted)
            throws DownloadException, InterruptedException {
        throw DownloadException.lasting("'" + uri + "' cannot be fetched yet");
    }

    /** Ends the exchanges that are under way. May be called twice. */
    @Override
    public void close() {}
}
