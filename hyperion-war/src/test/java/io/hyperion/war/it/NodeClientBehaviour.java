package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Programs.Ran;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * OpenAI's client for JavaScript, in {@code src/test/node}. Needs Node.js and the packages of its lock file from npm; where they are not to
 * be had it is skipped, unless the environment variable {@code HYPERION_NODE_REQUIRED} says {@code true}.
 */
interface NodeClientBehaviour extends Behaviour {
    @Test
    @DisplayName("OpenAI's client for JavaScript chats, streams, runs tools, parses, completes and embeds")
    default void officialNode() throws IOException {
        NodeProgram client = NodeProgram.install("node", "HYPERION_NODE_REQUIRED");

        OpenAiClients.recorded(wire(), base -> {
            Ran tests = client.run("test.mjs", base, Fixture.SOUND);
            assertThat(tests.status()).as(tests.output()).isZero();
            assertThat(tests.output()).contains("ok chat.completions.create").doesNotContain("not ok");
        });
    }
}
