package io.hyperion.core.prompt;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Message;
import io.hyperion.api.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Prompt templates")
class PromptTemplatesTest {
    private static final List<Message> CHAT = List.of(
            Message.system("You are Luna."),
            Message.user("Hello"),
            new Message(Role.of("AI"), "Hi!"),
            Message.user("What do you know about dogs?"));
    private static final SpecialTokens TOKENS = new SpecialTokens("<s>", "</s>", false);

    private final PromptTemplates templates = new PromptTemplates(TOKENS);

    private record Format(String name, String expected) {}

    static List<Format> formats() {
        return List.of(
                new Format(
                        "chatml",
                        """
                        <|im_start|>system
                        You are Luna.<|im_end|>
                        <|im_start|>user
                        Hello<|im_end|>
                        <|im_start|>assistant
                        Hi!<|im_end|>
                        <|im_start|>user
                        What do you know about dogs?<|im_end|>
                        <|im_start|>assistant
                        """),
                new Format(
                        "llama2",
                        "<s>[INST] <<SYS>>\nYou are Luna.\n<</SYS>>\n\nHello [/INST] Hi! </s>"
                                + "<s>[INST] What do you know about dogs? [/INST]"),
                new Format(
                        "llama3",
                        "<s><|start_header_id|>system<|end_header_id|>\n\nYou are Luna.<|eot_id|>"
                                + "<|start_header_id|>user<|end_header_id|>\n\nHello<|eot_id|>"
                                + "<|start_header_id|>assistant<|end_header_id|>\n\nHi!<|eot_id|>"
                                + "<|start_header_id|>user<|end_header_id|>\n\nWhat do you know about dogs?<|eot_id|>"
                                + "<|start_header_id|>assistant<|end_header_id|>\n\n"),
                new Format(
                        "mistral",
                        "<s>[INST] Hello[/INST] Hi!</s>[INST] You are Luna.\n\nWhat do you know about dogs?[/INST]"),
                new Format(
                        "gemma",
                        "<s><start_of_turn>user\nYou are Luna.\n\nHello<end_of_turn>\n"
                                + "<start_of_turn>model\nHi!<end_of_turn>\n"
                                + "<start_of_turn>user\nWhat do you know about dogs?<end_of_turn>\n"
                                + "<start_of_turn>model\n"),
                new Format(
                        "phi3",
                        "<|system|>\nYou are Luna.<|end|>\n<|user|>\nHello<|end|>\n<|assistant|>\nHi!<|end|>\n"
                                + "<|user|>\nWhat do you know about dogs?<|end|>\n<|assistant|>\n"),
                new Format(
                        "zephyr",
                        "<|system|>\nYou are Luna.</s>\n<|user|>\nHello</s>\n<|assistant|>\nHi!</s>\n"
                                + "<|user|>\nWhat do you know about dogs?</s>\n<|assistant|>\n"),
                new Format(
                        "alpaca",
                        "You are Luna.\n\n### Instruction:\nHello\n\n### Response:\nHi!</s>\n\n"
                                + "### Instruction:\nWhat do you know about dogs?\n\n### Response:\n"),
                new Format(
                        "vicuna",
                        "You are Luna. USER: Hello ASSISTANT: Hi!</s>USER: What do you know about dogs? ASSISTANT:"),
                new Format(
                        "deepseek",
                        "<s>You are Luna.<｜User｜>Hello<｜Assistant｜>Hi!</s>"
                                + "<｜User｜>What do you know about dogs?<｜Assistant｜>"),
                new Format(
                        "command-r",
                        "<s><|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>You are Luna.<|END_OF_TURN_TOKEN|>"
                                + "<|START_OF_TURN_TOKEN|><|USER_TOKEN|>Hello<|END_OF_TURN_TOKEN|>"
                                + "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>Hi!<|END_OF_TURN_TOKEN|>"
                                + "<|START_OF_TURN_TOKEN|><|USER_TOKEN|>What do you know about dogs?<|END_OF_TURN_TOKEN|>"
                                + "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>"),
                new Format("none", "You are Luna.HelloHi!What do you know about dogs?"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("formats")
    @DisplayName("render a conversation in the format of their name")
    void named(Format format) {
        assertThat(templates.of(format.name).render(CHAT, Map.of())).isEqualTo(format.expected);
    }

    @Test
    @DisplayName("are all tested")
    void all() {
        assertThat(formats()).extracting(Format::name).containsExactlyInAnyOrderElementsOf(PromptTemplates.NAMES);
    }

    @Test
    @DisplayName("give their usual instructions where there are none")
    void withoutSystem() {
        List<Message> question = List.of(Message.user("Hi"));

        assertThat(templates.of("alpaca").render(question, Map.of()))
                .startsWith("Below is an instruction that describes a task.")
                .endsWith("### Instruction:\nHi\n\n### Response:\n");
        assertThat(templates.of("vicuna").render(question, Map.of()))
                .startsWith("A chat between a curious user")
                .endsWith("questions. USER: Hi ASSISTANT:");
        assertThat(templates.of("gemma").render(question, Map.of()))
                .isEqualTo("<s><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n");
    }

    @Test
    @DisplayName("leave the assistant's turn closed if the variable says so")
    void withoutGenerationPrompt() {
        assertThat(templates.of("chatml").render(List.of(Message.user("Hi")), Map.of("add_generation_prompt", false)))
                .isEqualTo("<|im_start|>user\nHi<|im_end|>\n");
        assertThatThrownBy(() -> templates.of("chatml").render(CHAT, Map.of("add_generation_prompt", "no")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("template_vars.add_generation_prompt");
    }

    @Test
    @DisplayName("let the request's variables take precedence over the model's tokens")
    void variables() {
        assertThat(templates.of("llama3").render(List.of(Message.user("Hi")), Map.of("bos_token", "<B>")))
                .startsWith("<B><|start_header_id|>");
        assertThatThrownBy(() -> templates.of("llama3").render(CHAT, Map.of("x", new Object())))
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> assertThat(error.parameter())
                        .contains("template_vars"));
    }

    @Test
    @DisplayName("leave out the token that begins a text where it is added to the prompt anyway")
    void oneBos() {
        PromptTemplates adding = new PromptTemplates(new SpecialTokens("<s>", "</s>", true));
        String prompt = adding.of("llama2").render(CHAT, Map.of());

        assertThat(prompt).startsWith("[INST] <<SYS>>").contains("</s><s>[INST]");
    }

    @Test
    @DisplayName("can be given as Jinja text, and tell where it is wrong")
    void text() {
        assertThat(templates.of("{{ messages[0].content }}{{ eos_token }}").render(CHAT, Map.of()))
                .isEqualTo("You are Luna.</s>");
        assertThatThrownBy(() -> templates.of("\n{% if %}"))
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.UNSUPPORTED_TEMPLATE);
                    assertThat(error.parameter()).contains("template");
                    assertThat(error).hasMessageContaining("line 2, column 7");
                });
    }

    @Test
    @DisplayName("that refuse the messages say why, and those that fail say where")
    void refusal() {
        assertThatThrownBy(() ->
                        templates.of("{{ raise_exception('only one turn') }}").render(CHAT, Map.of()))
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> {
                    assertThat(error.parameter()).contains("messages");
                    assertThat(error).hasMessageEndingWith("only one turn");
                });
        assertThatThrownBy(() -> templates.of("{{ 1 + 'a' }}").render(CHAT, Map.of()))
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> {
                    assertThat(error.parameter()).contains("template");
                    assertThat(error).hasMessageContaining("line 1");
                });
    }

    @Test
    @DisplayName("are the model's own, or ChatML for models that bring none")
    void forModel() {
        assertThat(templates
                        .forModel(Optional.of("[{{ messages[0].content }}]"))
                        .render(CHAT, Map.of()))
                .isEqualTo("[You are Luna.]");
        assertThat(templates.forModel(Optional.empty()).render(CHAT, Map.of())).startsWith("<|im_start|>system");
        assertThatThrownBy(() -> templates.forModel(Optional.of("{% nonsense %}")))
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    @DisplayName("of unknown names are refused with the known ones")
    void unknownName() {
        assertThatThrownBy(() -> templates.of("nonsense"))
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.UNSUPPORTED_TEMPLATE);
                    assertThat(error.parameter()).contains("template");
                    assertThat(error).hasMessageContaining("chatml").hasMessageContaining("command-r");
                });
    }

    @Test
    @DisplayName("that says a lot when it refuses is not repeated in full")
    void longReason() {
        for (String template :
                List.of("{{ raise_exception('no ' * 100000) }}", "{{ messages." + "x".repeat(100_000) + ".y }}")) {
            assertThat(catchThrowableOfType(
                            InvalidRequestException.class,
                            () -> templates.of(template).render(CHAT, Map.of())))
                    .extracting(Throwable::getMessage, as(STRING))
                    .hasSizeBetween(500, 600);
        }
    }
}
