package io.hyperion.examples.assistant;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.examples.assistant.Desk.Answer;
import io.hyperion.examples.assistant.Desk.Event;
import io.hyperion.examples.assistant.Desk.Events;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.TargetsContainer;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Beside Hyperion on Payara Micro")
@ExtendWith(ArquillianExtension.class)
class PayaraMicroIT {
    private static final String TICKETS = "/assistant/api/tickets";
    private static final String DRAFTS = "/assistant/api/drafts";
    private static final String ENDLESS = "{" + Desk.TICKET + ",'model':'" + Fixture.ENDLESS + "','maxTokens':4096}";

    @ArquillianResource
    private URL url;

    @Deployment(testable = false)
    @TargetsContainer("with-hyperion")
    static WebArchive war() throws IOException {
        return Fixture.assistant();
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(strings = {"", "plain", "chatml"})
    @DisplayName("a ticket becomes a record of its form, by any template")
    void record(String template) throws IOException, InterruptedException {
        Answer answer = desk().post(TICKETS, "{" + Desk.TICKET + ",'template':'" + template + "'}");

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        JsonObject record = answer.json();
        assertThat(record.keySet()).containsExactlyInAnyOrder("customer", "category", "priority", "summary");
        assertThat(record.getString("customer")).hasSizeBetween(1, 80);
        assertThat(record.getString("summary")).hasSizeBetween(1, 160);
        assertThat(Ticket.Category.values()).extracting(Ticket.Category::name).contains(record.getString("category"));
        assertThat(Ticket.Priority.values()).extracting(Ticket.Priority::name).contains(record.getString("priority"));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {TICKETS, DRAFTS})
    @DisplayName("a ticket that is not valid is refused by the names of its fields")
    void invalid(String path) throws IOException, InterruptedException {
        Answer answer = desk().post(path, "{'customer':'','subject':'Lamp','text':'Broken','temperature':3}");

        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.problem().getJsonArray("errors").stream()
                        .map(JsonValue::asJsonObject)
                        .map(error -> error.getString("field")))
                .containsExactly("customer", "temperature");
        Answer wrongType = desk().post(path, "{'customer':5}");
        assertThat(wrongType.status()).isEqualTo(400);
        assertThat(wrongType.body()).contains("customer", "must be a text");
        Answer broken = desk().post(path, "{'customer'");
        assertThat(broken.status()).isEqualTo(400);
        assertThat(broken.problem().getString("detail")).contains("JSON");
        assertThat(desk().post(path, "").status()).isEqualTo(400);
    }

    @Test
    @DisplayName("a draft comes in several events, the first of them before the last is made")
    void streamed() throws IOException, InterruptedException {
        List<Event> events = new ArrayList<>();
        try (Events stream = desk().stream(ENDLESS.replace("4096", "600"))) {
            assertThat(stream.response().statusCode()).isEqualTo(200);
            assertThat(stream.response().headers().firstValue("Content-Type").orElse(""))
                    .startsWith("text/event-stream");
            for (Optional<Event> event = stream.next(); event.isPresent(); event = stream.next()) {
                events.add(event.get());
            }
        }
        Event first = events.get(0);
        Event last = events.get(events.size() - 1);

        assertThat(events).hasSizeGreaterThan(10);
        assertThat(events.subList(0, events.size() - 1))
                .allMatch(event -> event.name().equals("token"));
        assertThat(last.name()).isEqualTo("done");
        assertThat(last.data().getInt("tokens")).isEqualTo(600);
        assertThat(last.data().getString("model")).isEqualTo(Fixture.ENDLESS);
        double generation = 600 / last.data().getJsonNumber("tokensPerSecond").doubleValue();
        assertThat((last.nanos() - first.nanos()) / 1e9).isGreaterThan(generation / 2);
    }

    @Test
    @DisplayName("a draft greets the customer, and is the same again at temperature 0")
    void sensible() throws IOException, InterruptedException {
        assertThat(draft()).startsWith("Hello, Constantin!").isEqualTo(draft());
    }

