package io.hyperion.api.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.BusyException;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.UnreadableReplyException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An application and the Hyperion that it asks may be of different versions. */
@Timeout(60)
class VersionsTest {
    private static final GenerateRequest REQUEST =
            GenerateRequest.builder().user("Hello").build();

    private final LinkedBlockingQueue<String> pieces = new LinkedBlockingQueue<>();
    private final ExportedClient exported = ExportedClient.of(new RehearsedClient(pieces));

    private static BridgedClient answering(Object answer) {
        return new BridgedClient(() -> (operation, arguments) ->
                operation.equals("about") ? Map.of("value", Map.of("protocol", 1, "version", "9.9")) : answer);
    }

    @Test
    void each_side_can_be_asked_who_it_is() {
        assertThat(exported.apply("about", Map.of()))
                .isEqualTo(Map.of("value", Map.of("protocol", 1, "version", Protocol.VERSION)));
        assertThat(Protocol.VERSION).matches("\\d+\\.\\d+.*");
    }

    @Test
    void another_protocol_is_refused_and_both_versions_are_told() {
        BridgedClient newer = new BridgedClient(() -> (operation, arguments) -> {
            Map<String, Object> changed = new HashMap<>(arguments);
            changed.put("protocol", 2);
            changed.put("version", "9.9");
            return exported.apply(operation, changed);
        });

        assertThatThrownBy(newer::models)
                .isInstanceOfSatisfying(ModelUnavailableException.class, error -> assertThat(error.code())
                        .isEqualTo(ErrorCode.NOT_DEPLOYED))
                .hasMessageContaining(Protocol.VERSION)
                .hasMessageContaining("9.9")
                .hasMessageContaining("protocol 2");
    }

    @Test
    void an_operation_that_is_not_known_is_refused_and_both_versions_are_told() {
        BridgedClient newer = new BridgedClient(() -> (operation, arguments) -> {
            Map<String, Object> changed = new HashMap<>(arguments);
            changed.put("version", "9.9");
            return exported.apply("dream", changed);
        });

        assertThatThrownBy(newer::models)
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining(Protocol.VERSION)
                .hasMessageContaining("9.9")
                .hasMessageContaining("'dream'");
    }

    @Test
    void fields_that_are_not_known_are_passed_over() {
        pieces.addAll(List.of("Good day", ""));
        BridgedClient newer = new BridgedClient(
                () -> (operation, arguments) -> withMore(exported.apply(operation, asMap(withMore(arguments)))));

        assertThat(newer.generate(REQUEST).text()).isEqualTo("Good day");
        assertThat(newer.models()).hasSize(1);
    }

