package io.hyperion.core.tools;

import io.hyperion.core.tools.CallSyntax.Kind;
import io.hyperion.core.tools.CallSyntax.Opening;
import java.util.List;
import java.util.Optional;

/** The forms in which models were trained to call tools. */
public enum ToolForm {
    /** Hermes 2 Pro, Qwen 2.5 and Qwen 3: an object between {@code <tool_call>} and {@code </tool_call>}. */
    HERMES(
            CallSyntax.of(
                    Opening.of("<tool_call>", Kind.OBJECT, "</tool_call>"),
                    Opening.name("<function=", ">", "</function>")),
            List.of("<tool_call>", "</tool_call>", "<think>", "</think>")),

    /** Llama 3.1 to 3.3: an object with {@code name} and {@code parameters}, or what follows {@code <|python_tag|>}. */
    LLAMA_3(
            CallSyntax.of(Opening.of("{", Kind.OBJECT).keepingLast(), Opening.of("<|python_tag|>", Kind.PYTHON)),
            List.of("<|python_tag|>")),

    /** Mistral Nemo and its like: {@code [TOOL_CALLS]} and an array of objects. */
    MISTRAL(CallSyntax.of(Opening.of("[TOOL_CALLS]", Kind.ARRAY)), List.of("[TOOL_CALLS]")),

    /** Mistral Small 3.2, Devstral, Magistral and Ministral 3: {@code [TOOL_CALLS]}, a name, {@code [ARGS]} and the arguments. */
    MISTRAL_NAMED(CallSyntax.of(Opening.name("[TOOL_CALLS]", "[ARGS]", "")), List.of("[TOOL_CALLS]", "[ARGS]")),

    /** Command R7B: an array of objects between {@code <|START_ACTION|>} and {@code <|END_ACTION|>}; answers are marked too. */
    COMMAND_R7B(
            CallSyntax.of(
                    Opening.of("<|START_ACTION|>", Kind.ARRAY, "<|END_ACTION|>"),
                    Opening.of("<|START_RESPONSE|>", Kind.TEXT),
                    Opening.of("<|END_RESPONSE|>", Kind.TEXT)),
            List.of(
                    "<|START_ACTION|>",
                    "<|END_ACTION|>",
                    "<|START_RESPONSE|>",
                    "<|END_RESPONSE|>",
                    "<|START_THINKING|>",
                    "<|END_THINKING|>")),

    /** DeepSeek R1 and V3: names between tokens of their own, and arguments in a block of Markdown. */
    DEEPSEEK(
            CallSyntax.of(
                    Opening.of("<｜tool▁calls▁begin｜>", Kind.TEXT),
                    Opening.of("<｜tool_calls_begin｜>", Kind.TEXT),
                    Opening.of("<｜tool calls begin｜>", Kind.TEXT),
                    Opening.of("<｜tool\\_calls\\_begin｜>", Kind.TEXT),
                    Opening.of("<｜tool▁calls▁end｜>", Kind.TEXT),
                    Opening.name("<｜tool▁call▁begin｜>function<｜tool▁sep｜>", "\n```json\n", "```<｜tool▁call▁end｜>")),
            List.of(
                    "<think>",
                    "</think>",
                    "<｜tool▁calls▁begin｜>",
                    "<｜tool▁call▁begin｜>",
                    "<｜tool▁sep｜>",
                    "<｜tool▁call▁end｜>",
                    "<｜tool▁calls▁end｜>")),

    /** DeepSeek V3.1: as those before, but with nothing before the names, and the arguments alone. */
    DEEPSEEK_3_1(
            CallSyntax.of(
                    Opening.of("<｜tool▁calls▁begin｜>", Kind.TEXT),
                    Opening.of("<｜tool▁calls▁end｜>", Kind.TEXT),
                    Opening.name("<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>")),
            DEEPSEEK.namedTokens),

    /** Firefunction v2: {@code functools} and an array of objects. */
    FIREFUNCTION(CallSyntax.of(Opening.of("functools[", Kind.ARRAY).keepingLast()), List.of()),

