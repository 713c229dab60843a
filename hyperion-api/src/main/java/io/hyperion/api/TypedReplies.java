package io.hyperion.api;

import io.hyperion.api.json.JsonBinding;
import io.hyperion.api.json.JsonBindingException;
import io.hyperion.api.json.JsonSchemas;
import io.hyperion.api.json.UnsupportedTypeException;
import java.lang.reflect.Type;
import java.util.Map;

/** Asks a model for an object: its type's schema goes with the request, and its text comes back through JSON-B. */
final class TypedReplies {
    private static final String RESPONSE_FORMAT = "response_format";

    private TypedReplies() {}

    static <T> T generate(HyperionClient client, GenerateRequest request, Class<T> type) {
        return generate(client, request, type, schema(() -> JsonSchemas.of(type)));
    }

    static <T> T generate(HyperionClient client, GenerateRequest request, TypeRef<T> type) {
        return generate(client, request, type.type(), schema(() -> JsonSchemas.of(type.annotatedType())));
    }

    /** Makes a schema. */
    @FunctionalInterface
    private interface SchemaMaker {
        Map<String, Object> make() throws UnsupportedTypeException;
    }

    private static Map<String, Object> schema(SchemaMaker maker) {
        try {
            return maker.make();
        } catch (UnsupportedTypeException e) {
            throw new InvalidRequestException(ErrorCode.INVALID_SCHEMA, RESPONSE_FORMAT, e.getMessage());
        }
    }

    // JSON-B reads what the type says, which the compiler cannot see.
    @SuppressWarnings("unchecked")
    private static <T> T generate(
            HyperionClient client, GenerateRequest request, Type type, Map<String, Object> schema) {
        requirePlain(request);
        GenerateRequest typed = request.toBuilder()
                .responseFormat(new ResponseFormat.JsonSchema(schema))
                .build();
        try (JsonBinding json = open()) {
            GenerateReply reply = client.generate(typed);
            if (reply.finishReason() != FinishReason.STOP) {
                throw new UnreadableReplyException(
                        ErrorCode.INCOMPLETE_REPLY,
                        "The reply ended before its JSON did ("
                                + reply.finishReason().wireName() + ", after " + reply.completionTokens()
                                + " tokens): allow more tokens",
                        reply.text());
            }
            return (T) read(json, reply.text(), type);
        }
    }

    private static Object read(JsonBinding json, String text, Type type) {
        try {
            return json.read(text, type);
        } catch (JsonBindingException e) {
            throw new UnreadableReplyException(
                    ErrorCode.UNREADABLE_REPLY, "The reply cannot be read: " + e.getMessage(), text, e);
        }
    }

    static JsonBinding open() {
        try {
            return JsonBinding.open();
        } catch (JsonBindingException e) {
            throw new EngineException(ErrorCode.ENGINE_FAILURE, e.getMessage(), e);
        }
    }

    private static void requirePlain(GenerateRequest request) {
        if (request.responseFormat() != ResponseFormat.TEXT) {
            throw new InvalidRequestException(
                    ErrorCode.CONFLICT,
                    RESPONSE_FORMAT,
                    "The request has a 'response_format' of its own, but the type of the reply makes one");
        }
        if (!request.tools().isEmpty() && request.toolChoice() != ToolChoice.NONE) {
            throw new InvalidRequestException(
                    ErrorCode.CONFLICT,
                    "tools",
                    "A reply of a type and 'tools' exclude each other: a call is no reply");
        }
        requireOneText(request);
    }

    static void requireOneText(GenerateRequest request) {
        if (request.parameters().n().orElse(1) != 1) {
            throw new InvalidRequestException(ErrorCode.OUT_OF_RANGE, "n", "'n' must be 1: only one reply is taken");
        }
    }
}
