package io.hyperion.core.download;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A web server on sockets of its own, which answers as told: each request by the next fault in its list, and rightly when there is none. */
final class FaultyServer implements AutoCloseable {
    private static final Duration MAX_ARRIVAL = Duration.ofSeconds(10);

    /** How one request is answered. */
    interface Fault {
        void answer(Exchange exchange) throws IOException;
    }

    /** A file of the server, in one version of it. */
    record Content(byte[] bytes, Map<String, String> validators) {
        static Content of(byte[] bytes, String version) {
            return new Content(bytes, Map.of("ETag", '"' + version + '"'));
        }
    }

    /** What was asked. */
    record Request(String path, Map<String, String> headers) {
        long rangeStart() {
            String range = headers.getOrDefault("range", "bytes=0-");
            return Long.parseLong(range.substring("bytes=".length(), range.indexOf('-')));
        }

        boolean hasRange() {
            return headers.containsKey("range");
        }
    }

    /** A request with what it takes to answer it. */
    final class Exchange {
        final Request request;
        final Content content;
        private final Socket socket;
        private final OutputStream out;

        private Exchange(Request request, Content content, Socket socket) throws IOException {
            this.request = request;
            this.content = content;
            this.socket = socket;
            this.out = socket.getOutputStream();
        }

        /** What a server without faults sends for this request: status and headers. */
        Map<String, String> rightHeaders() {
            Map<String, String> headers = new LinkedHashMap<>(content.validators());
            long from = from();
            int size = content.bytes().length;
            if (from > 0) {
                headers.put("Content-Range", "bytes " + from + "-" + (size - 1) + "/" + size);
            }
            headers.put("Content-Length", Long.toString(size - from));
            return headers;
        }

        int rightStatus() {
            return from() > 0 ? 206 : 200;
        }

        /** From where on the content is sent: 0 if If-Range tells of another version. */
        int from() {
            String version = request.headers().get("if-range");
            boolean isOther = version != null && !content.validators().containsValue(version);
            return isOther ? 0 : (int) request.rangeStart();
        }

