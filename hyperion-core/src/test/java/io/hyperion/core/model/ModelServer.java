package io.hyperion.core.model;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A web server with one file, which it can hold back or have not. */
final class ModelServer implements AutoCloseable {
    private static final String ETAG = "\"one\"";

    /** From which byte on the file was asked for, each time. */
    final List<Long> asked = new CopyOnWriteArrayList<>();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private final byte[] file;
    private volatile int status = 200;
    private volatile Optional<CountDownLatch> gate = Optional.empty();
    private volatile CountDownLatch held = new CountDownLatch(1);

    ModelServer(byte[] file) throws IOException {
        this.file = file;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    URI uri(String name) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + name);
    }

    /** Answers with an error from now on, or with the file if it is 200. */
    void answer(int code) {
        status = code;
    }

    /** Sends half of what is asked for from now on, and the rest after {@link #release}. */
    void hold() {
        held = new CountDownLatch(1);
        gate = Optional.of(new CountDownLatch(1));
    }

    /** Returns when it holds back the rest of an answer. */
    void awaitHeld() throws InterruptedException {
        if (!held.await(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("Nobody has asked for the file");
        }
    }

    void release() {
        Optional<CountDownLatch> open = gate;
        gate = Optional.empty();
        open.ifPresent(CountDownLatch::countDown);
    }

    private void handle(HttpExchange exchange) throws IOException {
        Optional<CountDownLatch> closed = gate;
        try (exchange) {
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("ETag", ETAG);
                exchange.getResponseHeaders().set("Content-Length", Integer.toString(file.length));
                exchange.sendResponseHeaders(status, -1);
                return;
            }
            String range = exchange.getRequestHeaders().getFirst("Range");
            int from = range == null ? 0 : Integer.parseInt(range.substring("bytes=".length(), range.indexOf('-')));
            asked.add((long) from);
            if (status != 200) {
                exchange.sendResponseHeaders(status, -1);
                return;
            }
            exchange.getResponseHeaders().set("ETag", ETAG);
            exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
            if (from > 0) {
                exchange.getResponseHeaders()
                        .set("Content-Range", "bytes " + from + "-" + (file.length - 1) + "/" + file.length);
            }
            exchange.sendResponseHeaders(from > 0 ? 206 : 200, file.length - from);
            OutputStream body = exchange.getResponseBody();
            int half = closed.isPresent() ? (file.length - from) / 2 : file.length - from;
            body.write(file, from, half);
            body.flush();
            if (closed.isPresent()) {
                held.countDown();
                closed.get().await(60, TimeUnit.SECONDS);
                body.write(file, from + half, file.length - from - half);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        release();
        server.stop(0);
        threads.shutdownNow();
    }
}
