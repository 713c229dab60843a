package io.hyperion.war.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A server of a model by several names: of each it gives the first half at once, and the second one when a test says so. */
final class SlowModels {
    /** One for each test, since a model that is there is not downloaded again. */
    static final List<String> NAMES = List.of(
            "slow-events",
            "slow-whole",
            "slow-openai",
            "slow-langchain",
            "slow-socket",
            "slow-rest",
            "slow-websocket",
            "slow-pull",
            "python-1",
            "python-2",
            "python-3",
            "javascript-1",
            "javascript-2",
            "javascript-3");

    /** Before the name of a model: programs of other languages let the rest of it come by asking for this. */
    static final String RELEASE = "release/";

    private static final int PATIENCE_SECONDS = 60;

    private static final Map<String, CountDownLatch> RELEASED = new ConcurrentHashMap<>();

    private SlowModels() {}

    /** Starts the server. {@return where the models are, with a slash at the end} */
    static String start(Path model) throws IOException {
        byte[] bytes = Files.readAllBytes(model);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "slow-models");
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", exchange -> answer(exchange, bytes));
        server.start();
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    private static void answer(HttpExchange exchange, byte[] bytes) throws IOException {
        String name = exchange.getRequestURI().getPath().replaceAll("^/|\\.gguf$", "");
        try (exchange) {
            if (name.startsWith(RELEASE)) {
                release(name.substring(RELEASE.length()));
                exchange.sendResponseHeaders(204, -1);
            } else if (!NAMES.contains(name)) {
                exchange.sendResponseHeaders(404, -1);
            } else if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().add("Content-Length", Integer.toString(bytes.length));
                exchange.sendResponseHeaders(200, -1);
            } else {
                exchange.sendResponseHeaders(200, bytes.length);
                OutputStream out = exchange.getResponseBody();
                out.write(bytes, 0, bytes.length / 2);
                out.flush();
                if (!latch(name).await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IOException("Nobody has released " + name);
                }
                out.write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(e));
        }
    }

    /** Lets the rest of a model come. */
    static void release(String name) {
        latch(name).countDown();
    }

    private static CountDownLatch latch(String name) {
        return RELEASED.computeIfAbsent(name, unknown -> new CountDownLatch(1));
    }
}
