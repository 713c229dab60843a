package io.hyperion.core.tools;

import java.util.Set;

/** Reads calls that are a JSON array of objects. */
final class ArrayReader implements CallReader {
    private enum State {
        BRACKET,
        ITEM,
        COMMA_OR_END
    }

    private final CallSink sink;
    private final Set<String> tools;
    private State state = State.BRACKET;
    private ObjectReader item;

    ArrayReader(CallSink sink, Set<String> tools) {
        this.sink = sink;
        this.tools = tools;
        this.item = new ObjectReader(sink, tools);
    }

    @Override
    public Progress take(char c) {
        if (state == State.ITEM) {
            Progress progress = item.take(c);
            if (progress == Progress.DONE) {
                state = State.COMMA_OR_END;
                return Progress.TAKEN;
            }
            return progress;
        }
        if (JsonScanner.isSpace(c)) {
            return Progress.UNDECIDED;
        }
        if (c == (state == State.BRACKET ? '[' : ',')) {
            state = State.ITEM;
            item = new ObjectReader(sink, tools);
            return Progress.UNDECIDED;
        }
        return state == State.COMMA_OR_END && c == ']' ? Progress.DONE : Progress.REJECTED;
    }
}
