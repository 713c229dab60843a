package io.hyperion.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Message;
import io.hyperion.api.Prompt;
import io.hyperion.api.ResponseFormat;
import io.hyperion.api.Tool;
import io.hyperion.api.ToolCall;
import io.hyperion.api.ToolChoice;
import io.hyperion.core.engine.TextRule;
import io.hyperion.core.prompt.PromptTemplates;
import io.hyperion.core.prompt.SpecialTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The preparation of requests")
class RequestPreparationTest {
    private static final Tool WEATHER = new Tool(
            "get_weather",
            "Tells the weather",
            Map.of(
                    "type",
                    "object",
                    "properties",
                    Map.of("city", Map.of("type", "string")),
                    "required",
                    List.of("city")));
    private static final ToolCall CALL = new ToolCall("call_1", "get_weather", "{\"city\": \"Ljubljana\"}");

    /** Tells of tools, and writes calls as Hermes does. */
    private static final String HERMES =
            """
            {% for tool in tools or [] %}<tool>{{ tool | tojson }}</tool>
            {% endfor %}{% for message in messages %}[{{ message.role }}] {{ message.content or '' }}{% for call in \
            message.tool_calls or [] %}<tool_call>{{ call.function | tojson }}</tool_call>{% endfor %}
            {% endfor %}{% if add_generation_prompt %}[assistant] {% endif %}""";

    /** Knows nothing of tools. */
    private static final String PLAIN =
            "{% for message in messages %}[{{ message.role }}] {{ message.content }}\n{% endfor %}";

    private static RequestPreparation preparation(String template) {
        PromptTemplates templates = new PromptTemplates(new SpecialTokens("<s>", "</s>", false));
        return new RequestPreparation(
                new ChatTemplates(templates, Optional.of(templates.of(template)), ""),
                GenerateParameters.builder().build());
    }

    private static GenerateRequest.Builder chat() {
        return GenerateRequest.builder().user("Hello").tools(List.of(WEATHER));
    }

    private static String prompt(String template, GenerateRequest request) {
        return ((Prompt.Raw) preparation(template).prompt(request)).text();
    }

    @Test
    @DisplayName("leaves it to the template to tell of tools if it does")
    void templateTells() {
        String prompt = prompt(HERMES, chat().build());
        assertThat(prompt).contains("\"name\": \"get_weather\"").endsWith("[assistant] ");
        assertThat(prompt).doesNotContain("[system]");
        assertThat(prompt(HERMES, chat().toolChoice(ToolChoice.NONE).build())).isEqualTo("[user] Hello[assistant] ");
    }

    @Test
    @DisplayName("tells of tools in the system's turn if the template does not, and how to answer in the generic form")
    void told() {
        String prompt = prompt(PLAIN, chat().build());
        assertThat(prompt).startsWith("[system] ").contains("get_weather", "\"tool_calls\"", "\"response\"");
        assertThat(prompt(PLAIN, chat().parallelToolCalls(false).build()))
                .contains("\"tool_call\"")
                .doesNotContain("\"tool_calls\"");
        assertThat(prompt(PLAIN, chat().toolChoice(ToolChoice.REQUIRED).build()))
                .doesNotContain("\"response\"");
        GenerateRequest instructed = GenerateRequest.builder()
                .system("Be brief.")
                .user("Hello")
                .tools(List.of(WEATHER))
                .build();
        assertThat(prompt(PLAIN, instructed))
                .startsWith("[system] Be brief.\n\n")
                .containsOnlyOnce("[system]");
    }

    @Test
    @DisplayName(
            "waits with the grammar for a call if the model decides, and holds it from the start if a call is required")
    void rules() {
        RequestPreparation preparation = preparation(HERMES);
        assertThat(rule(preparation, chat().build()).orElseThrow().triggers()).contains("<tool_call>");
        assertThat(rule(preparation, chat().toolChoice(ToolChoice.REQUIRED).build())
                        .orElseThrow()
                        .triggers())
                .isEmpty();
        assertThat(rule(preparation, chat().toolChoice(ToolChoice.NONE).build()))
                .isEmpty();
        assertThat(preparation.prepare(chat().build()).request().namedTokens()).contains("<tool_call>");
        assertThat(rule(
                        preparation,
                        GenerateRequest.builder()
                                .prompt("x")
                                .responseFormat(ResponseFormat.JSON_OBJECT)
                                .build()))
                .isPresent();
    }

    private static Optional<TextRule> rule(RequestPreparation preparation, GenerateRequest request) {
        return preparation.prepare(request).request().rule();
    }

