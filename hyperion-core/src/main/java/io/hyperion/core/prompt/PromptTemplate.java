package io.hyperion.core.prompt;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Message;
import io.hyperion.api.Tool;
import io.hyperion.core.jinja.JinjaException;
import io.hyperion.core.jinja.JinjaLimits;
import io.hyperion.core.jinja.JinjaTemplate;
import java.util.List;
import java.util.Map;

/** A chat template for a model. Immutable: safe for use by many threads. */
public final class PromptTemplate {
    /** The most characters of a template's own message that an error repeats. */
    private static final int MAX_REASON = 500;

    private static final String ADD_GENERATION_PROMPT = "add_generation_prompt";

    private final String source;
    private final JinjaTemplate template;
    private final SpecialTokens tokens;
    private final TemplateCapabilities capabilities;

    private PromptTemplate(
            String source, JinjaTemplate template, SpecialTokens tokens, TemplateCapabilities capabilities) {
        this.source = source;
        this.template = template;
        this.tokens = tokens;
        this.capabilities = capabilities;
    }

    static PromptTemplate compile(String source, SpecialTokens tokens, JinjaLimits limits) throws JinjaException {
        JinjaTemplate template = JinjaTemplate.compile(source, limits);
        return new PromptTemplate(source, template, tokens, CapabilityProbe.of(source, tokens));
    }

    /** {@return its text, which tells what model it is for} */
    public String source() {
        return source;
    }

    /** {@return what it can render} */
    public TemplateCapabilities capabilities() {
        return capabilities;
    }

    /**
     * Renders a conversation without tools, as {@link #render(List, List, Map)}.
     *
     * @param messages the turns, at least one
     * @param variables what else the template may refer to
     * @return the prompt
     */
    public String render(List<Message> messages, Map<String, Object> variables) {
        return render(messages, List.of(), variables);
    }

    /**
     * Renders a conversation. What the template cannot render is put in another way: messages of the system before the next of the user,
     * or, at the begin of the conversation, as one; those of a developer as the system's; calls of tools and their results as JSON in plain
     * turns, results in a row in one. A tool without parameters is told as one whose parameters have no properties. Tools that it does not know are left
     * out: where {@link TemplateCapabilities#tools()} is false, the caller puts them into a message.
     *
     * <p>The token that begins a text is left out at the beginning if it is added when the prompt is tokenised, so that the model sees it
     * once.
     *
     * @param messages the turns, at least one
     * @param tools the tools that the model may call
     * @param variables what else the template may refer to, with values of JSON. They take precedence over everything else, such as
     *     {@code bos_token} and {@code add_generation_prompt}, which is true unless told otherwise; the template ignores those that it
     *     does not know
     * @return the prompt; may be empty
     * @throws InvalidRequestException if the template refuses the messages ({@link ErrorCode#CONFLICT}, parameter {@code messages}), or
     *     fails or goes beyond its limits ({@link ErrorCode#UNSUPPORTED_TEMPLATE}, parameter {@code template}), or
     *     {@code add_generation_prompt} is no boolean or a variable no value of JSON ({@link ErrorCode#WRONG_TYPE})
     */
    public String render(List<Message> messages, List<Tool> tools, Map<String, Object> variables) {
        if (variables.containsKey(ADD_GENERATION_PROMPT)
                && !(variables.get(ADD_GENERATION_PROMPT) instanceof Boolean)) {
            throw new InvalidRequestException(
                    ErrorCode.WRONG_TYPE,
                    "template_vars." + ADD_GENERATION_PROMPT,
                    "'template_vars." + ADD_GENERATION_PROMPT + "' must be true or false");
        }
        ConversationWriter writer = new ConversationWriter(capabilities);
        Map<String, Object> all = ConversationWriter.variables(tokens);
        all.put("messages", writer.messages(messages));
        // Some templates that cannot tell the model of tools fail where there are any.
        boolean told = !tools.isEmpty() && capabilities.tools();
        if (told || capabilities.nullTools()) {
            all.put("tools", told ? writer.tools(tools) : null);
        }
        all.putAll(variables);
        try {
            String prompt = template.render(all);
            boolean twice = tokens.addsBos() && !tokens.bos().isEmpty() && prompt.startsWith(tokens.bos());
            return twice ? prompt.substring(tokens.bos().length()) : prompt;
        } catch (JinjaException e) {
            throw refusal(e);
        } catch (IllegalArgumentException e) {
            // Only the variables of the request can be of another type.
            throw new InvalidRequestException(
                    ErrorCode.WRONG_TYPE,
                    "template_vars",
                    "'template_vars' must hold values of JSON: " + e.getMessage());
        }
    }

    private static InvalidRequestException refusal(JinjaException e) {
        return e.kind() == JinjaException.Kind.RAISED
                ? new InvalidRequestException(
                        ErrorCode.CONFLICT, "messages", "The chat template refuses these messages: " + told(e.reason()))
                : new InvalidRequestException(
                        ErrorCode.UNSUPPORTED_TEMPLATE, "template", "The chat template fails: " + told(e.getMessage()));
    }

    /** A template says what it likes. */
    private static String told(String reason) {
        return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON) + "…";
    }
}
