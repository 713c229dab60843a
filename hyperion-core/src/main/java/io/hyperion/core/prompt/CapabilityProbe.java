package io.hyperion.core.prompt;

import io.hyperion.core.jinja.JinjaException;
import io.hyperion.core.jinja.JinjaLimits;
import io.hyperion.core.jinja.JinjaTemplate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds out what a template can render: each probe is a small conversation with a word in it that must come out. The idea is that of
 * minja, the engine of llama.cpp.
 */
final class CapabilityProbe {
    private static final String NEEDLE = "probe-needle";
    private static final String TOOL = "probe_tool";
    private static final String ARGUMENT = "probe_argument";
    private static final Map<String, Object> USER = Map.of("role", "user", "content", "Hello");

    /** There are some thirty probes, and a template that a client sends may take in each of them all that it is given. */
    private static final JinjaLimits LIMITS = new JinjaLimits(
            JinjaLimits.DEFAULT.templateLength(),
            1_000_000,
            200_000,
            4_000_000,
            JinjaLimits.DEFAULT.nesting(),
            JinjaLimits.DEFAULT.depth());

    private static final Optional<List<Object>> WITH_TOOL = Optional.of(List.of(tool()));

    private final JinjaTemplate template;
    private final SpecialTokens tokens;
    private final boolean typed;

    private CapabilityProbe(JinjaTemplate template, SpecialTokens tokens, boolean typed) {
        this.template = template;
        this.tokens = tokens;
        this.typed = typed;
    }

    /**
     * @param source a template's text
     * @param tokens the model's special tokens
     * @return what it can render: nothing that takes more than a small conversation should
     * @throws JinjaException if it is no template, or too large or too deep
     */
    static TemplateCapabilities of(String source, SpecialTokens tokens) throws JinjaException {
        JinjaTemplate template = JinjaTemplate.compile(source, LIMITS);
        CapabilityProbe plain = new CapabilityProbe(template, tokens, false);
        CapabilityProbe parts = new CapabilityProbe(template, tokens, true);
        boolean typed = !plain.renders(List.of(plain.message("user", NEEDLE)), NEEDLE)
                && parts.renders(List.of(parts.message("user", NEEDLE)), NEEDLE);
        return (typed ? parts : plain).probe(source);
    }

    private TemplateCapabilities probe(String source) {
        boolean asText = callRenders("{\"" + ARGUMENT + "\": \"x\"}");
        boolean asObject = callRenders(Map.of(ARGUMENT, "x"));
        boolean calls = asText || asObject;
        Object arguments = asText ? "{\"" + ARGUMENT + "\": \"x\"}" : Map.of(ARGUMENT, "x");
        boolean responses = calls && renders(afterCall(arguments), NEEDLE);
        boolean system = renders(List.of(message("system", NEEDLE), user()), NEEDLE);
        return new TemplateCapabilities(
                text(List.of(user()), WITH_TOOL).contains(TOOL),
                calls,
                asObject && !asText,
                responses,
                system,
                system && rendersSystemAnywhere(),
                source.contains("developer") && renders(List.of(message("developer", NEEDLE), user()), NEEDLE),
                calls && callRenders(arguments, null) && nullRendersBefore(next(responses), arguments),
                rendered(List.of(user()), Optional.of(List.of())).isPresent()
                        || rendered(List.of(user()), Optional.empty()).isEmpty(),
                typed);
    }

    private Map<String, Object> user() {
        return typed ? message("user", "Hello") : USER;
    }

    private Map<String, Object> message(String role, Object content) {
        Map<String, Object> message = new HashMap<>();
        message.put("role", role);
        message.put("content", typed && content != null ? ConversationWriter.parts(content.toString()) : content);
        return message;
    }

    private static Map<String, Object> tool() {
        return ConversationWriter.tool(
                TOOL,
                "A tool.",
                Map.of(
                        "type",
                        "object",
                        "properties",
                        Map.of(ARGUMENT, Map.of("type", "string", "description", "An argument.")),
                        "required",
                        List.of(ARGUMENT)));
    }