    @Test
    @DisplayName("makes the grammar of the same tools once, and keeps few")
    void kept() {
        RequestPreparation preparation = preparation(HERMES);
        TextRule first = rule(preparation, chat().build()).orElseThrow();
        GenerateRequest other = chat().user("Something else").build();
        assertThat(rule(preparation, other).orElseThrow().grammar()).isSameAs(first.grammar());
        for (int i = 0; i < 20; i++) {
            Tool tool = new Tool("tool" + i, "", Map.of());
            assertThat(rule(preparation, chat().tools(List.of(tool)).build())).isPresent();
        }
        assertThat(rule(preparation, other).orElseThrow().grammar()).isNotSameAs(first.grammar());
    }

    @Test
    @DisplayName("takes the template of the request, and its way to call tools")
    void requestsTemplate() {
        GenerateRequest request = chat().template(HERMES).build();
        assertThat(prompt(PLAIN, request)).isEqualTo(prompt(HERMES, chat().build()));
        assertThat(rule(preparation(PLAIN), request).orElseThrow().triggers()).isNotEmpty();
        assertThatThrownBy(() -> preparation(PLAIN)
                        .prepare(GenerateRequest.builder()
                                .prompt("x")
                                .template("chatml")
                                .build()))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'template' needs 'messages'");
    }

    @Test
    @DisplayName("keeps DeepSeek's calls apart from what it thought and said, as its templates leave them out else")
    void deepSeek() {
        String template = "{# arguments in ```json #}"
                + "{% for m in messages %}[{{ m.role }}]{% if m.content is none %}{% for c in m.tool_calls %}"
                + "<｜tool▁calls▁begin｜>{{ c.function.name }}{{ c.function.arguments }}{% endfor %}"
                + "{% else %}{{ m.content }}{% endif %}{% endfor %}";
        GenerateRequest.Builder request = GenerateRequest.builder().user("Hello");
        assertThat(prompt(
                        template,
                        request.message(Message.assistant("<think>Hm</think>\n", List.of(CALL)))
                                .message(Message.tool(CALL, "starry"))
                                .build()))
                .isEqualTo(
                        "[user]Hello[assistant]<｜tool▁calls▁begin｜>get_weather{\"city\": \"Ljubljana\"}[tool]starry");
        assertThat(prompt(
                        template,
                        GenerateRequest.builder()
                                .message(Message.assistant("I look.", List.of(CALL)))
                                .build()))
                .startsWith("[assistant]I look.[assistant]<｜tool▁calls▁begin｜>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CohereForAI-c4ai-command-r7b-12-2024-tool_use",
                "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use",
                "Qwen-Qwen2.5-7B-Instruct",
                "deepseek-ai-DeepSeek-R1-Distill-Llama-8B",
                "fireworks-ai-llama-3-firefunction-v2",
                "google-gemma-2-2b-it",
                "llama-cpp-deepseek-r1",
                "meetkai-functionary-medium-v3.1",
                "meta-llama-Llama-3.1-8B-Instruct",
                "meta-llama-Llama-3.2-3B-Instruct",
                "microsoft-Phi-3.5-mini-instruct",
                "mistralai-Mistral-Nemo-Instruct-2407"
            })
    @DisplayName("tells real models of tools, of their earlier calls and of the results")
    void realTemplates(String name) throws IOException {
        Path file = Path.of(System.getProperty("hyperion.shared", ""), "conformance/chat-templates/templates")
                .resolve(name + ".jinja");
        assumeTrue(Files.exists(file), "there are no templates of real models at " + file);
        String template = Files.readString(file);
        GenerateRequest.Builder request = GenerateRequest.builder()
                .tools(List.of(WEATHER))
                .system("Be brief.")
                .user("What is the weather in Ljubljana?");
        assertThat(prompt(template, request.build())).contains("get_weather", "Tells the weather", "Be brief.");
        request.message(Message.assistant("", List.of(CALL))).message(Message.tool(CALL, "{\"sky\": \"starry\"}"));
        String afterCall = prompt(template, request.build());
        assertThat(afterCall).contains("Tells the weather", "starry");
        assertThat(afterCall.indexOf("Ljubljana", afterCall.indexOf("Ljubljana") + 1))
                .as("the call in %s", afterCall)
                .isPositive();
        assertThat(rule(preparation(template), request.build())).isPresent();
        boolean generic = name.startsWith("google") || name.startsWith("microsoft");
        assertThat(afterCall.contains("{\"tool_calls\"")).as(afterCall).isEqualTo(generic);
    }
}
