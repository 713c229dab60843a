package io.hyperion.api.bridge;

import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import java.util.Map;

/** What a listener hears. A plain piece of text crosses as that String, since there is one for each token; all else as a tree. */
final class EventTrees {
    private static final String EVENT = "event";
    private static final String START = "start";
    private static final String WAITING = "waiting";
    private static final String PIECE = "piece";
    private static final String TOOL_CALL = "tool_call";
    private static final String DONE = "done";
    private static final String ERROR = "error";
    private static final String TEXT = "text";
    private static final String COMPLETION = "completion";
    private static final String COMPLETIONS = "completions";
    private static final String PROBABILITIES = "probabilities";
    private static final String TOKENS = "tokens";
    private static final String PROGRESS = "progress";
    private static final String INDEX = "index";
    private static final String ID = "id";
    private static final String NAME = "name";
    private static final String ARGUMENTS = "arguments";
    private static final String REPLY = "reply";

    private EventTrees() {}

    static Map<String, Object> start() {
        return Map.of(EVENT, START);
    }

    static Map<String, Object> waiting(ModelProgress progress) {
        return Map.of(EVENT, WAITING, PROGRESS, ModelTrees.tree(progress));
    }

    static Object tree(GenerateEvent.Piece piece) {
        if (isPlain(piece)) {
            return piece.text();
        }
        return new Tree()
                .put(EVENT, PIECE)
                .put(TEXT, piece.text())
                .put(COMPLETION, piece.completion())
                .put(COMPLETIONS, piece.completions())
                .putAll(PROBABILITIES, piece.probabilities(), ReplyTrees::tree)
                .put(TOKENS, piece.tokens())
                .put(PROGRESS, piece.progress().map(ReplyTrees::tree))
                .map();
    }

    private static boolean isPlain(GenerateEvent.Piece piece) {
        return piece.completions() == 1
                && piece.probabilities().isEmpty()
                && piece.tokens().isEmpty()
                && piece.progress().isEmpty();
    }

    static Map<String, Object> tree(GenerateEvent.ToolCallPiece piece) {
        return new Tree()
                .put(EVENT, TOOL_CALL)
                .put(COMPLETION, piece.completion())
                .put(INDEX, piece.index())
                .put(ID, piece.id())
                .put(NAME, piece.name())
                .put(ARGUMENTS, piece.arguments())
                .map();
    }

    static Map<String, Object> done(GenerateReply reply) {
        return Map.of(EVENT, DONE, REPLY, ReplyTrees.tree(reply));
    }

    static Map<String, Object> error(HyperionException error) {
        return Map.of(EVENT, ERROR, ERROR, ErrorTrees.tree(error));
    }

    /** Tells a listener of what came. */
    static void tell(Object event, GenerateListener listener) {
        if (event instanceof String text) {
            listener.onPiece(new GenerateEvent.Piece(text));
            return;
        }
        Fields fields = Fields.of(event);
        switch (fields.text(EVENT)) {
            case START -> listener.onStart();
            case WAITING -> listener.onWaiting(ModelTrees.readModelProgress(fields.node(PROGRESS)));
            case PIECE -> listener.onPiece(piece(fields));
            case TOOL_CALL -> listener.onToolCall(toolCall(fields));
            case DONE -> tellDone(fields, listener);
            case ERROR -> listener.onError(ErrorTrees.read(fields.node(ERROR)));
            default -> {
                // A newer provider may tell of more, which this listener cannot hear.
            }
        }
    }

    private static void tellDone(Fields fields, GenerateListener listener) {
        GenerateReply reply;
        try {
            reply = ReplyTrees.read(fields.node(REPLY));
        } catch (RuntimeException e) {
            // For the other side all is done: nobody else will tell the listener that it ended.
            listener.onError(new EngineException(
                    ErrorCode.ENGINE_FAILURE, "The reply of Hyperion cannot be read: " + e.getMessage(), e));
            return;
        }
        listener.onDone(reply);
    }

    private static GenerateEvent.Piece piece(Fields fields) {
        return new GenerateEvent.Piece(
                fields.text(TEXT),
                fields.whole(COMPLETION),
                fields.whole(COMPLETIONS),
                fields.nodes(PROBABILITIES, ReplyTrees::readProbability),
                fields.list(TOKENS, Integer.class),
                fields.optionalNode(PROGRESS).map(ReplyTrees::readProgress));
    }

    private static GenerateEvent.ToolCallPiece toolCall(Fields fields) {
        return new GenerateEvent.ToolCallPiece(
                fields.whole(COMPLETION),
                fields.whole(INDEX),
                fields.text(ID),
                fields.text(NAME),
                fields.text(ARGUMENTS));
    }
}
