package io.hyperion.war.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.Prompt;
import io.hyperion.war.json.JsonInput;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A session")
class SessionsTests {
    private Instant now = Instant.EPOCH;
    private final Sessions sessions = new Sessions(() -> now);
    private final Session session = new Session();

    @Test
    @DisplayName("is found by what its owner keeps, and by nobody else")
    void found() {
        String id = sessions.open(session, "hr");

        assertThat(id).matches("[0-9a-f]{32}");
        assertThat(sessions.find(id, "hr")).containsSame(session);
        assertThat(sessions.find(id, "law")).isEmpty();
        assertThat(sessions.find("", "hr")).isEmpty();
        assertThat(sessions.open(session, "hr")).isNotEqualTo(id);
    }

    @Test
    @DisplayName("is forgotten when nobody uses it for an hour")
    void idle() {
        String used = sessions.open(session, "hr");
        String unused = sessions.open(session, "hr");
        now = now.plus(Duration.ofMinutes(40));
        assertThat(sessions.find(used, "hr")).isPresent();
        now = now.plus(Duration.ofMinutes(40));
        assertThat(sessions.find(used, "hr")).isPresent();
        assertThat(sessions.find(unused, "hr")).isEmpty();
        now = now.plus(Duration.ofMinutes(61));
        assertThat(sessions.find(used, "hr")).isEmpty();
    }

    @Test
    @DisplayName("goes first if it is the longest unused of too many, and never for those who do not come back")
    void bounded() {
        String first = sessions.open(session, "hr");
        for (int i = 0; i < Sessions.MAX_SESSIONS; i++) {
            sessions.open(new Session(), "hr");
        }
        assertThat(sessions.find(first, "hr")).as("never came back").isEmpty();

        String kept = sessions.open(session, "hr");
        assertThat(sessions.find(kept, "hr")).isPresent();
        for (int i = 0; i < 2 * Sessions.MAX_SESSIONS; i++) {
            sessions.open(new Session(), "hr");
        }
        assertThat(sessions.find(kept, "hr")).isPresent();
        for (int i = 0; i < Sessions.MAX_SESSIONS; i++) {
            assertThat(sessions.find(sessions.open(new Session(), "hr"), "hr")).isPresent();
        }
        assertThat(sessions.find(kept, "hr")).isEmpty();
    }

    @Test
    @DisplayName("has a system prompt before its prompts, from the request that sets it on")
    void systemPrompt() {
        assertThat(prompt("{'prompt':'x'}")).isEqualTo(new Prompt.Raw("x"));
        assertThat(prompt("{'prompt':'x','system_prompt':'Be brief. '}")).isEqualTo(new Prompt.Raw("Be brief. x"));
        assertThat(prompt("{'prompt':'y'}")).isEqualTo(new Prompt.Raw("Be brief. y"));
        assertThat(prompt("{'prompt':[1,'y']}"))
                .isEqualTo(new Prompt.Mixed(List.of(
                        new Prompt.Part.Text("Be brief. "),
                        new Prompt.Part.Tokens(List.of(1)),
                        new Prompt.Part.Text("y"))));
        assertThat(prompt("{'prompt':'y','system_prompt':{'prompt':'Z','anti_prompt':'User:','assistant_name':'AI:'}}"))
                .isEqualTo(new Prompt.Raw("Zy"));
        assertThat(session.systemPrompt()).isEqualTo(new SystemPrompt("Z", "User:", "AI:"));
        assertThat(prompt("{'prompt':'y','system_prompt':''}")).isEqualTo(new Prompt.Raw("y"));
        assertThat(prompt("{'prompt':'y'}")).isEqualTo(new Prompt.Raw("y"));
    }

    @Test
    @DisplayName("does not change by a request that is refused")
    void refused() {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> prompt("{'prompt':'x','system_prompt':'Z','response_fields':1}")))
                .isNotNull();
        assertThat(session.systemPrompt()).isEqualTo(SystemPrompt.NONE);
    }

    private Prompt prompt(String json) {
        return new CompletionFormat(Models.of(GenerateParameters.none()), session, Optional.empty())
                .read(JsonInput.object(json.replace('\'', '"')))
                .requests()
                .get(0)
                .prompt();
    }
}
