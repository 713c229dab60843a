package io.hyperion.core.tools;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Message;
import io.hyperion.api.ResponseFormat;
import io.hyperion.api.Tool;
import io.hyperion.api.ToolChoice;
import io.hyperion.core.grammar.Grammar;
import io.hyperion.core.schema.SchemaRules;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the answer to a request looks like: which tools may be called and how that is written, and what form its text has. It gives what
 * binds the text to that, and reads the calls in it. Immutable and safe for use by many threads; two that are equal give the same grammar.
 *
 * @param form how the model writes calls
 * @param tools those that may be called, of which the model is told; none if the request chooses so
 * @param choice whether they are called
 * @param several whether there may be several calls
 * @param format what form a text has that is no call
 */
public record AnswerForm(ToolForm form, List<Tool> tools, ToolChoice choice, boolean several, ResponseFormat format) {
    private static final DateTimeFormatter DATE_TIME =
            DateTimeFormatter.ofPattern("MMM dd yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);

    public AnswerForm {
        tools = List.copyOf(tools);
    }

    /**
     * The form of the answer to a request.
     *
     * @param form how the model writes calls
     * @param request the request
     * @return the form
     */
    public static AnswerForm of(ToolForm form, GenerateRequest request) {
        boolean none = request.toolChoice() == ToolChoice.NONE;
        boolean one = request.toolChoice() instanceof ToolChoice.Named || !form.writesSeveralCalls();
        return new AnswerForm(
                form,
                none ? List.of() : request.tools(),
                request.toolChoice(),
                request.parallelToolCalls() && !one,
                request.responseFormat());
    }

    /** {@return whether the text is bound to anything} */
    public boolean isBound() {
        return !tools.isEmpty() || format != ResponseFormat.TEXT;
    }

    /**
     * The conversation as the model's template is to be given it.
     *
     * @param messages at least one turn
     * @param tellsTools whether the template tells the model of tools
     * @return the turns; the model is told in words what the template does not tell
     */
    public List<Message> messages(List<Message> messages, boolean tellsTools) {
        List<Message> told =
                switch (form) {
                    case MISTRAL, MISTRAL_NAMED ->
                        messages.stream().map(ToolPrompt::withMistralIds).toList();
                    case DEEPSEEK ->
                        messages.stream().flatMap(ToolPrompt::forDeepSeek).toList();
                    default -> messages;
                };
        // Firefunction's templates have the tools in a variable of their own.
        boolean listed = tellsTools || form == ToolForm.FIREFUNCTION;
        if (tools.isEmpty() || listed && form != ToolForm.GENERIC) {
            return told;
        }
        String how = form == ToolForm.GENERIC
                ? ToolPrompt.howToAnswer(several, choice == ToolChoice.AUTO)
                : ToolPrompt.howToCall(form);
        return ToolPrompt.withSystem(told, listed ? how : ToolPrompt.list(tools) + "\n\n" + how);
    }

    /**
     * The variables that templates of the form know beside the usual ones.
     *
     * @return the values by name
     */
    public Map<String, Object> variables() {
        Map<String, Object> variables = new LinkedHashMap<>();
        if (form == ToolForm.LLAMA_3 && !tools.isEmpty()) {
            // In the system's turn: in the user's they would stand in the way of a conversation that does not begin
            // with one.
            variables.put("tools_in_user_message", false);
            List<String> known = tools.stream()
                    .filter(tool -> CodeTools.queryProperty(tool).isPresent())
                    .map(Tool::name)
                    .toList();
            if (!known.isEmpty()) {
                variables.put("builtin_tools", known);
            }
        }
        if (form == ToolForm.FIREFUNCTION) {
            variables.put(
                    "functions",
                    JsonTexts.of(tools.stream().map(ToolPrompt::described).toList()));
            variables.put("datetime", DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)));
        }
        return variables;
    }

    /** {@return the control tokens that must show as text} */
    public List<String> namedTokens() {
        return reads() ? form.namedTokens() : List.of();
    }

    /** {@return the texts that the {@link #grammar} waits for; none if it holds from the start} */
    public List<String> triggers() {
        return waits() ? CallGrammar.triggers(form, tools) : List.of();
    }

    /**
     * What the text must match. Making it takes a while for large schemas.
     *
     * @param thinking whether the text begins within what the model thinks
     * @return the grammar; empty if the text may be anything
     * @throws InvalidRequestException if a grammar cannot say what a schema says, or it would be too large
     */
    public Optional<Grammar> grammar(boolean thinking) {
        if (!isBound()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Grammar.parse(tools.isEmpty() ? content() : calls(thinking)));
        } catch (InvalidRequestException e) {
            if (e.code() != ErrorCode.INVALID_GRAMMAR) {
                throw e;
            }
            String field = tools.isEmpty() ? "response_format" : "tools";
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    field,
                    "'" + field + "' says too much: the grammar that it becomes is refused: " + e.getMessage());
        }
    }

    /**
     * A listener that turns what the model writes into what a caller is told.
     *
     * @param listener the caller's
     * @return one that the engine tells; the caller's own if there is nothing to turn
     */
    public GenerateListener reading(GenerateListener listener) {
        if (!reads()) {
            return listener;
        }
        Map<String, Optional<String>> names = new HashMap<>();
        allowed().forEach(tool -> names.put(tool.name(), CodeTools.codeProperty(tool)));
        return new ToolCallListener(listener, () -> {
            CallSink sink = new CallSink(this::newId);
            return new ToolCallListener.Reading(new CallParser(form.syntax(), names, sink), sink);
        });
    }

    private boolean reads() {
        return !tools.isEmpty() || form.marksText();
    }

    private boolean waits() {
        return !tools.isEmpty()
                && choice == ToolChoice.AUTO
                && format == ResponseFormat.TEXT
                && form != ToolForm.GENERIC;
    }

    private List<Tool> allowed() {
        return choice instanceof ToolChoice.Named named
                ? tools.stream()
                        .filter(tool -> tool.name().equals(named.name()))
                        .toList()
                : tools;
    }

    private String content() {
        SchemaRules rules = new SchemaRules();
        return rules.text(CallGrammar.content(form, rules, schema()));
    }

    private String calls(boolean thinking) {
        CallGrammar grammar = new CallGrammar(form, allowed(), several);
        if (choice != ToolChoice.AUTO) {
            return grammar.required(thinking);
        }
        if (format != ResponseFormat.TEXT) {
            return grammar.callsOrContent(schema());
        }
        return form == ToolForm.GENERIC ? grammar.callsOrResponse() : grammar.lazy();
    }

    private Optional<Map<String, Object>> schema() {
        return format instanceof ResponseFormat.JsonSchema json ? Optional.of(json.schema()) : Optional.empty();
    }

    private String newId() {
        return CallIds.random(form);
    }
}