    /** Functionary v3.1: the arguments between {@code <function=name>} and {@code </function>}, or code behind a tag. */
    FUNCTIONARY_3_1(
            CallSyntax.of(Opening.name("<function=", ">", "</function>"), Opening.of("<|python_tag|>", Kind.PYTHON)),
            List.of("<|python_tag|>")),

    /** Functionary v3.2: the name, a line break and the arguments, further calls behind {@code >>>}; for text the name is {@code all}. */
    FUNCTIONARY_3_2(
            new CallSyntax(Optional.of(Opening.name("", "\n", "")), List.of(Opening.name(">>>", "\n", ""))), List.of()),

    /** For models that know no form: the whole text is a JSON object with a call, several calls or the response. */
    GENERIC(new CallSyntax(Optional.of(Opening.of("", Kind.ANSWER, "}")), List.of()), List.of());

    /** What begins calls for DeepSeek; its smaller models write it in other ways too. */
    static final List<String> DEEPSEEK_BEGINS =
            List.of("<｜tool▁calls▁begin｜>", "<｜tool_calls_begin｜>", "<｜tool calls begin｜>", "<｜tool\\_calls\\_begin｜>");

    private final CallSyntax syntax;
    private final List<String> namedTokens;

    ToolForm(CallSyntax syntax, List<String> namedTokens) {
        this.syntax = syntax;
        this.namedTokens = namedTokens;
    }

    /**
     * The form that a chat template writes earlier calls in. The texts that tell are those that llama.cpp b4916 looks for
     * ({@code common/chat.cpp}), and what later templates of DeepSeek's and
     * Mistral's have or lack.
     *
     * @param template the source of the template
     * @return the form; {@link #GENERIC} if the template writes none that is known
     */
    public static ToolForm of(String template) {
        if (template.contains("<｜tool▁calls▁begin｜>")) {
            return template.contains("```json") ? DEEPSEEK : DEEPSEEK_3_1;
        }
        if (template.contains("<|END_THINKING|><|START_ACTION|>")) {
            return COMMAND_R7B;
        }
        if (template.contains("<tool_call>") && !template.contains("<parameter=")) {
            return HERMES;
        }
        if (template.contains(">>>all")) {
            return FUNCTIONARY_3_2;
        }
        if (template.contains(" functools[")) {
            return FIREFUNCTION;
        }
        boolean headers = template.contains("<|start_header_id|>");
        if (headers && template.contains("<function=")) {
            return FUNCTIONARY_3_1;
        }
        if (headers && template.contains("<|start_header_id|>ipython<|end_header_id|>")) {
            return LLAMA_3;
        }
        if (template.contains("[TOOL_CALLS]")) {
            return template.contains("[ARGS]") ? MISTRAL_NAMED : MISTRAL;
        }
        return GENERIC;
    }

    /**
     * Completes a prompt whose template leaves it unfinished: DeepSeek's own ends behind the results of tools.
     *
     * @param prompt what the template gave, with the begin of an answer
     * @return the prompt that an answer can follow
     */
    public String completed(String prompt) {
        return this == DEEPSEEK && prompt.endsWith("<｜tool▁outputs▁end｜>")
                ? prompt + "<｜end▁of▁sentence｜><｜Assistant｜>"
                : prompt;
    }

    /**
     * {@return whether an answer to a prompt begins within what the model thinks, because the template has begun that}
     *
     * @param prompt the prompt
     */
    public static boolean isThinking(String prompt) {
        String end = prompt.stripTrailing();
        return end.endsWith("<think>") || end.endsWith("<|START_THINKING|>");
    }

    /** {@return how calls are written} */
    CallSyntax syntax() {
        return syntax;
    }

    /** {@return the control tokens that calls are written with} */
    List<String> namedTokens() {
        return namedTokens;
    }

    /** {@return whether the model writes what is no part of its answer even if there are no tools} */
    boolean marksText() {
        return this == COMMAND_R7B || this == FUNCTIONARY_3_2;
    }

    /** {@return whether its templates refuse ids of calls that are not nine letters and digits} */
    boolean wantsShortIds() {
        return this == MISTRAL || this == MISTRAL_NAMED;
    }

    /** {@return whether its templates take several calls in one turn} */
    boolean writesSeveralCalls() {
        return this != LLAMA_3;
    }
}
