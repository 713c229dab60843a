package io.hyperion.examples.assistant;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** The support desk as the page sees it. JSON is written with single quotes in tests, for the eye. */
final class Desk {
    static final String TICKET =
            "'customer':'Constantin','subject':'Cannot sign in','text':'The page says that my password is wrong.'";

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final URI server;

    Desk(int port) {
        server = URI.create("http://127.0.0.1:" + port);
    }

    /** @param path from the server's root */
    Answer get(String path) throws IOException, InterruptedException {
        return new Answer(CLIENT.send(request(path).build(), BodyHandlers.ofString()));
    }

    Answer post(String path, String json) throws IOException, InterruptedException {
        return new Answer(CLIENT.send(posted(path, json), BodyHandlers.ofString()));
    }

    /** Opens a stream of events; the caller closes it, as a browser does whose user stops. */
    Events stream(String json) throws IOException, InterruptedException {
        return new Events(CLIENT.send(posted("/assistant/api/drafts", json), BodyHandlers.ofInputStream()));
    }

    private HttpRequest posted(String path, String json) {
        return request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json.replace('\'', '"')))
                .build();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.resolve(path)).timeout(PATIENCE);
    }

    record Answer(HttpResponse<String> response) {
        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        String body() {
            return response.body();
        }

        JsonObject json() {
            assertThat(header("Content-Type")).as(body()).startsWith("application/json");
            return Json.createReader(new StringReader(body())).readObject();
        }

        JsonArray array() {
            assertThat(header("Content-Type")).as(body()).startsWith("application/json");
            return Json.createReader(new StringReader(body())).readArray();
        }

        JsonObject problem() {
            assertThat(header("Content-Type")).as(body()).startsWith("application/problem+json");
            return Json.createReader(new StringReader(body())).readObject();
        }
    }

    record Event(String name, JsonObject data, long nanos) {}

    static final class Events implements AutoCloseable {
        private final HttpResponse<InputStream> response;
        private final BufferedReader reader;

        Events(HttpResponse<InputStream> response) {
            this.response = response;
            this.reader = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        }

        HttpResponse<InputStream> response() {
            return response;
        }

        /** {@return the next event; empty at the end} */
        Optional<Event> next() throws IOException {
            String name = "";
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    JsonObject data = Json.createReader(new StringReader(line.substring(6)))
                            .readObject();
                    return Optional.of(new Event(name, data, System.nanoTime()));
                }
            }
            return Optional.empty();
        }

        @Override
        public void close() throws IOException {
            response.body().close();
        }
    }
}
