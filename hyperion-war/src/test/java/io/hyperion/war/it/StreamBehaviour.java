package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Wire.Answer;
import io.hyperion.war.it.Wire.Event;
import io.hyperion.war.it.Wire.Events;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** POST /generate as a stream. */
interface StreamBehaviour extends Behaviour {
    @Test
    @DisplayName("a stream has the text of the single answer in pieces, and then the whole reply")
    default void pieces() throws IOException {
        JsonObject single = wire().post("/generate", "{" + SHORT + "}").json();
        try (Events stream = wire().stream("/generate", "{" + SHORT + ",'stream':true}")) {
            assertThat(stream.response().statusCode()).isEqualTo(200);
            assertThat(stream.response().headers().firstValue("Content-Type").orElse(""))
                    .startsWith("text/event-stream");
            List<Event> events = stream.all();
            List<Event> tokens = events.subList(0, events.size() - 1);
            Event done = events.get(events.size() - 1);

            assertThat(tokens).isNotEmpty().allMatch(event -> event.name().equals("token"));
            assertThat(tokens.stream()
                            .map(event -> event.data().getString("text"))
                            .collect(Collectors.joining()))
                    .isEqualTo(single.getString("output"));
            assertThat(done.name()).isEqualTo("done");
            assertThat(done.data().keySet()).containsExactlyElementsOf(single.keySet());
            assertThat(done.data().getString("output")).isEqualTo(single.getString("output"));
        }
    }

    @Test
    @DisplayName("the pieces of a stream come while the text is being made")
    default void incrementally() throws IOException {
        try (Events stream = wire().stream("/generate", "{" + longOne() + ",'stream':true}")) {
            List<Event> events = stream.all();
            Event done = events.get(events.size() - 1);
            double seconds = (done.nanos() - events.get(0).nanos()) / 1e9;

            assertThat(events).hasSizeGreaterThan(5);
            assertThat(seconds)
                    .isGreaterThan(done.data().getJsonNumber("execution_time").doubleValue() / 4);
        }
    }

    @Test
    @DisplayName("a stream that is refused is no stream: it has its status")
    default void refused() {
        // One that waits for its model to be loaded has begun as a stream when it is refused.
        wire().post("/generate", "{" + SHORT + "}");
        Answer unknown = wire().post("/generate", "{'model':'nope','prompt':'x','stream':true}");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.error().getString("code")).isEqualTo("HYP-2001");

        Answer tooLong = wire().post("/generate", "{'prompt':'" + "word ".repeat(20_000) + "','stream':true}");
        assertThat(tooLong.status()).isEqualTo(400);
        assertThat(tooLong.error().getString("code")).isEqualTo("HYP-3001");
    }
}