    /** DeepSeek's templates render the calls of an assistant whose content is null, and of no other. */
    private boolean callRenders(Object arguments) {
        return callRenders(arguments, "") || callRenders(arguments, null);
    }

    private boolean callRenders(Object arguments, Object content) {
        // Some templates fail if they are told of tools, but render calls.
        return callRenders(arguments, content, WITH_TOOL) || callRenders(arguments, content, Optional.of(List.of()));
    }

    /** Whether an argument comes out as a name of JSON, and null as no text. */
    private boolean callRenders(Object arguments, Object content, Optional<List<Object>> tools) {
        String rendered = text(List.of(user(), call(arguments, content)), tools);
        String without = text(List.of(user()), tools);
        boolean argument = count(rendered, ARGUMENT) > count(without, ARGUMENT) && rendered.contains(TOOL);
        // A text that is written as JSON once more is not what the model was trained with.
        return argument && !rendered.contains("\\\"" + ARGUMENT) && (content != null || !rendered.contains("None"));
    }

    private static int count(String text, String part) {
        int count = 0;
        for (int i = text.indexOf(part); i >= 0; i = text.indexOf(part, i + part.length())) {
            count++;
        }
        return count;
    }

    private Map<String, Object> call(Object arguments, Object content) {
        Map<String, Object> message = message("assistant", content);
        message.put(
                "tool_calls",
                List.of(Map.of(
                        "id",
                        "call0abcd",
                        "type",
                        "function",
                        "function",
                        Map.of("name", TOOL, "arguments", arguments))));
        return message;
    }

    private List<Map<String, Object>> afterCall(Object arguments) {
        return List.of(user(), call(arguments, ""), next(true));
    }

    /** {@return what follows a call: its result, or a turn of the user where the template does not know results} */
    private Map<String, Object> next(boolean response) {
        if (!response) {
            return message("user", NEEDLE);
        }
        Map<String, Object> result = message("tool", NEEDLE);
        result.put("name", TOOL);
        result.put("tool_call_id", "call0abcd");
        return result;
    }

    /** Some templates take null in the last turn only. */
    private boolean nullRendersBefore(Map<String, Object> next, Object arguments) {
        List<Map<String, Object>> messages = List.of(user(), call(arguments, null), next);
        return Stream.of(WITH_TOOL, Optional.of(List.of()))
                .map(tools -> text(messages, tools))
                .anyMatch(rendered -> rendered.contains(NEEDLE) && !rendered.contains("None"));
    }

    private boolean rendersSystemAnywhere() {
        Map<String, Object> other = message("system", TOOL);
        Map<String, Object> system = message("system", NEEDLE);
        List<Map<String, Object>> several = List.of(other, system, user());
        List<Map<String, Object>> behind = List.of(user(), message("assistant", "Hello"), system, user());
        return renders(several, NEEDLE) && renders(several, TOOL) && renders(behind, NEEDLE);
    }

    private boolean renders(List<Map<String, Object>> messages, String needle) {
        return text(messages, Optional.of(List.of())).contains(needle)
                || text(messages, Optional.empty()).contains(needle);
    }

    private String text(List<Map<String, Object>> messages, Optional<List<Object>> tools) {
        return rendered(messages, tools).orElse("");
    }

    /**
     * @param tools the tools, of which none are told as null; or empty to tell nothing of tools
     * @return what is rendered; empty if the template fails or refuses it
     */
    private Optional<String> rendered(List<Map<String, Object>> messages, Optional<List<Object>> tools) {
        Map<String, Object> variables = ConversationWriter.variables(tokens);
        variables.put("messages", messages);
        // Firefunction's template knows its tools, and the time, by these.
        variables.put("functions", "");
        variables.put("datetime", "");
        tools.ifPresent(known -> variables.put("tools", known.isEmpty() ? null : known));
        try {
            return Optional.of(template.render(variables));
        } catch (JinjaException e) {
            // That it fails is the answer.
            return Optional.empty();
        }
    }
}
