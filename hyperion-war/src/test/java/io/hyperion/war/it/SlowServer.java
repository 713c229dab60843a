package io.hyperion.war.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Serves one file to downloads, at 160 KB in a second until it is asked to hurry. */
final class SlowServer implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-");
    private static final int CHUNK = 16 * 1024;
    private static final long PAUSE_MILLIS = 100;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch hurry = new CountDownLatch(1);
    private final byte[] content;

    SlowServer(Path file) throws IOException {
        content = Files.readAllBytes(file);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/model.gguf", this::serve);
        server.createContext("/hurry", exchange -> {
            hurry.countDown();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
    }

    /** {@return where the file is} */
    String file() {
        return address() + "/model.gguf";
    }

    /** {@return where it is asked to hurry} */
    String hurry() {
        return address() + "/hurry";
    }

    private String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void serve(HttpExchange exchange) throws IOException {
        Matcher range =
                RANGE.matcher(Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range"))
                        .orElse(""));
        int begin = range.matches() ? Integer.parseInt(range.group(1)) : 0;
        int length = content.length - begin;
        exchange.getResponseHeaders().set("ETag", "\"one\"");
        if (begin > 0) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + begin + "-" + (content.length - 1) + "/" + content.length);
        }
        exchange.sendResponseHeaders(begin > 0 ? 206 : 200, length);
        try (OutputStream out = exchange.getResponseBody()) {
            for (int at = begin; at < content.length; at += CHUNK) {
                out.write(content, at, Math.min(CHUNK, content.length - at));
                out.flush();
                hurry.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
