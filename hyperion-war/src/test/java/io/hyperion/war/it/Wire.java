package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.spi.JsonProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The wire to a server under test. JSON is written with single quotes in tests, for the eye. */
public final class Wire {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private static final JsonProvider JSON = JsonProvider.provider();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final URI base;

    public Wire(URI base) {
        this.base = base;
    }

    public URI base() {
        return base;
    }

    public static JsonObject json(String text) {
        return JSON.createReader(new StringReader(text)).readObject();
    }

    public static JsonArray list(String text) {
        return JSON.createReader(new StringReader(text)).readArray();
    }

    public Answer get(String path) {
        return send(request(path).GET());
    }

    public Answer post(String path, String json) {
        return post(path, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "application/json");
    }

    public Answer post(String path, byte[] body, String contentType) {
        HttpRequest.Builder request = request(path).POST(BodyPublishers.ofByteArray(body));
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        return send(request);
    }

    public Answer send(HttpRequest.Builder request) {
        try {
            return new Answer(CLIENT.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE);
    }

    /** Opens a stream of events; the caller closes it. */
    public Events stream(String path, String json) {
        return stream(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json.replace('\'', '"'))));
    }

    /** Opens a stream of events; the caller closes it. */
    public Events stream(HttpRequest.Builder request) {
        try {
            return new Events(CLIENT.send(request.build(), BodyHandlers.ofInputStream()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** An answer with its JSON. */
    public record Answer(HttpResponse<String> response) {
        public int status() {
            return response.statusCode();
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        public JsonObject json() {
            assertThat(header("Content-Type")).as(response.body()).startsWith("application/json");
            return Wire.json(response.body());
        }

        public JsonArray array() {
            return JSON.createReader(new StringReader(response.body())).readArray();
        }

        public JsonObject error() {
            assertThat(json().getString("success")).isEqualTo("false");
            return json().getJsonObject("error");
        }
    }

    /** One event of a stream; its name is empty where the stream gives none. */
    public record Event(String name, JsonObject data, long nanos) {}

    /** A stream of Server-Sent Events. */
    public static final class Events implements AutoCloseable {
        private final HttpResponse<InputStream> response;
        private final BufferedReader reader;

        Events(HttpResponse<InputStream> response) {
            this.response = response;
            this.reader = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        }

        public HttpResponse<InputStream> response() {
            return response;
        }

        /** The next event; what tells how far the model is, which comes where that takes its time, is skipped. */
        public Event next() throws IOException {
            Event event = any();
            while (event != null && event.name().equals("progress")) {
                event = any();
            }
            return event;
        }

        /** The next event, whatever it tells. */
        public Event any() throws IOException {
            String name = "";
            JsonObject data = null;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data = json(line.substring(6));
                } else if (line.isEmpty() && data != null) {
                    return new Event(name, data, System.nanoTime());
                }
            }
            return null;
        }

        public List<Event> all() throws IOException {
            List<Event> events = new ArrayList<>();
            for (Event event = next(); event != null; event = next()) {
                events.add(event);
            }
            return events;
        }

        @Override
        public void close() throws IOException {
            response.body().close();
        }
    }
}
