package io.hyperion.core.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.Message;
import io.hyperion.api.Role;
import io.hyperion.api.Tool;
import io.hyperion.api.ToolCall;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A prompt template")
class PromptTemplateTest {
    private static final ToolCall CALL = new ToolCall("c1", "weather", "{\"city\": \"Bonn\", \"days\": 2}");
    private static final List<Message> TOOL_CHAT = List.of(
            Message.user("Weather?"), Message.assistant("", List.of(CALL)), Message.tool(CALL, "{\"sun\": true}"));

    private final PromptTemplates templates = new PromptTemplates(SpecialTokens.NONE);

    @Test
    @DisplayName("that knows tools renders them, the calls and their results")
    void tools() {
        PromptTemplate template = templates.of(
                "{% if tools %}T:{{ tools|tojson }}\n{% endif %}"
                        + "{% for m in messages %}{{ m.role }}:{{ m.content or '' }}"
                        + "{% for c in m.tool_calls or [] %}<{{ c.function.name }}|{{ c.function.arguments }}>{% endfor %};{% endfor %}");

        assertThat(template.capabilities().tools()).isTrue();
        assertThat(template.capabilities().toolCalls()).isTrue();
        assertThat(template.capabilities().objectArguments()).isFalse();
        assertThat(template.capabilities().toolResponses()).isTrue();
        assertThat(template.render(
                        TOOL_CHAT, List.of(new Tool("weather", "Tells.", Map.of("type", "object"))), Map.of()))
                .isEqualTo(
                        "T:[{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"description\": \"Tells.\","
                                + " \"parameters\": {\"type\": \"object\"}}}]\n"
                                + "user:Weather?;assistant:<weather|{\"city\": \"Bonn\", \"days\": 2}>;tool:{\"sun\": true};");
    }

    @Test
    @DisplayName("that writes arguments as JSON itself is given them as an object")
    void objectArguments() {
        PromptTemplate template = templates.of(
                "{% for m in messages %}{{ m.content }}"
                        + "{% for c in m.tool_calls or [] %}{{ c.function.name }}{{ c.function.arguments|tojson }}{% endfor %}{% endfor %}");

        assertThat(template.capabilities().objectArguments()).isTrue();
        assertThat(template.capabilities().nullContent()).isFalse();
        assertThat(template.render(TOOL_CHAT, Map.of()))
                .isEqualTo("Weather?weather{\"city\": \"Bonn\", \"days\": 2}{\"sun\": true}");
    }

    @Test
    @DisplayName("that takes far more than others do is not tried out at length, and rendered all the same")
    void expensive() {
        String slow = "{% for i in range(90000) %}{% endfor %}".repeat(4);
        String text = "{% for m in messages %}{{ m.role }}:{{ m.content }};{% endfor %}";
        List<Message> chat = List.of(Message.system("s"), Message.user("u"));

        assertThat(templates.of(text).capabilities().system()).isTrue();
        assertThat(templates.of(slow + text).capabilities().system()).isFalse();
        assertThat(templates.of(slow + text).render(chat, Map.of())).startsWith("user:s");
    }

    @Test
    @DisplayName("that knows no tools has calls and results as JSON in plain turns")
    void genericTools() {
        PromptTemplate template = templates.of("chatml");

        assertThat(template.capabilities().toolCalls()).isFalse();
        assertThat(template.render(TOOL_CHAT, Map.of("add_generation_prompt", false)))
                .isEqualTo("<|im_start|>user\nWeather?<|im_end|>\n"
                        + "<|im_start|>assistant\n{\"tool_calls\": [{\"name\": \"weather\","
                        + " \"arguments\": {\"city\": \"Bonn\", \"days\": 2}, \"id\": \"c1\"}]}<|im_end|>\n"
                        + "<|im_start|>user\n{\"tool_response\": {\"tool\": \"weather\","
                        + " \"content\": \"{\\\"sun\\\": true}\", \"tool_call_id\": \"c1\"}}<|im_end|>\n");
    }

    @Test
    @DisplayName("that refuses instructions has them in the next turn of the user")
    void withoutSystem() {
        PromptTemplate template = templates.of("{% for m in messages %}{% if m.role == 'system' %}"
                + "{{ raise_exception('no system') }}{% endif %}{{ m.role }}:{{ m.content }};{% endfor %}");

        assertThat(template.capabilities().system()).isFalse();
        assertThat(template.render(
                        List.of(Message.system("Be kind."), Message.user("Hi"), Message.assistant("Ho")), Map.of()))
                .isEqualTo("user:Be kind.\n\nHi;assistant:Ho;");
        assertThat(template.render(List.of(Message.user("Hi"), Message.system("Be kind.")), Map.of()))
                .isEqualTo("user:Hi;user:Be kind.;");
    }

    @Test
    @DisplayName("is given a developer's message as the system's unless it knows developers")
    void developer() {
        List<Message> chat = List.of(new Message(Role.DEVELOPER, "Be kind."), Message.user("Hi"));

        assertThat(templates.of("chatml").render(chat, Map.of())).startsWith("<|im_start|>system\nBe kind.");
        assertThat(templates
                        .of(
                                "{% for m in messages %}{% if m.role in ['developer', 'user'] %}{{ m.role }}:{{ m.content }};"
                                        + "{% endif %}{% endfor %}")
                        .render(chat, Map.of()))
                .isEqualTo("developer:Be kind.;user:Hi;");
    }

    @Test
    @DisplayName("that goes through parts is given text as a part")
    void typedContent() {
        PromptTemplate template =
                templates.of("{% for m in messages %}{% for p in m.content %}{{ p.text }}{% endfor %}{% endfor %}");

        assertThat(template.capabilities().typedContent()).isTrue();
        assertThat(template.render(List.of(Message.user("Hi")), Map.of())).isEqualTo("Hi");
    }

