package io.hyperion.core.tools;

import io.hyperion.api.Tool;
import java.util.Map;
import java.util.Optional;

/** Reads what Llama 3 writes behind {@code <|python_tag|>}: a call as an object, {@code name.call(name=value, …)}, or code. */
final class PythonReader implements CallReader {
    private static final String CALL = ".call(";

    private enum State {
        BEGIN,
        NAME,
        PROPERTY_OR_END,
        PROPERTY,
        VALUE,
        IN_VALUE,
        COMMA_OR_END
    }

    private final CallSink sink;
    private final Map<String, Optional<String>> tools;
    private final StringBuilder seen = new StringBuilder();
    private final StringBuilder property = new StringBuilder();
    private Optional<CallReader> other = Optional.empty();
    private JsonScanner scanner = new JsonScanner();
    private State state = State.BEGIN;

    /**
     * @param sink is told of the call
     * @param tools the names, and what the property is called that takes code
     */
    PythonReader(CallSink sink, Map<String, Optional<String>> tools) {
        this.sink = sink;
        this.tools = tools;
    }

    @Override
    public Progress take(char c) {
        if (other.isPresent()) {
            return other.get().take(c);
        }
        return switch (state) {
            case BEGIN -> begin(c);
            case NAME -> inName(c);
            case IN_VALUE -> inValue(c);
            case PROPERTY_OR_END, PROPERTY, VALUE, COMMA_OR_END ->
                JsonScanner.isSpace(c) ? Progress.TAKEN : structure(c);
        };
    }

    @Override
    public boolean finish(boolean cut) {
        if (other.isEmpty() && state == State.NAME && !cut) {
            // Code as short as a name.
            code();
        }
        return other.isPresent() && other.get().finish(cut);
    }

    private Progress begin(char c) {
        if (c == '{') {
            other = Optional.of(new ObjectReader(sink, tools.keySet()));
            return other.get().take(c);
        }
        seen.append(c);
        if (!JsonScanner.isSpace(c)) {
            state = State.NAME;
        }
        return seen.length() > Tool.MAX_NAME_LENGTH ? code() : Progress.UNDECIDED;
    }

    private Progress inName(char c) {
        seen.append(c);
        String text = seen.toString().strip();
        if (text.endsWith(CALL)) {
            String name = text.substring(0, text.length() - CALL.length());
            if (tools.containsKey(name)) {
                sink.begin(name);
                sink.arguments("{");
                state = State.PROPERTY_OR_END;
                return Progress.TAKEN;
            }
            return code();
        }
        boolean partOfName = Character.isLetterOrDigit(c) || "_-.(".indexOf(c) >= 0;
        return partOfName && text.length() <= Tool.MAX_NAME_LENGTH + CALL.length() ? Progress.UNDECIDED : code();
    }

    /** Gives what was seen so far to the tool that takes code, if there is one. */
    private Progress code() {
        other = tools.entrySet().stream()
                .filter(tool -> tool.getValue().isPresent())
                .findFirst()
                .map(tool -> new CodeReader(sink, tool.getKey(), tool.getValue().get()));
        other.ifPresent(reader -> seen.chars().forEach(c -> reader.take((char) c)));
        return other.isPresent() ? Progress.TAKEN : Progress.REJECTED;
    }

    private Progress structure(char c) {
        switch (state) {
            case PROPERTY_OR_END, PROPERTY:
                return property(c);
            case VALUE:
                scanner = new JsonScanner();
                state = State.IN_VALUE;
                return inValue(c);
            default:
                if (c == ',') {
                    sink.arguments(", ");
                    state = State.PROPERTY;
                    return Progress.TAKEN;
                }
                return c == ')' ? end() : Progress.REJECTED;
        }
    }

    private Progress property(char c) {
        if (c == ')' && state == State.PROPERTY_OR_END && property.isEmpty()) {
            return end();
        }
        if (c == '=' && !property.isEmpty()) {
            sink.arguments(JsonTexts.quoted(property.toString()) + ": ");
            property.setLength(0);
            state = State.VALUE;
            return Progress.TAKEN;
        }
        if (!Character.isLetterOrDigit(c) && c != '_') {
            return Progress.REJECTED;
        }
        property.append(c);
        return Progress.TAKEN;
    }

    private Progress inValue(char c) {
        switch (scanner.take(c)) {
            case INSIDE:
                sink.arguments(c);
                return Progress.TAKEN;
            case END:
                sink.arguments(c);
                state = State.COMMA_OR_END;
                return Progress.TAKEN;
            case PAST:
                state = State.COMMA_OR_END;
                return take(c);
            default:
                return Progress.REJECTED;
        }
    }

    private Progress end() {
        sink.arguments("}");
        sink.complete();
        return Progress.DONE;
    }
}
