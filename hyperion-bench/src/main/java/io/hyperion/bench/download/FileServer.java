package io.hyperion.bench.download;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A web server on loopback that sends one file to whoever asks, as fast as the system can: it never sees the bytes itself. */
final class FileServer implements AutoCloseable {
    private final ServerSocketChannel listening;
    private final Path file;

    private FileServer(ServerSocketChannel listening, Path file) {
        this.listening = listening;
        this.file = file;
    }

    static FileServer start(Path file) throws IOException {
        ServerSocketChannel listening =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        FileServer server = new FileServer(listening, file);
        Thread thread = new Thread(server::serve, "file-server");
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    URI uri() throws IOException {
        return URI.create(
                "http://127.0.0.1:" + ((InetSocketAddress) listening.getLocalAddress()).getPort() + "/model.gguf");
    }

    private void serve() {
        while (listening.isOpen()) {
            try (SocketChannel socket = listening.accept()) {
                answer(socket);
            } catch (IOException e) {
                if (listening.isOpen()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void answer(SocketChannel socket) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(Channels.newInputStream(socket), StandardCharsets.ISO_8859_1));
        String line = in.readLine();
        while (line != null && !line.isEmpty()) {
            line = in.readLine();
        }
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            String head = "HTTP/1.1 200 OK\r\nContent-Length: " + size
                    + "\r\nETag: \"1\"\r\nContent-Type: application/octet-stream\r\nConnection: close\r\n\r\n";
            ByteBuffer bytes = ByteBuffer.wrap(head.getBytes(StandardCharsets.ISO_8859_1));
            while (bytes.hasRemaining()) {
                socket.write(bytes);
            }
            for (long at = 0; at < size; ) {
                at += channel.transferTo(at, size - at, socket);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