    @Test
    @DisplayName(
            "who closes the stream of a draft ends it, and its slot is free; till then others are told to come back")
    void closed() throws IOException, InterruptedException {
        try (Events stream = desk().stream(ENDLESS)) {
            assertThat(stream.next()).isPresent();
            for (String path : List.of(TICKETS, DRAFTS)) {
                Answer busy = desk().post(path, ENDLESS);

                assertThat(busy.status()).as(busy.body()).isEqualTo(429);
                assertThat(Integer.parseInt(busy.header("Retry-After"))).isPositive();
                assertThat(busy.problem().getString("code")).isEqualTo("HYP-5001");
            }
        }
        long closed = System.nanoTime();
        Answer after = desk().post(TICKETS, ENDLESS);
        while (after.status() == 429
                && System.nanoTime() - closed < Duration.ofSeconds(10).toNanos()) {
            after = desk().post(TICKETS, ENDLESS);
        }
        assertThat(after.status()).as(after.body()).isEqualTo(200);
        assertThat(desk().get("/hyperion/metrics").body())
                .containsPattern("(?m)^hyperion_requests_total\\{[^}]*endless[^}]*cancelled[^}]*} [1-9]");
    }

    @Test
    @DisplayName("the models are listed with their states and reasons")
    void models() throws IOException, InterruptedException {
        Answer answer = desk().get("/assistant/api/models");

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        List<JsonObject> models =
                answer.array().stream().map(JsonValue::asJsonObject).toList();
        assertThat(models)
                .extracting(model -> model.getString("name"))
                .containsExactly("default", Fixture.ENDLESS, "missing");
        assertThat(models).extracting(model -> model.getBoolean("preselected")).containsExactly(true, false, false);
        JsonObject missing = models.get(2);
        assertThat(missing.getString("state")).isEqualTo("failed");
        assertThat(missing.getString("reason")).isNotBlank();
    }

    @Test
    @DisplayName("what cannot be served is told in Hyperion's words")
    void refused() throws IOException, InterruptedException {
        Answer unknown = desk().post(TICKETS, "{" + Desk.TICKET + ",'model':'nobody'}");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.problem().getString("code")).isEqualTo("HYP-2001");

        Answer missing = desk().post(DRAFTS, "{" + Desk.TICKET + ",'model':'missing'}");
        assertThat(missing.status()).isEqualTo(503);
        assertThat(missing.problem().getString("code")).isEqualTo("HYP-6001");

        Answer template = desk().post(DRAFTS, "{" + Desk.TICKET + ",'template':'nothing'}");
        assertThat(template.status()).isEqualTo(400);
        assertThat(template.problem().getJsonArray("errors").getJsonObject(0).getString("field"))
                .isEqualTo("template");

        Answer tooLong =
                desk().post(TICKETS, "{" + Desk.TICKET.replace("wrong", "word 5 ".repeat(500)) + ",'maxTokens':1}");
        assertThat(tooLong.status()).isEqualTo(400);
        assertThat(tooLong.problem().getString("code")).isEqualTo("HYP-3001");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {"/assistant/", "/assistant/assistant.js", "/assistant/assistant.css", "/assistant/icon.svg"})
    @DisplayName("the page loads nothing but its own files")
    void page(String path) throws IOException, InterruptedException {
        Answer answer = desk().get(path);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Security-Policy"))
                .contains("default-src 'none'", "script-src 'self'")
                .doesNotContain("unsafe", "http");
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.body())
                .doesNotContainPattern("(?i)<script>|<style|\\sstyle=|\\son[a-z]+=\"|(src|href)=\"(https?:)?//");
    }

    private String draft() throws IOException, InterruptedException {
        List<Event> events = new ArrayList<>();
        try (Events stream = desk().stream("{" + Desk.TICKET + "}")) {
            for (Optional<Event> event = stream.next(); event.isPresent(); event = stream.next()) {
                events.add(event.get());
            }
        }
        return events.stream()
                .filter(event -> event.name().equals("token"))
                .map(event -> event.data().getString("text"))
                .collect(Collectors.joining());
    }

    private Desk desk() {
        return new Desk(url.getPort());
    }
}
