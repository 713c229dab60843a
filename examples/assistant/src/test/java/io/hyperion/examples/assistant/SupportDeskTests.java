package io.hyperion.examples.assistant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.core.client.InProcessClient;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A support desk with the demo model")
class SupportDeskTests {
    private static final SupportDesk DESK = new SupportDesk();

    private static InProcessClient hyperion;

    @BeforeAll
    static void open() {
        hyperion = InProcessClient.open(Path.of(System.getProperty("hyperion.demo.model")));
        DESK.hyperion = hyperion;
    }

    @AfterAll
    static void close() {
        hyperion.close();
    }

    private static Inquiry inquiry(String model, String template) {
        return new Inquiry(
                "Constantin", "Cannot sign in", "The page says that my password is wrong.", model, template, 0, 400);
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(strings = {"", "plain", "chatml"})
    @DisplayName("makes a record of any inquiry, by any template, and always the same one")
    void record(String template) {
        Ticket ticket = DESK.classify(inquiry("", template));

        assertThat(ticket.customer()).hasSizeBetween(1, 80).doesNotContain("\"", "\\", "\n");
        assertThat(ticket.summary()).hasSizeBetween(1, 160).doesNotContain("\"", "\\", "\n");
        assertThat(ticket.category()).isNotNull();
        assertThat(ticket.priority()).isNotNull();
        assertThat(DESK.classify(inquiry("", template))).isEqualTo(ticket);
    }

    @Test
    @DisplayName("takes the customer's name into the record")
    void customer() {
        assertThat(DESK.classify(inquiry("", "")).customer()).isEqualTo("Constantin");
    }

    @Test
    @DisplayName("begins its draft with a greeting")
    void draft() throws InterruptedException {
        List<String> events = events(DESK.draft(inquiry("", "")));

        assertThat(events).hasSizeGreaterThan(2);
        assertThat(events.subList(0, events.size() - 1)).allMatch(event -> event.startsWith("event: token\n"));
        assertThat(events.get(events.size() - 1))
                .startsWith("event: done\n")
                .contains("\"finishReason\":\"stop\"", "\"model\":\"default\"");
        assertThat(String.join("", events).replaceAll("event: token\ndata: \\{\"text\":\"(.*?)\"}", "$1"))
                .startsWith("Hello, Constantin!");
    }

    @Test
    @DisplayName("has nothing to give for a model or a template that does not exist")
    void refused() {
        assertThatThrownBy(() -> DESK.classify(inquiry("nobody", ""))).isInstanceOf(ModelNotFoundException.class);
        assertThatThrownBy(() -> DESK.draft(inquiry("", "nothing")))
                .isInstanceOfSatisfying(InvalidRequestException.class, refusal -> assertThat(refusal.parameter())
                        .hasValue("template"));
    }

    @Test
    @DisplayName("knows which models there are")
    void models() {
        assertThat(DESK.models()).singleElement().satisfies(model -> {
            assertThat(model.name()).isEqualTo("default");
            assertThat(model.preselected()).isTrue();
            assertThat(model.reason()).isEmpty();
            assertThat(model.parameters()).isBetween(4_000_000L, 5_000_000L);
        });
    }

    private static List<String> events(Draft draft) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        draft.awaitBegin();
        draft.writeTo(out);
        return Stream.of(out.toString(StandardCharsets.UTF_8).split("\n\n")).toList();
    }
}
