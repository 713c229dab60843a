package io.hyperion.core.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Message;
import io.hyperion.api.Role;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Prompt templates")
class PromptTemplatesTest {
    private static final List<Message> CHAT = List.of(
            Message.system("You are Luna."),
            Message.user("Hello"),
            new Message(Role.of("AI"), "Hi!"),
            Message.user("What do you know about dogs?"));

    @Test
    @DisplayName("render a conversation as ChatML and open the assistant's turn")
    void chatMl() {
        assertThat(PromptTemplates.named("chatml").render(CHAT, Map.of()))
                .isEqualTo(
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
                        """);
    }

    @Test
    @DisplayName("leave the assistant's turn closed if the variable says so")
    void withoutGenerationPrompt() {
        assertThat(PromptTemplates.named("chatml")
                        .render(List.of(Message.user("Hi")), Map.of("add_generation_prompt", false)))
                .isEqualTo("<|im_start|>user\nHi<|im_end|>\n");
        assertThatThrownBy(() -> PromptTemplates.named("chatml").render(CHAT, Map.of("add_generation_prompt", "no")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("template_vars.add_generation_prompt");
    }

    @Test
    @DisplayName("are ChatML for models that bring it, and for models that bring none")
    void forModel() {
        assertThat(PromptTemplates.forModel(Optional.of("{% for m in messages %}<|im_start|>{{ m.role }}…")))
                .isPresent();
        assertThat(PromptTemplates.forModel(Optional.empty())).isPresent();
        assertThat(PromptTemplates.forModel(Optional.of("[INST] {{ messages[0].content }} [/INST]")))
                .isEmpty();
    }

    @Test
    @DisplayName("of unknown names are refused with the known ones")
    void unknownName() {
        assertThatThrownBy(() -> PromptTemplates.named("nonsense"))
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.UNSUPPORTED_TEMPLATE);
                    assertThat(error.parameter()).contains("template");
                    assertThat(error).hasMessageContaining("chatml");
                });
    }
}
