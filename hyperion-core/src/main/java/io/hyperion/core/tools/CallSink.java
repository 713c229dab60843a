package io.hyperion.core.tools;

import io.hyperion.api.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Collects what a text turns out to be: text for the reader, and calls. For use by one thread. */
final class CallSink {
    /** What was found since the last time, in order. */
    sealed interface Part {
        /**
         * A piece of text.
         *
         * @param text at least one character
         */
        record Text(String text) implements Part {}

        /**
         * A piece of a call.
         *
         * @param index which call
         * @param id its id
         * @param name its name
         * @param arguments what comes next of its arguments
         */
        record Call(int index, String id, String name, String arguments) implements Part {}
    }

    private static final int TEXT = -1;

    private final Supplier<String> ids;
    private final StringBuilder text = new StringBuilder();
    private final List<OpenCall> calls = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();
    /** What comes next of the text, or of the arguments of a call. */
    private final StringBuilder pending = new StringBuilder();

    private int target = TEXT;

    private static final class OpenCall {
        final String id;
        final String name;
        final StringBuilder arguments = new StringBuilder();
        boolean complete;

        OpenCall(String id, String name) {
            this.id = id;
            this.name = name;
        }
    }

    /**
     * @param ids gives each call its id
     */
    CallSink(Supplier<String> ids) {
        this.ids = ids;
    }

    void text(String more) {
        if (!more.isEmpty()) {
            aim(TEXT);
            pending.append(more);
            text.append(more);
        }
    }

    void begin(String name) {
        aim(calls.size());
        calls.add(new OpenCall(ids.get(), name));
    }

    void arguments(char c) {
        pending.append(c);
        last().arguments.append(c);
    }

    void arguments(String more) {
        pending.append(more);
        last().arguments.append(more);
    }

    /** The arguments of the last call are all there. */
    void complete() {
        last().complete = true;
    }

    private OpenCall last() {
        return calls.get(calls.size() - 1);
    }

    private void aim(int at) {
        if (at != target) {
            flush();
            target = at;
        }
    }

    private void flush() {
        if (pending.isEmpty()) {
            return;
        }
        if (target == TEXT) {
            parts.add(new Part.Text(pending.toString()));
        } else {
            OpenCall call = calls.get(target);
            parts.add(new Part.Call(target, call.id, call.name, pending.toString()));
        }
        pending.setLength(0);
    }

    /** {@return what was found since the last time} */
    List<Part> drain() {
        flush();
        List<Part> found = List.copyOf(parts);
        parts.clear();
        return found;
    }

    /** {@return all of the text} */
    String text() {
        return text.toString();
    }

    /** {@return all calls; the last one's arguments may be cut off} */
    List<ToolCall> calls() {
        return calls.stream()
                .map(call -> new ToolCall(call.id, call.name, call.arguments.toString()))
                .toList();
    }

    /** {@return whether there are calls, and each has all of its arguments} */
    boolean hasWholeCalls() {
        return !calls.isEmpty() && calls.stream().allMatch(call -> call.complete);
    }
}
