package io.hyperion.api.bridge;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Message;
import io.hyperion.api.Prompt;
import io.hyperion.api.Role;
import io.hyperion.api.ToolCall;
import java.util.Map;

/** What a model goes on from. */
final class PromptTrees {
    private static final String KIND = "kind";
    private static final String CHAT = "chat";
    private static final String RAW = "raw";
    private static final String MIXED = "mixed";
    private static final String INFILL = "infill";
    private static final String MESSAGES = "messages";
    private static final String TEXT = "text";
    private static final String PARTS = "parts";
    private static final String TOKENS = "tokens";
    private static final String PREFIX = "prefix";
    private static final String SUFFIX = "suffix";
    private static final String BEGIN = "begin";
    private static final String EXTRA = "extra";
    private static final String ROLE = "role";
    private static final String CONTENT = "content";
    private static final String TOOL_CALLS = "tool_calls";
    private static final String TOOL_CALL_ID = "tool_call_id";
    private static final String ID = "id";
    private static final String NAME = "name";
    private static final String ARGUMENTS = "arguments";

    private PromptTrees() {}

    static Map<String, Object> tree(Prompt prompt) {
        if (prompt instanceof Prompt.Chat chat) {
            return new Tree()
                    .put(KIND, CHAT)
                    .putAll(MESSAGES, chat.messages(), PromptTrees::message)
                    .map();
        }
        if (prompt instanceof Prompt.Raw raw) {
            return Map.of(KIND, RAW, TEXT, raw.text());
        }
        if (prompt instanceof Prompt.Mixed mixed) {
            return new Tree()
                    .put(KIND, MIXED)
                    .putAll(PARTS, mixed.parts(), PromptTrees::part)
                    .map();
        }
        Prompt.Infill infill = (Prompt.Infill) prompt;
        return new Tree()
                .put(KIND, INFILL)
                .put(PREFIX, infill.prefix())
                .put(SUFFIX, infill.suffix())
                .put(BEGIN, infill.begin())
                .putAll(EXTRA, infill.extra(), extra -> Map.of(NAME, extra.name(), TEXT, extra.text()))
                .map();
    }

    private static Map<String, Object> message(Message message) {
        return new Tree()
                .put(ROLE, message.role().wireName())
                .put(CONTENT, message.content())
                .putAll(TOOL_CALLS, message.toolCalls(), PromptTrees::call)
                .put(TOOL_CALL_ID, message.toolCallId())
                .put(NAME, message.name())
                .map();
    }

    static Map<String, Object> call(ToolCall call) {
        return Map.of(ID, call.id(), NAME, call.name(), ARGUMENTS, call.arguments());
    }

    private static Map<String, Object> part(Prompt.Part part) {
        if (part instanceof Prompt.Part.Text text) {
            return Map.of(TEXT, text.text());
        }
        return Map.of(TOKENS, ((Prompt.Part.Tokens) part).ids());
    }

    static Prompt read(Fields fields) {
        String kind = fields.text(KIND);
        return switch (kind) {
            case CHAT -> new Prompt.Chat(fields.nodes(MESSAGES, PromptTrees::readMessage));
            case RAW -> new Prompt.Raw(fields.text(TEXT));
            case MIXED -> new Prompt.Mixed(fields.nodes(PARTS, PromptTrees::readPart));
            case INFILL ->
                new Prompt.Infill(
                        fields.text(PREFIX),
                        fields.text(SUFFIX),
                        fields.text(BEGIN),
                        fields.nodes(EXTRA, node -> new Prompt.Extra(node.text(NAME), node.text(TEXT))));
            default ->
                throw new InvalidRequestException(
                        ErrorCode.UNKNOWN_VALUE,
                        "prompt",
                        "The Hyperion of this server (" + Protocol.VERSION + ") knows no prompt of kind '"
                                + Excerpts.of(kind) + "'");
        };
    }

    private static Message readMessage(Fields node) {
        return new Message(
                Role.of(node.text(ROLE)),
                node.text(CONTENT),
                node.nodes(TOOL_CALLS, PromptTrees::readCall),
                node.optionalText(TOOL_CALL_ID),
                node.optionalText(NAME));
    }

    static ToolCall readCall(Fields node) {
        return new ToolCall(node.text(ID), node.text(NAME), node.text(ARGUMENTS));
    }

    private static Prompt.Part readPart(Fields node) {
        return node.has(TEXT)
                ? new Prompt.Part.Text(node.text(TEXT))
                : new Prompt.Part.Tokens(node.list(TOKENS, Integer.class));
    }
}
