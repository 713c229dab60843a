package io.hyperion.core.tools;

import java.util.Optional;
import java.util.Set;

/**
 * Reads the generic form: an object with the one property {@code tool_call}, {@code tool_calls} or {@code response}. A response that is a
 * text is told as what it says, any other as the JSON that it is.
 */
final class AnswerReader implements CallReader {
    private enum State {
        BRACE,
        KEY,
        IN_KEY,
        COLON,
        RESPONSE,
        IN_RESPONSE
    }

    private final CallSink sink;
    private final Set<String> tools;
    private Optional<CallReader> calls = Optional.empty();
    private JsonScanner scanner = new JsonScanner();
    private State state = State.BRACE;
    private boolean quoted;

    AnswerReader(CallSink sink, Set<String> tools) {
        this.sink = sink;
        this.tools = tools;
    }

    @Override
    public Progress take(char c) {
        if (calls.isPresent()) {
            return calls.get().take(c);
        }
        return switch (state) {
            case IN_KEY -> inKey(c);
            case IN_RESPONSE -> inResponse(c);
            case BRACE, KEY, COLON, RESPONSE -> JsonScanner.isSpace(c) ? Progress.UNDECIDED : structure(c);
        };
    }

    private Progress structure(char c) {
        switch (state) {
            case BRACE:
                state = State.KEY;
                return c == '{' ? Progress.UNDECIDED : Progress.REJECTED;
            case KEY:
                state = State.IN_KEY;
                return c == '"' ? inKey(c) : Progress.REJECTED;
            case COLON:
                state = State.RESPONSE;
                return c == ':' ? colon() : Progress.REJECTED;
            default:
                scanner = new JsonScanner();
                quoted = c == '"';
                state = State.IN_RESPONSE;
                return inResponse(c);
        }
    }

    private Progress inKey(char c) {
        JsonScanner.Step step = scanner.take(c);
        if (step == JsonScanner.Step.END) {
            state = State.COLON;
        }
        return step == JsonScanner.Step.WRONG ? Progress.REJECTED : Progress.UNDECIDED;
    }

    private Progress colon() {
        switch (scanner.drain()) {
            case "tool_call":
                calls = Optional.of(new ObjectReader(sink, tools));
                return Progress.UNDECIDED;
            case "tool_calls":
                calls = Optional.of(new ArrayReader(sink, tools));
                return Progress.UNDECIDED;
            case "response":
                return Progress.UNDECIDED;
            default:
                return Progress.REJECTED;
        }
    }

    private Progress inResponse(char c) {
        JsonScanner.Step step = scanner.take(c);
        if (step == JsonScanner.Step.PAST) {
            return Progress.PAST;
        }
        if (step == JsonScanner.Step.WRONG) {
            return Progress.REJECTED;
        }
        sink.text(quoted ? scanner.drain() : String.valueOf(c));
        return step == JsonScanner.Step.END ? Progress.DONE : Progress.TAKEN;
    }
}