    /** The tree, and in each of its nodes a field that nobody knows. */
    private static Object withMore(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> more = new HashMap<>();
            map.forEach((name, field) -> more.put((String) name, withMore(field)));
            more.put("from the future", 1);
            return more;
        }
        return value instanceof List<?> list
                ? list.stream().map(VersionsTest::withMore).toList()
                : value;
    }

    // Of a map, a map with texts as keys is made.
    @SuppressWarnings("unchecked")
    private static Map<String, Object> asMap(Object tree) {
        return (Map<String, Object>) tree;
    }

    @Test
    void what_is_missing_of_a_request_has_its_default() {
        GenerateRequest least =
                RequestTrees.readGenerate(Fields.of(Map.of("prompt", Map.of("kind", "raw", "text", "Hello"))));

        assertThat(least)
                .usingRecursiveComparison()
                .isEqualTo(GenerateRequest.builder().prompt("Hello").build());
    }

    @Test
    void what_is_missing_of_a_reply_has_its_default() {
        Map<String, Object> reply = Map.of(
                "model",
                "m",
                "prompt",
                "p",
                "timings",
                Map.of(),
                "completions",
                List.of(Map.of("text", "t", "finish_reason", "reasons of the future")));

        GenerateReply read = answering(Map.of("value", reply)).generate(REQUEST);

        assertThat(read.text()).isEqualTo("t");
        assertThat(read.slot()).isEqualTo(-1);
        assertThat(read.timings().total()).isZero();
    }

    @Test
    void a_state_that_is_not_known_is_one_that_a_request_finds_out() {
        Map<String, Object> model = Map.of("name", "m", "state", "dreaming");

        assertThat(answering(Map.of("value", List.of(model))).models())
                .singleElement()
                .satisfies(info -> assertThat(info.state()).isEqualTo(ModelState.READY));
    }

    @Test
    void what_a_request_asks_for_and_nobody_knows_is_refused() {
        UnaryOperator<Map<String, Object>> prompt = other -> {
            Map<String, Object> request = new HashMap<>(RequestTrees.tree(REQUEST));
            request.putAll(other);
            return request;
        };

        for (Map<String, Object> unknown : List.<Map<String, Object>>of(
                Map.of("prompt", Map.of("kind", "song")),
                Map.of("tool_choice", Map.of("mode", "perhaps")),
                Map.of("response_format", Map.of("kind", "verse")))) {
            Map<String, Object> answer = exported.apply(
                    "generate", Map.of("protocol", 1, "version", "9.9", "request", prompt.apply(unknown)));
            assertThat(ErrorTrees.read(Fields.of(answer).node("error")))
                    .isInstanceOfSatisfying(InvalidRequestException.class, error -> {
                        assertThat(error.code()).isEqualTo(ErrorCode.UNKNOWN_VALUE);
                        assertThat(error.parameter()).hasValueSatisfying(unknown::containsKey);
                    });
        }
    }

    @Test
    void an_error_that_is_not_known_is_the_nearest_of_its_kind() {
        HyperionException busy = ErrorTrees.read(Fields.of(
                Map.of("code", "HYP-5999", "kind", "BUSY", "message", "tired", "retry_after", Duration.ofSeconds(2))));
        HyperionException strange =
                ErrorTrees.read(Fields.of(Map.of("code", "HYP-0999", "kind", "STRANGE", "message", "odd")));

        assertThat(busy).isInstanceOf(BusyException.class).hasMessage("tired (HYP-5999)");
        assertThat(busy.retryAfter()).contains(Duration.ofSeconds(2));
        assertThat(strange).isInstanceOf(EngineException.class).hasMessage("odd (HYP-0999)");
    }

    @Test
    void the_text_of_a_reply_that_cannot_be_read_crosses() {
        UnreadableReplyException error =
                new UnreadableReplyException(ErrorCode.INCOMPLETE_REPLY, "too short", "{\"a\":");

        assertThat(ErrorTrees.read(Fields.of(ErrorTrees.tree(error))))
                .isInstanceOfSatisfying(UnreadableReplyException.class, crossed -> assertThat(crossed.text())
                        .isEqualTo("{\"a\":"))
                .hasMessage("too short");
    }

    @Test
    void an_answer_that_is_none_is_an_engine_failure_that_tells_both_versions() {
        for (Object answer : List.of(
                "nonsense",
                Map.of(),
                Map.of("value", "nonsense"),
                Map.of("value", List.of("nonsense")),
                Map.of("value", List.of(Map.of("name", 7))),
                Map.of("error", "nonsense"))) {
            assertThatThrownBy(answering(answer)::models)
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("9.9")
                    .hasMessageContaining(Protocol.VERSION);
        }
    }

    @Test
    void an_event_that_is_not_known_is_not_heard() {
        RecordingListener heard = new RecordingListener();

        EventTrees.tell(Map.of("event", "dream"), heard);

        assertThat(heard.contexts).isEmpty();
    }

    @Test
    void a_last_reply_that_cannot_be_read_ends_the_generation_all_the_same() {
        RecordingListener heard = new RecordingListener();

        EventTrees.tell(Map.of("event", "done", "reply", Map.of()), heard);

        assertThat(heard.errors).singleElement().isInstanceOf(EngineException.class);
        assertThat(heard.replies).isEmpty();
    }
}
