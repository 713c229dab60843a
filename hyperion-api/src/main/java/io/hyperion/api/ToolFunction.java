package io.hyperion.api;

/**
 * What a {@link JavaTool} does.
 *
 * @param <A> the type of its arguments
 */
@FunctionalInterface
public interface ToolFunction<A> {
    /**
     * Runs the tool, in the thread that called {@link HyperionClient#converse(GenerateRequest, java.util.List)}.
     *
     * @param arguments what the model gave; never null
     * @return what the model is told: a text as it is, anything else as the JSON that JSON-B writes of it, null too
     * @throws InterruptedException ends the conversation
     * @throws Exception that it failed; the model is told its message, so it should hold no secret
     */
    Object call(A arguments) throws Exception;
}
