package io.hyperion.core.tools;

import java.util.Set;

/**
 * Reads a call that is a JSON object with {@code name} (or {@code tool_name}) and {@code arguments} (or {@code parameters}), in this order;
 * {@code type} and ids may stand among them. Arguments may be an object, or the text of one in quotes, as some models write them.
 */
final class ObjectReader implements CallReader {
    private static final Set<String> NAMES = Set.of("name", "tool_name");
    private static final Set<String> ARGUMENTS = Set.of("arguments", "parameters");
    private static final Set<String> IGNORED = Set.of("type", "id", "tool_call_id");

    private enum State {
        BRACE,
        KEY,
        IN_KEY,
        COLON,
        VALUE,
        IN_NAME,
        IN_IGNORED,
        IN_ARGUMENTS,
        IN_QUOTED_ARGUMENTS,
        COMMA_OR_END
    }

    private final CallSink sink;
    private final Set<String> tools;
    private State state = State.BRACE;
    private JsonScanner scanner = new JsonScanner();
    /** Follows arguments that are written as a text. */
    private final JsonScanner quoted = new JsonScanner();

    private String key = "";
    private String name = "";
    private boolean begun;
    private boolean complete;

    ObjectReader(CallSink sink, Set<String> tools) {
        this.sink = sink;
        this.tools = tools;
    }

    @Override
    public Progress take(char c) {
        return switch (state) {
            case IN_KEY -> inKey(c);
            case IN_NAME -> inName(c);
            case IN_IGNORED -> inIgnored(c);
            case IN_ARGUMENTS -> inArguments(c);
            case IN_QUOTED_ARGUMENTS -> inQuotedArguments(c);
            case BRACE, KEY, COLON, VALUE, COMMA_OR_END -> JsonScanner.isSpace(c) ? Progress.UNDECIDED : structure(c);
        };
    }

    private Progress structure(char c) {
        return switch (state) {
            case BRACE -> c == '{' ? go(State.KEY) : Progress.REJECTED;
            case KEY -> c == '"' ? scan(c, State.IN_KEY) : Progress.REJECTED;
            case COLON -> c == ':' ? go(State.VALUE) : Progress.REJECTED;
            case VALUE -> value(c);
            default -> {
                if (c == ',') {
                    yield go(State.KEY);
                }
                yield c == '}' ? end() : Progress.REJECTED;
            }
        };
    }

    private Progress go(State next) {
        state = next;
        return Progress.UNDECIDED;
    }

    private Progress scan(char c, State next) {
        scanner = new JsonScanner();
        return scanner.take(c) == JsonScanner.Step.WRONG ? Progress.REJECTED : go(next);
    }

    private Progress inKey(char c) {
        JsonScanner.Step step = scanner.take(c);
        if (step == JsonScanner.Step.END) {
            key = scanner.drain();
            return go(State.COLON);
        }
        return step == JsonScanner.Step.INSIDE ? Progress.UNDECIDED : Progress.REJECTED;
    }

    private Progress value(char c) {
        if (complete || IGNORED.contains(key)) {
            return scan(c, State.IN_IGNORED);
        }
        if (NAMES.contains(key) && c == '"') {
            return scan(c, State.IN_NAME);
        }
        if (!ARGUMENTS.contains(key) || name.isEmpty()) {
            return Progress.REJECTED;
        }
        if (c == '{') {
            scan(c, State.IN_ARGUMENTS);
            begin();
            sink.arguments(c);
            return Progress.TAKEN;
        }
        if (c == '"') {
            return scan(c, State.IN_QUOTED_ARGUMENTS);
        }
        return c == 'n' ? scan(c, State.IN_IGNORED) : Progress.REJECTED;
    }

    private Progress inName(char c) {
        JsonScanner.Step step = scanner.take(c);
        if (step == JsonScanner.Step.END) {
            name = scanner.drain();
            return tools.contains(name) ? go(State.COMMA_OR_END) : Progress.REJECTED;
        }
        return step == JsonScanner.Step.INSIDE ? Progress.UNDECIDED : Progress.REJECTED;
    }

    private Progress inIgnored(char c) {
        return switch (scanner.take(c)) {
            case INSIDE -> Progress.UNDECIDED;
            case END -> go(State.COMMA_OR_END);
            case PAST -> {
                state = State.COMMA_OR_END;
                yield take(c);
            }
            case WRONG -> Progress.REJECTED;
        };
    }

    private Progress inArguments(char c) {
        JsonScanner.Step step = scanner.take(c);
        if (step == JsonScanner.Step.WRONG) {
            return Progress.REJECTED;
        }
        sink.arguments(c);
        if (step == JsonScanner.Step.END) {
            complete();
        }
        return Progress.TAKEN;
    }

    private Progress inQuotedArguments(char c) {
        JsonScanner.Step step = scanner.take(c);
        if (step == JsonScanner.Step.WRONG) {
            return Progress.REJECTED;
        }
        String decoded = scanner.drain();
        for (int i = 0; i < decoded.length(); i++) {
            if (!takeQuoted(decoded.charAt(i))) {
                return Progress.REJECTED;
            }
        }
        if (step == JsonScanner.Step.END) {
            if (!complete) {
                return Progress.REJECTED;
            }
            state = State.COMMA_OR_END;
        }
        return begun ? Progress.TAKEN : Progress.UNDECIDED;
    }

    private boolean takeQuoted(char c) {
        if (complete || !begun && c != '{') {
            return JsonScanner.isSpace(c);
        }
        if (!begun) {
            begin();
        }
        JsonScanner.Step step = quoted.take(c);
        if (step == JsonScanner.Step.WRONG) {
            return false;
        }
        sink.arguments(c);
        if (step == JsonScanner.Step.END) {
            complete = true;
            sink.complete();
        }
        return true;
    }

    private void begin() {
        begun = true;
        sink.begin(name);
    }

    private void complete() {
        complete = true;
        sink.complete();
        state = State.COMMA_OR_END;
    }

    private Progress end() {
        if (name.isEmpty()) {
            return Progress.REJECTED;
        }
        if (!begun) {
            begin();
            sink.arguments("{}");
            complete();
        }
        return Progress.DONE;
    }
}
