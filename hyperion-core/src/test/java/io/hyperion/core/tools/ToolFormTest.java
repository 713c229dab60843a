package io.hyperion.core.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The form of calls")
class ToolFormTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "{{ '<tool_call>' }}~HERMES",
                "<tool_call><function=x><parameter=y>~GENERIC",
                "<|start_header_id|>ipython<|end_header_id|>~LLAMA_3",
                "<|start_header_id|>ipython<|end_header_id|> <function=~FUNCTIONARY_3_1",
                "<|start_header_id|>{{ role }}~GENERIC",
                "[TOOL_CALLS]~MISTRAL",
                "[TOOL_CALLS]{{ name }}[ARGS]~MISTRAL_NAMED",
                "<|END_THINKING|><|START_ACTION|> <tool_call>~COMMAND_R7B",
                "<｜tool▁calls▁begin｜> ```json~DEEPSEEK",
                "<｜tool▁calls▁begin｜>~DEEPSEEK_3_1",
                "' functools[' <|start_header_id|>ipython<|end_header_id|>~FIREFUNCTION",
                ">>>all~FUNCTIONARY_3_2",
                "<|im_start|>~GENERIC"
            })
    @DisplayName("is told by what the template writes")
    void detected(String template, ToolForm form) {
        assertThat(ToolForm.of(template)).isEqualTo(form);
    }

    @ParameterizedTest
    @CsvSource({
        "CohereForAI-c4ai-command-r7b-12-2024-tool_use, COMMAND_R7B",
        "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use, HERMES",
        "Qwen-Qwen2.5-7B-Instruct, HERMES",
        "deepseek-ai-DeepSeek-R1-Distill-Llama-8B, DEEPSEEK",
        "fireworks-ai-llama-3-firefunction-v2, FIREFUNCTION",
        "google-gemma-2-2b-it, GENERIC",
        "llama-cpp-deepseek-r1, DEEPSEEK",
        "meetkai-functionary-medium-v3.1, FUNCTIONARY_3_1",
        "meta-llama-Llama-3.1-8B-Instruct, LLAMA_3",
        "meta-llama-Llama-3.2-3B-Instruct, LLAMA_3",
        "microsoft-Phi-3.5-mini-instruct, GENERIC",
        "mistralai-Mistral-Nemo-Instruct-2407, MISTRAL"
    })
    @DisplayName("is found in the templates of real models")
    void realTemplates(String name, ToolForm form) throws IOException {
        Path file = Path.of(System.getProperty("hyperion.shared", ""), "conformance/chat-templates/templates")
                .resolve(name + ".jinja");
        assumeTrue(Files.exists(file), "there are no templates of real models at " + file);
        assertThat(ToolForm.of(Files.readString(file))).isEqualTo(form);
    }

    @Test
    @DisplayName("knows a prompt that begins a thought, and completes one that DeepSeek's template leaves open")
    void prompts() {
        assertThat(ToolForm.isThinking("<｜Assistant｜><think>\n")).isTrue();
        assertThat(ToolForm.isThinking("<think></think>")).isFalse();
        assertThat(ToolForm.DEEPSEEK.completed("x<｜tool▁outputs▁end｜>")).endsWith("<｜Assistant｜>");
        assertThat(ToolForm.DEEPSEEK.completed("x")).isEqualTo("x");
    }
}