    @Test
    @DisplayName("that cannot do anything is still rendered")
    void nothing() {
        PromptTemplate template = templates.of("{{ 'fixed' }}");

        assertThat(template.capabilities().system()).isFalse();
        assertThat(template.render(TOOL_CHAT, Map.of())).isEqualTo("fixed");
    }

    @Test
    @DisplayName("that cannot be told of no tools is not told of tools")
    void withoutTools() {
        PromptTemplate template =
                templates.of("{% for t in tools %}{{ t.function.name }}{% endfor %}{{ messages[0].content }}");

        assertThat(template.capabilities().nullTools()).isFalse();
        assertThat(template.render(List.of(Message.user("Hi")), Map.of())).isEqualTo("Hi");
        assertThat(templates.of("{{ tools is none }}").render(List.of(Message.user("Hi")), Map.of()))
                .isEqualTo("True");
    }

    @Test
    @DisplayName(
            "that takes instructions at the begin only has them as one there, and later ones in the next turn of the user")
    void systemFirst() {
        PromptTemplate template = templates.of("{% for m in messages %}{% if m.role == 'system' and not loop.first %}"
                + "{{ raise_exception('too late') }}{% endif %}{{ m.role }}:{{ m.content }};{% endfor %}");
        Message kind = Message.system(" Be kind.");
        Message brief = new Message(Role.DEVELOPER, "Be brief.");

        assertThat(template.capabilities().system()).isTrue();
        assertThat(template.capabilities().systemAnywhere()).isFalse();
        assertThat(template.render(List.of(kind, brief, Message.user("Hi")), Map.of()))
                .isEqualTo("system: Be kind.\n\nBe brief.;user:Hi;");
        assertThat(template.render(
                        List.of(kind, Message.user("Hi"), Message.assistant("Ho"), brief, Message.user("Go")),
                        Map.of()))
                .isEqualTo("system: Be kind.;user:Hi;assistant:Ho;user:Be brief.\n\nGo;");
        assertThat(template.render(List.of(kind), Map.of())).isEqualTo("system: Be kind.;");
        assertThat(template.render(List.of(Message.system(""), Message.user("Hi")), Map.of()))
                .isEqualTo("system:;user:Hi;");
        assertThat(templates.of("chatml").capabilities().systemAnywhere()).isTrue();
    }

    @Test
    @DisplayName("that keeps the last instructions only is given them all as one")
    void systemOnce() {
        PromptTemplate template = templates.of("{% set ns = namespace(s='') %}{% for m in messages %}"
                + "{% if m.role == 'system' %}{% set ns.s = m.content %}{% endif %}{% endfor %}"
                + "{{ ns.s }}|{{ messages[-1].content }}");

        assertThat(template.render(List.of(Message.system("a"), Message.system("b"), Message.user("Hi")), Map.of()))
                .isEqualTo("a\n\nb|Hi");
    }

    @Test
    @DisplayName("that knows no tools has results in a row in one turn")
    void resultsInARow() {
        List<Message> chat = List.of(
                Message.user("Weather?"),
                Message.assistant("", List.of(CALL, CALL)),
                Message.tool(CALL, "sun"),
                Message.tool(CALL, "rain"));

        assertThat(templates.of("gemma").render(chat, Map.of("add_generation_prompt", false)))
                .endsWith("<start_of_turn>user\n"
                        + "{\"tool_response\": {\"tool\": \"weather\", \"content\": \"sun\", \"tool_call_id\": \"c1\"}}\n"
                        + "{\"tool_response\": {\"tool\": \"weather\", \"content\": \"rain\", \"tool_call_id\": \"c1\"}}"
                        + "<end_of_turn>\n");
    }

    @Test
    @DisplayName("that takes null only in the last turn has an empty text beside calls")
    void nullInLastTurn() {
        PromptTemplate template = templates.of(
                "{% for m in messages %}{{ m.content if loop.last and m.content is none else m.content.strip() }}"
                        + "{% for c in m.tool_calls or [] %}{{ c.function.name }}{{ c.function.arguments }}{% endfor %};{% endfor %}");

        assertThat(template.capabilities().toolCalls()).isTrue();
        assertThat(template.capabilities().nullContent()).isFalse();
        assertThat(template.render(TOOL_CHAT, Map.of()))
                .isEqualTo("Weather?;weather{\"city\": \"Bonn\", \"days\": 2};{\"sun\": true};");
    }

    @Test
    @DisplayName("that fails where there are tools is not told of them")
    void failsWithTools() {
        PromptTemplate template = templates.of("{% if tools %}{{ 1 / 0 }}{% endif %}{{ messages[0].content }}");

        assertThat(template.capabilities().tools()).isFalse();
        assertThat(template.render(List.of(Message.user("Hi")), List.of(new Tool("f", "", Map.of())), Map.of()))
                .isEqualTo("Hi");
    }

    @Test
    @DisplayName("is told of a tool without parameters as one whose parameters have no properties")
    void withoutParameters() {
        assertThat(templates
                        .of(
                                "{{ messages[0].content }}{% for t in tools or [] %}{{ t.function.name }}"
                                        + "{{ t.function.parameters|tojson }}{% for p in t.function.parameters.properties %}{{ p }}{% endfor %}{% endfor %}")
                        .render(List.of(Message.user("Hi")), List.of(new Tool("f", "", Map.of())), Map.of()))
                .isEqualTo("Hif{\"type\": \"object\", \"properties\": {}}");
    }
}
