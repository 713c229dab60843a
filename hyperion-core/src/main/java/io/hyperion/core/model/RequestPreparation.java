package io.hyperion.core.model;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Message;
import io.hyperion.api.Prompt;
import io.hyperion.core.engine.ModelRequest;
import io.hyperion.core.engine.TextRule;
import io.hyperion.core.grammar.Grammar;
import io.hyperion.core.prompt.PromptTemplate;
import io.hyperion.core.tools.AnswerForm;
import io.hyperion.core.tools.ToolForm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes of a request what a model's engine takes: renders its prompt, and says what its text must match. Grammars are kept for the next
 * request that has the same tools. Safe for use by many threads.
 */
final class RequestPreparation {
    private static final int KEPT_GRAMMARS = 16;
    private static final String ADD_GENERATION_PROMPT = "add_generation_prompt";

    private final ChatTemplates templates;
    private final GenerateParameters defaults;
    /** The one that was not used for longest comes first. */
    private final Map<GrammarKey, Grammar> grammars = new LinkedHashMap<>(KEPT_GRAMMARS, 0.75f, true);

    /**
     * A request for the engine.
     *
     * @param request what the engine is given
     * @param answer what its text looks like
     */
    record Prepared(ModelRequest request, AnswerForm answer) {
        GenerateListener reading(GenerateListener listener) {
            return answer.reading(listener);
        }
    }

    private record GrammarKey(AnswerForm answer, boolean thinking) {}

    /**
     * @param templates the chat templates of the model
     * @param defaults what holds where a request says nothing
     */
    RequestPreparation(ChatTemplates templates, GenerateParameters defaults) {
        this.templates = templates;
        this.defaults = defaults;
    }

    /**
     * Makes a request for the engine.
     *
     * @param request the request
     * @return the same for the engine
     * @throws InvalidRequestException if it does not fit the model's template, its schemas or tools cannot be said by a grammar, or it has
     *     fields that exclude each other
     */
    Prepared prepare(GenerateRequest request) {
        AnswerForm answer = answer(request);
        if (!answer.tools().isEmpty() && request.parameters().grammar().isPresent()) {
            throw new InvalidRequestException(
                    ErrorCode.CONFLICT,
                    "grammar",
                    "'grammar' and 'tools' exclude each other, unless 'tool_choice' is none: a grammar of its own binds"
                            + " the calls");
        }
        Prompt prompt = prompt(request, answer);
        boolean thinking = prompt instanceof Prompt.Raw raw && ToolForm.isThinking(raw.text());
        ModelRequest prepared = new ModelRequest(
                prompt,
                request.parameters().orElse(defaults),
                grammar(answer, thinking).map(grammar -> new TextRule(grammar, answer.triggers())),
                answer.namedTokens(),
                request.timeout(),
                request.caller());
        return new Prepared(prepared, answer);
    }

    /**
     * Renders the prompt of a request and nothing else.
     *
     * @param request the request
     * @return what the engine is given
     * @throws InvalidRequestException if it does not fit the model's template
     */
    Prompt prompt(GenerateRequest request) {
        return prompt(request, answer(request));
    }

    /**
     * Renders the beginning of conversations.
     *
     * @param messages the first turns
     * @return what the prompts of all requests begin with that have these turns and go on with others
     * @throws InvalidRequestException if they do not fit the model's template
     */
    Prompt beginning(List<Message> messages) {
        return prompt(GenerateRequest.builder()
                .messages(messages)
                .templateVariable(ADD_GENERATION_PROMPT, false)
                .build());
    }

    private AnswerForm answer(GenerateRequest request) {
        // Prompts that are taken as they are have no tools.
        ToolForm form = request.prompt() instanceof Prompt.Chat
                ? ToolForm.of(templates.of(request.template()).source())
                : ToolForm.GENERIC;
        return AnswerForm.of(form, request);
    }

    private Prompt prompt(GenerateRequest request, AnswerForm answer) {
        if (!(request.prompt() instanceof Prompt.Chat chat)) {
            if (request.template().isPresent()) {
                throw new InvalidRequestException(
                        ErrorCode.CONFLICT,
                        "template",
                        "'template' needs 'messages': a raw 'prompt' is taken as it is");
            }
            return request.prompt();
        }
        Map<String, Object> variables = new LinkedHashMap<>(answer.variables());
        variables.putAll(request.templateVariables());
        PromptTemplate template = templates.of(request.template());
        boolean tellsTools = template.capabilities().tools();
        List<Message> messages = answer.messages(chat.messages(), tellsTools);
        // A template that does not tell of tools may fail if there are any.
        String text = template.render(messages, tellsTools ? answer.tools() : List.of(), variables);
        boolean unfinished = Boolean.FALSE.equals(variables.get(ADD_GENERATION_PROMPT));
        return new Prompt.Raw(unfinished ? text : answer.form().completed(text));
    }

    private Optional<Grammar> grammar(AnswerForm answer, boolean thinking) {
        if (!answer.isBound()) {
            return Optional.empty();
        }
        GrammarKey key = new GrammarKey(answer, thinking);
        synchronized (grammars) {
            if (grammars.containsKey(key)) {
                return Optional.of(grammars.get(key));
            }
        }
        // Not within the lock: others need not wait. That two make the same one at times does no harm.
        Optional<Grammar> made = answer.grammar(thinking);
        synchronized (grammars) {
            made.ifPresent(grammar -> grammars.put(key, grammar));
            if (grammars.size() > KEPT_GRAMMARS) {
                grammars.remove(grammars.keySet().iterator().next());
            }
        }
        return made;
    }
}