        void head(int status, Map<String, String> headers) throws IOException {
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Told\r\n");
            headers.forEach((name, value) ->
                    head.append(name).append(": ").append(value).append("\r\n"));
            out.write(head.append("Connection: close\r\n\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        void send(byte[] bytes, int from, int to) throws IOException {
            out.write(bytes, from, Math.max(0, to - from));
            out.flush();
            sent.merge(request.path(), (long) Math.max(0, to - from), Long::sum);
        }

        void rightly() throws IOException {
            if (content == null) {
                head(404, Map.of("Content-Length", "0"));
            } else if (from() > 0 && from() >= content.bytes().length) {
                head(416, Map.of("Content-Length", "0", "Content-Range", "bytes */" + content.bytes().length));
            } else {
                head(rightStatus(), rightHeaders());
                send(content.bytes(), from(), content.bytes().length);
            }
        }

        /** The JDK's client may drop what it has got already when it learns of the end before somebody has read it. */
        private void awaitArrival(long size) throws IOException {
            long end = System.nanoTime() + MAX_ARRIVAL.toNanos();
            Path file = arriving.orElse(null);
            while (file != null
                    && System.nanoTime() - end < 0
                    && (!Files.exists(file) || file.toFile().length() < Math.min(size, content.bytes().length))) {
                Thread.onSpinWait();
            }
        }

        /** Waits for the test. */
        void await(CountDownLatch latch) throws IOException {
            try {
                if (!latch.await(TestDownloads.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    throw new IOException("The test does not go on");
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        /** Ends the connection, at once and without a farewell. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Holds the connection, without a word, until the client or the server ends it. */
        void untilTheClientGoes() {
            try {
                while (socket.getInputStream().read() >= 0) {}
            } catch (IOException e) {
                // It has gone.
            }
        }
    }

    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Map<String, Content> contents = new ConcurrentHashMap<>();
    private final Deque<Fault> faults = new ArrayDeque<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Map<String, Long> sent = new ConcurrentHashMap<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile Fault otherwise = Exchange::rightly;
    private volatile Optional<Path> arriving = Optional.empty();

    /** What is sent arrives in this file. */
    void sendsTo(Path file) {
        arriving = Optional.of(file);
    }

    FaultyServer() throws IOException {
        daemon(this::accept);
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort() + path);
    }

    void put(String path, Content content) {
        contents.put(path, content);
    }

    /** The next requests are answered so, one by each. */
    FaultyServer then(Fault... next) {
        synchronized (faults) {
            faults.addAll(Arrays.asList(next));
        }
        return this;
    }

    /** All requests that nothing else is told of are answered so. */
    void always(Fault fault) {
        otherwise = fault;
    }

    List<Request> requests() {
        return requests;
    }

    long sent(String path) {
        return sent.getOrDefault(path, 0L);
    }

    // What can be told to it.

    /** Sends the head and the first bytes of what was asked for, and ends the connection, when they have arrived where that is known. */
    static Fault cutAfter(int bytes) {
        return exchange -> {
            begin(bytes).answer(exchange);
            exchange.awaitArrival(exchange.from() + bytes);
        };
    }

    private static Fault begin(int bytes) {
        return exchange -> {
            exchange.head(exchange.rightStatus(), exchange.rightHeaders());
            int from = exchange.from();
            exchange.send(exchange.content.bytes(), from, Math.min(exchange.content.bytes().length, from + bytes));
        };
    }

    /** The same, but what is on its way is lost, too. */
    static Fault resetAfter(int bytes) {
        return exchange -> {
            cutAfter(bytes).answer(exchange);
            exchange.reset();
        };
    }

    /** Sends the first bytes, and nothing more. */
    static Fault stallAfter(int bytes, CountDownLatch stalled) {
        return exchange -> {
            begin(bytes).answer(exchange);
            stalled.countDown();
            exchange.untilTheClientGoes();
        };
    }

    /** Sends the first bytes, tells so, and sends the rest when it may. */
    static Fault pauseAfter(int bytes, CountDownLatch paused, CountDownLatch mayGoOn) {
        return exchange -> {
            begin(bytes).answer(exchange);
            paused.countDown();
            exchange.await(mayGoOn);
            exchange.send(exchange.content.bytes(), exchange.from() + bytes, exchange.content.bytes().length);
        };
    }

    static Fault status(int status, Map<String, String> headers) {
        return exchange -> {
            Map<String, String> all = new TreeMap<>(headers);
            all.put("Content-Length", "0");
            exchange.head(status, all);
        };
    }

    /** Sends what was asked for with headers that are not true. */
    static Fault lying(String header, String value) {
        return exchange -> {
            Map<String, String> headers = exchange.rightHeaders();
            headers.put(header, value);
            exchange.head(exchange.rightStatus(), headers);
            exchange.send(exchange.content.bytes(), exchange.from(), exchange.content.bytes().length);
        };
    }

    /** Sends what was asked for without a header. */
    static Fault without(String header) {
        return exchange -> {
            Map<String, String> headers = exchange.rightHeaders();
            headers.remove(header);
            exchange.head(exchange.rightStatus(), headers);
            exchange.send(exchange.content.bytes(), exchange.from(), exchange.content.bytes().length);
        };
    }

    /** Sends other bytes than the file has, from one of them on. */
    static Fault wrongBytesFrom(int first) {
        return exchange -> {
            byte[] bytes = exchange.content.bytes().clone();
            for (int i = first; i < bytes.length; i++) {
                bytes[i] ^= 0x55;
            }
            exchange.head(exchange.rightStatus(), exchange.rightHeaders());
            exchange.send(bytes, exchange.from(), bytes.length);
        };
    }

    /** Always sends the whole file, whatever was asked for. */
    static Fault ignoringRanges(int bytes) {
        return exchange -> {
            Map<String, String> headers = new LinkedHashMap<>(exchange.content.validators());
            int size = exchange.content.bytes().length;
            headers.put("Content-Length", Integer.toString(size));
            exchange.head(200, headers);
            exchange.send(exchange.content.bytes(), 0, Math.min(bytes, size));
        };
    }

    /** Sends the whole file in chunks, and does not say how long it is. */
    static Fault chunked(int bytes, boolean toTheEnd) {
        return exchange -> {
            Map<String, String> headers = new LinkedHashMap<>(exchange.content.validators());
            headers.put("Transfer-Encoding", "chunked");
            exchange.head(200, headers);
            byte[] line = (Integer.toHexString(bytes) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            exchange.out.write(line);
            exchange.send(exchange.content.bytes(), 0, bytes);
            exchange.out.write((toTheEnd ? "\r\n0\r\n\r\n" : "\r\n").getBytes(StandardCharsets.US_ASCII));
            exchange.out.flush();
        };
    }

    /** Sends a range that ends before the end of the file, as a server may. */
    static Fault shorterRange(int bytes, boolean tellsWhole) {
        return exchange -> {
            int from = exchange.from();
            int size = exchange.content.bytes().length;
            int end = Math.min(size, from + bytes);
            Map<String, String> headers = new LinkedHashMap<>(exchange.content.validators());
            headers.put("Content-Range", "bytes " + from + "-" + (end - 1) + "/" + (tellsWhole ? size : "*"));
            headers.put("Content-Length", Integer.toString(end - from));
            exchange.head(exchange.rightStatus(), headers);
            exchange.send(exchange.content.bytes(), from, end);
        };
    }

    /** Sends what was asked for in many small pieces. */
    static Fault trickle(int bytes) {
        return exchange -> {
            exchange.head(exchange.rightStatus(), exchange.rightHeaders());
            for (int at = exchange.from(); at < exchange.content.bytes().length; at += bytes) {
                exchange.send(exchange.content.bytes(), at, Math.min(exchange.content.bytes().length, at + bytes));
                Thread.yield();
            }
        };
    }

    /** Answers as the other, and has another version of the file from then on. */
    Fault changing(String path, Content next, Fault before) {
        return exchange -> {
            before.answer(exchange);
            put(path, next);
        };
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                sockets.add(socket);
                daemon(() -> serve(socket));
            } catch (IOException e) {
                if (!listening.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            String first = in.readLine();
            if (first == null) {
                return;
            }
            Map<String, String> headers = new TreeMap<>();
            for (String line; !(line = in.readLine()).isEmpty(); ) {
                int colon = line.indexOf(':');
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            Request request = new Request(first.split(" ")[1], headers);
            Fault fault;
            synchronized (faults) {
                requests.add(request);
                fault = faults.isEmpty() ? otherwise : faults.poll();
            }
            fault.answer(new Exchange(request, contents.get(request.path()), socket));
        } catch (IOException e) {
            // The client has gone, as clients under test do.
        } finally {
            sockets.remove(socket);
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "faulty-server");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
