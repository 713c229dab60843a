package io.hyperion.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A stream of server-sent events")
class EventStreamTest {
    private final List<String> events = new ArrayList<>();
    private final EventStream stream = new EventStream((name, data) -> events.add(name + "|" + data));

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    @DisplayName("is the same however the network cuts it, in the middle of a character too")
    void cuts(int length) {
        byte[] bytes = "event: token\ndata: {\"text\":\"né\"}\n\ndata: second\n\n".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i += length) {
            stream.feed(ByteBuffer.wrap(bytes, i, Math.min(length, bytes.length - i)));
        }

        assertThat(events).containsExactly("token|{\"text\":\"né\"}", "|second");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n"})
    @DisplayName("has lines that end in any of three ways")
    void lineEnds(String end) {
        feed(String.join(end, "data: one", "data:two", "", "data: three", "", ""));

        assertThat(events).containsExactly("|one\ntwo", "|three");
    }

    @Test
    @DisplayName("has comments and other fields, and events without data, which are nothing to tell")
    void others() {
        feed(": comment\n\nevent: ping\n\nid: 1\nretry: 5\ndata\n\n");

        assertThat(events).containsExactly("|");
    }

    @Test
    @DisplayName("tells an event only when its end has come")
    void incomplete() {
        feed("data: half\n");
        assertThat(events).isEmpty();

        feed("\n");
        assertThat(events).containsExactly("|half");
    }

    private void feed(String text) {
        stream.feed(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
}
