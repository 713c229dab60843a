package io.hyperion.api;

import io.hyperion.api.json.JsonBinding;
import io.hyperion.api.json.JsonBindingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks a model, runs the tools that it calls, and asks again, until it calls none. Of one conversation; used by one thread. */
final class ToolLoop {
    private static final System.Logger LOGGER = System.getLogger(ToolLoop.class.getName());

    private final HyperionClient client;
    private final GenerateRequest request;
    private final Map<String, JavaTool> tools = new HashMap<>();
    private final JsonBinding json;
    private final List<Message> messages;
    private final long begin = System.nanoTime();
    private int promptTokens;
    private int completionTokens;

    private ToolLoop(
            HyperionClient client, GenerateRequest request, List<JavaTool> tools, Prompt.Chat chat, JsonBinding json) {
        this.client = client;
        this.request = request;
        tools.forEach(tool -> this.tools.put(tool.tool().name(), tool));
        this.messages = new ArrayList<>(chat.messages());
        this.json = json;
    }

    static Conversation run(HyperionClient client, GenerateRequest request, List<JavaTool> tools, int maxRounds) {
        if (maxRounds < 1 || maxRounds > HyperionClient.MAX_TOOL_ROUNDS) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    "max_rounds",
                    "'max_rounds' must be between 1 and " + HyperionClient.MAX_TOOL_ROUNDS + ", but is " + maxRounds);
        }
        List<Tool> told = tools.stream().map(JavaTool::tool).toList();
        for (Tool own : request.tools()) {
            if (!told.contains(own)) {
                throw new InvalidRequestException(
                        ErrorCode.CONFLICT,
                        "tools",
                        "The request has a tool '" + own.name() + "', which has no function to run");
            }
        }
        if (!(request.prompt() instanceof Prompt.Chat chat)) {
            throw new InvalidRequestException(
                    ErrorCode.CONFLICT, "prompt", "A conversation with tools needs 'messages', not a raw 'prompt'");
        }
        TypedReplies.requireOneText(request);
        GenerateRequest equipped = request.toBuilder().tools(told).build();
        try (JsonBinding json = TypedReplies.open()) {
            return new ToolLoop(client, equipped, tools, chat, json).run(maxRounds);
        }
    }

    private Conversation run(int maxRounds) {
        ToolChoice choice = request.toolChoice();
        int rounds = 0;
        GenerateReply reply = ask(choice);
        while (reply.finishReason() == FinishReason.TOOL_CALLS) {
            if (choice == ToolChoice.NONE) {
                throw new EngineException(
                        ErrorCode.ENGINE_FAILURE, "The model called a tool, although it was to call none");
            }
            messages.add(Message.assistant(reply.text(), reply.toolCalls()));
            for (ToolCall call : reply.toolCalls()) {
                messages.add(result(call));
            }
            rounds++;
            // A call that is required would be required for ever.
            choice = rounds < maxRounds ? ToolChoice.AUTO : ToolChoice.NONE;
            reply = ask(choice);
        }
        messages.add(Message.assistant(reply.text()));
        return new Conversation(reply, messages, rounds, promptTokens, completionTokens);
    }

    private GenerateReply ask(ToolChoice choice) {
        GenerateRequest.Builder next = request.toBuilder().messages(messages).toolChoice(choice);
        remaining().ifPresent(next::timeout);
        GenerateReply reply = client.generate(next.build());
        promptTokens += reply.promptTokens();
        completionTokens += reply.completionTokens();
        return reply;
    }

    /** {@return how much is left of the request's time} */
    private Optional<Duration> remaining() {
        Optional<Duration> left = request.timeout().map(whole -> whole.minusNanos(System.nanoTime() - begin));
        if (left.isPresent() && (left.get().isNegative() || left.get().isZero())) {
            throw new GenerationTimeoutException(
                    ErrorCode.TIMEOUT,
                    "The conversation took longer than its time-out of "
                            + request.timeout().get());
        }
        return left;
    }

    private Message result(ToolCall call) {
        remaining();
        JavaTool tool = tools.get(call.name());
        if (tool == null) {
            return error(call, "There is no tool '" + Excerpts.of(call.name()) + "'");
        }
        Object arguments;
        try {
            arguments = json.read(call.arguments().isBlank() ? "{}" : call.arguments(), tool.arguments());
        } catch (JsonBindingException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "The arguments of the tool '" + call.name() + "' cannot be read", e);
            return error(call, "The arguments cannot be read. " + e.getMessage());
        }
        try {
            Object result = tool.function().call(arguments);
            return Message.tool(call, result instanceof String text ? text : json.write(result));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GenerationCancelledException(
                    ErrorCode.CANCELLED, "The conversation was interrupted in the tool '" + call.name() + "'");
        } catch (Exception e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new GenerationCancelledException(
                        ErrorCode.CANCELLED, "The conversation was interrupted in the tool '" + call.name() + "'");
            }
            LOGGER.log(System.Logger.Level.WARNING, "The tool '" + call.name() + "' failed", e);
            return error(call, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        }
    }

    private Message error(ToolCall call, String why) {
        try {
            // A message of an exception may be no valid text.
            String valid = new String(why.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
            return Message.tool(call, json.write(Map.of("error", valid)));
        } catch (JsonBindingException e) {
            throw new EngineException(ErrorCode.ENGINE_FAILURE, "An error of a tool cannot be told to the model", e);
        }
    }
}
