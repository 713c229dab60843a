package io.hyperion.api.remote;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** A server of WebSockets (RFC 6455) with which a test does what it likes, frame by frame. */
final class RawSocketServer implements AutoCloseable {
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int PATIENCE_MILLIS = 20_000;

    static final int TEXT = 1;
    static final int CLOSE = 8;

    private final ServerSocket server;

    RawSocketServer() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        server.setSoTimeout(PATIENCE_MILLIS);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/hyperion/");
    }

    /** Waits for a connection, and takes it. */
    Peer accept() throws IOException {
        Peer peer = new Peer(server.accept());
        peer.agree();
        return peer;
    }

    /** Waits for a connection, and answers its handshake with something else. */
    void refuse(String answer) throws IOException {
        try (Peer peer = new Peer(server.accept())) {
            peer.head();
            peer.raw(answer.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    /** A frame that came. */
    record Frame(int opcode, String text) {}

    /** The client at the other end of a connection. */
    static final class Peer implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;
        private final OutputStream out;
        private List<String> head = List.of();

        Peer(Socket socket) throws IOException {
            this.socket = socket;
            socket.setSoTimeout(PATIENCE_MILLIS);
            in = new DataInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        }

        List<String> headers() {
            return head;
        }

        private List<String> head() throws IOException {
            List<String> lines = new ArrayList<>();
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            while (true) {
                int next = in.read();
                if (next < 0) {
                    throw new EOFException();
                }
                if (next == '\n') {
                    String text = line.toString(StandardCharsets.UTF_8).strip();
                    line.reset();
                    if (text.isEmpty()) {
                        return lines;
                    }
                    lines.add(text);
                } else {
                    line.write(next);
                }
            }
        }

        private void agree() throws IOException {
            head = head();
            String key = head.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key:"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElseThrow();
            raw(
                    ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: hyperion\r\n"
                                    + "Sec-WebSocket-Accept: "
                                    + Base64.getEncoder().encodeToString(sha1(key + MAGIC))
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
        }

        private static byte[] sha1(String text) {
            try {
                return MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.US_ASCII));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        void raw(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        /** Sends a text, JSON with single quotes for the eye. */
        void send(String text) throws IOException {
            frame(0x80 | TEXT, text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        }

        void frame(int first, byte[] payload) throws IOException {
            ByteBuffer frame = ByteBuffer.allocate(payload.length + 10).put((byte) first);
            if (payload.length < 126) {
                frame.put((byte) payload.length);
            } else if (payload.length < 65_536) {
                frame.put((byte) 126).putShort((short) payload.length);
            } else {
                frame.put((byte) 127).putLong(payload.length);
            }
            frame.put(payload);
            byte[] bytes = new byte[frame.position()];
            frame.flip().get(bytes);
            raw(bytes);
        }

        /** The next frame of the client; fragments are joined. */
        Frame next() throws IOException {
            StringBuilder text = new StringBuilder();
            int opcode = 0;
            while (true) {
                int first = in.readUnsignedByte();
                long length = in.readUnsignedByte() & 0x7F;
                if (length == 126) {
                    length = in.readUnsignedShort();
                } else if (length == 127) {
                    length = in.readLong();
                }
                byte[] mask = in.readNBytes(4);
                byte[] payload = in.readNBytes((int) length);
                for (int i = 0; i < payload.length; i++) {
                    payload[i] ^= mask[i % 4];
                }
                opcode = (first & 0xF) == 0 ? opcode : first & 0xF;
                text.append(new String(payload, StandardCharsets.ISO_8859_1));
                if ((first & 0x80) != 0) {
                    return new Frame(
                            opcode,
                            new String(text.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
                }
            }
        }

        /** Asserts that there is nothing more, as the client is gone. */
        boolean isGone() throws IOException {
            try {
                return in.read() < 0;
            } catch (SocketException reset) {
                return true;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
