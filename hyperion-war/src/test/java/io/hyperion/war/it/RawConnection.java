package io.hyperion.war.it;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A bare TCP connection, for clients that misbehave: one that hangs up, one that does not read. */
final class RawConnection implements AutoCloseable {
    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final Socket socket;
    private final InputStream in;
    private final String host;
    private int pings;

    private RawConnection(Socket socket, String host) throws IOException {
        this.socket = socket;
        this.host = host;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    static RawConnection to(URI server) throws IOException {
        Socket socket = new Socket();
        // Small, and set before connecting: what is not read soon waits at the server.
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), 10_000);
        socket.setSoTimeout(60_000);
        return new RawConnection(socket, server.getAuthority());
    }

    void post(String path, String json) throws IOException {
        post(path, json, "application/json");
    }

    void post(String path, String json, String contentType) throws IOException {
        byte[] body = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        send(head(path, contentType, body.length));
        socket.getOutputStream().write(body);
    }

    /** Promises more than it sends. */
    void beginPost(String path, int length, String begin) throws IOException {
        send(head(path, "application/json", length) + begin);
    }

    /** With headers of its own, one in each line; {@code Host} is among them. */
    void get(String path, String headers) throws IOException {
        send("GET " + path + " HTTP/1.1\r\n" + headers.replace("\n", "\r\n") + "\r\n\r\n");
    }

    private String head(String path, String contentType, int length) {
        return "POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: " + contentType
                + "\r\nContent-Length: " + length + "\r\n\r\n";
    }

    /** What follows the headers, to the end of the connection or of the line. */
    String body() throws IOException {
        skipHeaders();
        StringBuilder body = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            body.append((char) c);
        }
        return body.toString();
    }

    /** Turns the connection into a WebSocket. */
    void upgrade(String path) throws IOException {
        send("GET " + path + " HTTP/1.1\r\nHost: " + host
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                + Base64.getEncoder().encodeToString(new byte[16]) + "\r\n\r\n");
        if (!line().contains("101")) {
            throw new IOException("No WebSocket");
        }
        skipHeaders();
    }

    private void skipHeaders() throws IOException {
        String header = line();
        while (!header.isEmpty()) {
            header = line();
        }
    }

    /** The next line, without its end. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("after " + line);
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    void sendText(String json) throws IOException {
        sendFrame(TEXT, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    /** The next text frame; null when the server closes. Pings are answered on the way. */
    String text() throws IOException {
        DataInputStream data = new DataInputStream(in);
        while (true) {
            int opcode = data.readUnsignedByte() & 0x0F;
            long length = data.readUnsignedByte();
            if (length == 126) {
                length = data.readUnsignedShort();
            } else if (length == 127) {
                length = data.readLong();
            }
            byte[] payload = data.readNBytes(Math.toIntExact(length));
            if (opcode == CLOSE) {
                return null;
            } else if (opcode == PING) {
                pings++;
                sendFrame(PONG, payload);
            } else if (opcode == TEXT) {
                return new String(payload, StandardCharsets.UTF_8);
            }
        }
    }

    int pings() {
        return pings;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void send(String head) throws IOException {
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    }

    private void sendFrame(int opcode, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
        frame.put((byte) (0x80 | opcode));
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length < 65_536) {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        // A mask of zeros is a mask.
        frame.putInt(0).put(payload).flip();
        socket.getOutputStream().write(frame.array(), 0, frame.limit());
    }
}
