package io.hyperion.core.engine;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.Prompt;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A request as a loaded model takes it: the prompt rendered, and the model's defaults merged in.
 *
 * @param prompt what the model goes on from; no conversation
 * @param parameters how to generate
 * @param rule what the text must match, instead of the parameters' grammar; empty for that grammar, or for anything
 * @param namedTokens texts such as {@code <tool_call>}: where the model has a control token of exactly that name, the token is that text in
 *     the completion, in its probabilities, for stop strings and for the rule; other control tokens have no text
 * @param timeout how long it may take, queue included; empty for no limit
 * @param caller who asks; empty for those who do not say, who are one caller together
 */
public record ModelRequest(
        Prompt prompt,
        GenerateParameters parameters,
        Optional<TextRule> rule,
        List<String> namedTokens,
        Optional<Duration> timeout,
        Optional<String> caller) {
    /**
     * @throws IllegalArgumentException if the prompt is a conversation
     */
    public ModelRequest {
        Objects.requireNonNull(parameters, "parameters");
        Objects.requireNonNull(rule, "rule");
        namedTokens = List.copyOf(namedTokens);
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(caller, "caller");
        if (prompt instanceof Prompt.Chat) {
            throw new IllegalArgumentException("A conversation must be rendered before");
        }
    }

    /**
     * A request whose text may be anything that its parameters allow.
     *
     * @param prompt what the model goes on from
     * @param parameters how to generate
     */
    public ModelRequest(Prompt prompt, GenerateParameters parameters) {
        this(prompt, parameters, Optional.empty(), List.of(), Optional.empty(), Optional.empty());
    }

    /** {@return the same request with another limit of its time} */
    public ModelRequest withTimeout(Optional<Duration> limit) {
        return new ModelRequest(prompt, parameters, rule, namedTokens, limit, caller);
    }
}
