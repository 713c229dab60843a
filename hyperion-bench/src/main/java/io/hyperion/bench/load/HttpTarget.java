package io.hyperion.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;

/** A server, asked over HTTP for streams of server-sent events. All streams are read by one thread. */
public final class HttpTarget implements StreamingTarget {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final int OK = 200;

    private final String name;
    private final URI base;
    private final Protocol protocol;
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "bench-http");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .executor(executor)
            .build();

    /**
     * @param name what the report calls it
     * @param base the server's address, with its context root and without a slash at the end
     * @param protocol how to ask it
     */
    public HttpTarget(String name, URI base, Protocol protocol) {
        this.name = name;
        this.base = base;
        this.protocol = protocol;
    }

    @Override
    public String name() {
        return name;
    }

    /** {@return the server's address} */
    public URI base() {
        return base;
    }

    @Override
    public CompletableFuture<Completion> send(LoadRequest request, IntConsumer progress) {
        HttpRequest post = HttpRequest.newBuilder(URI.create(base + protocol.path(request.prompt())))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(protocol.body(request)))
                .build();
        long sent = System.nanoTime();
        return client.sendAsync(post, info -> {
                    if (info.statusCode() == OK) {
                        return new EventSubscriber(progress);
                    }
                    return BodySubscribers.mapping(BodySubscribers.ofString(StandardCharsets.UTF_8), body -> {
                        throw new UncheckedIOException(
                                new IOException(name + " answers " + info.statusCode() + ": " + body));
                    });
                })
                .thenApply(response -> {
                    try {
                        return protocol.read(sent, response.body());
                    } catch (IOException e) {
                        throw new UncheckedIOException(name + ": " + e.getMessage(), e);
                    }
                });
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
