package io.hyperion.core.tools;

import io.hyperion.api.Tool;
import java.util.Map;
import java.util.Optional;

/** Reads a call that is a name, what ends it, and the arguments: a JSON object, or code if the tool takes that. */
final class NameReader implements CallReader {
    /** What functionary v3.2 writes instead of a name where text follows. */
    private static final String TEXT_FOLLOWS = "all";

    private enum State {
        NAME,
        ARGUMENTS,
        IN_ARGUMENTS
    }

    private final CallSink sink;
    private final Map<String, Optional<String>> tools;
    private final String nameEnd;
    private final StringBuilder name = new StringBuilder();
    private final JsonScanner scanner = new JsonScanner();
    private Optional<CodeReader> code = Optional.empty();
    private State state = State.NAME;
    private int matched;

    /**
     * @param sink is told of the call
     * @param tools the names, and what the property is called that takes code
     * @param nameEnd what ends a name
     */
    NameReader(CallSink sink, Map<String, Optional<String>> tools, String nameEnd) {
        this.sink = sink;
        this.tools = tools;
        this.nameEnd = nameEnd;
    }

    @Override
    public Progress take(char c) {
        if (code.isPresent()) {
            return code.get().take(c);
        }
        return switch (state) {
            case NAME -> inName(c);
            case ARGUMENTS -> JsonScanner.isSpace(c) ? Progress.UNDECIDED : arguments(c);
            case IN_ARGUMENTS -> inArguments(c);
        };
    }

    @Override
    public boolean finish(boolean cut) {
        return code.isPresent() && code.get().finish(cut);
    }

    private Progress inName(char c) {
        if (c == nameEnd.charAt(matched)) {
            if (++matched < nameEnd.length()) {
                return Progress.UNDECIDED;
            }
            if (name.toString().equals(TEXT_FOLLOWS)) {
                return Progress.TEXT;
            }
            state = State.ARGUMENTS;
            return tools.containsKey(name.toString()) ? Progress.UNDECIDED : Progress.REJECTED;
        }
        if (matched > 0 || name.length() == Tool.MAX_NAME_LENGTH) {
            return Progress.REJECTED;
        }
        name.append(c);
        return Progress.UNDECIDED;
    }

    private Progress arguments(char c) {
        String tool = name.toString();
        if (c == '{') {
            state = State.IN_ARGUMENTS;
            scanner.take(c);
            sink.begin(tool);
            sink.arguments(c);
            return Progress.TAKEN;
        }
        code = tools.get(tool).map(property -> new CodeReader(sink, tool, property));
        return code.map(reader -> reader.take(c)).orElse(Progress.REJECTED);
    }

    private Progress inArguments(char c) {
        JsonScanner.Step step = scanner.take(c);
        if (step == JsonScanner.Step.WRONG) {
            return Progress.REJECTED;
        }
        sink.arguments(c);
        if (step == JsonScanner.Step.END) {
            sink.complete();
            return Progress.DONE;
        }
        return Progress.TAKEN;
    }
}
