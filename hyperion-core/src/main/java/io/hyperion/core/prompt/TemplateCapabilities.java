package io.hyperion.core.prompt;

/**
 * What a template can render, found out by rendering small conversations. What it cannot is rendered in another way, or left to the caller.
 *
 * @param tools whether it tells the model of tools; where not, whoever has tools says so in a message
 * @param toolCalls whether it renders the calls of an assistant
 * @param objectArguments whether it needs the arguments of a call as an object, and not as the text of one
 * @param toolResponses whether it renders the results of tools
 * @param system whether it renders messages of the system
 * @param systemAnywhere whether it renders several messages of the system, also behind others
 * @param developer whether it knows the role {@code developer}
 * @param nullContent whether an assistant that calls a tool may have null as its content
 * @param nullTools whether it may be told that there are no tools by null; else it is not told of tools at all
 * @param typedContent whether it needs content as a list of parts, and not as text
 */
public record TemplateCapabilities(
        boolean tools,
        boolean toolCalls,
        boolean objectArguments,
        boolean toolResponses,
        boolean system,
        boolean systemAnywhere,
        boolean developer,
        boolean nullContent,
        boolean nullTools,
        boolean typedContent) {}
