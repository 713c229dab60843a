package io.hyperion.core.tools;

import io.hyperion.core.tools.CallSyntax.Opening;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the calls in a text that comes in pieces; however it is split, the same is found. What is no call is text, and nothing of it is
 * lost, except white space before calls and behind the last one. Only what may still become the begin of a call is held back. For use by one thread.
 */
final class CallParser {
    /** The longest text that is held back: more than any begin of a call needs. */
    private static final int MAX_HELD = 1024;

    private enum State {
        TEXT,
        OPENING,
        CALL,
        CLOSING
    }

    private final CallSyntax syntax;
    private final Map<String, Optional<String>> tools;
    private final CallSink sink;

    private final StringBuilder buffer = new StringBuilder();
    /** The next character. */
    private int at;
    /** The first one that nothing was told of. */
    private int held;
    /** Where something began that may be a call; before it, from {@link #held} on, is white space only. */
    private int candidate;

    private State state = State.TEXT;
    private Opening opening;
    private CallReader reader;
    /** Whether some of what began at the candidate was told. */
    private boolean taken;

    private boolean behindCall;
    private int closed;

    /**
     * @param syntax how calls are written
     * @param tools the names of the tools, and of those that take code, what the property for it is called
     * @param sink is told what is found
     */
    CallParser(CallSyntax syntax, Map<String, Optional<String>> tools, CallSink sink) {
        this.syntax = syntax;
        this.tools = tools;
        this.sink = sink;
        syntax.start().ifPresent(this::open);
    }

    /**
     * Takes the next piece.
     *
     * @param piece whole characters
     */
    void feed(String piece) {
        buffer.append(piece);
        run();
        buffer.delete(0, held);
        at -= held;
        candidate -= held;
        held = 0;
    }

    /**
     * Ends the text.
     *
     * @param cut whether it was cut off, so that a call may be unfinished
     */
    void finish(boolean cut) {
        while (state == State.OPENING || state == State.CALL && !taken) {
            if (state == State.CALL && reader.finish(cut)) {
                return;
            }
            reject();
            run();
        }
        if (state == State.CALL) {
            reader.finish(cut);
        } else if (state == State.TEXT && !behindCall) {
            tellText(at);
        }
    }

    private void run() {
        while (at < buffer.length()) {
            char c = buffer.charAt(at);
            switch (state) {
                case TEXT -> inText(c);
                case OPENING -> inOpening();
                case CALL -> inCall(c);
                case CLOSING -> inClosing(c);
            }
            if (at - held > MAX_HELD) {
                if (state == State.TEXT) {
                    tellText(at);
                } else {
                    reject();
                }
            }
        }
    }

    private void inText(char c) {
        if (JsonScanner.isSpace(c)) {
            at++;
        } else {
            candidate = at;
            taken = false;
            state = State.OPENING;
        }
    }

    private void inOpening() {
        at++;
        boolean possible = false;
        for (Opening one : syntax.openings()) {
            if (isBegin(one.text())) {
                if (one.text().length() == at - candidate) {
                    open(one);
                    return;
                }
                possible = true;
            }
        }
        if (!possible) {
            reject();
        }
    }

    private boolean isBegin(String text) {
        int length = at - candidate;
        if (length > text.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) != buffer.charAt(candidate + i)) {
                return false;
            }
        }
        return true;
    }

    private void open(Opening found) {
        if (found.kind() == CallSyntax.Kind.TEXT) {
            dropCandidate();
            return;
        }
        opening = found;
        at -= found.kept();
        taken = false;
        reader = switch (found.kind()) {
            case OBJECT -> new ObjectReader(sink, tools.keySet());
            case ARRAY -> new ArrayReader(sink, tools.keySet());
            case NAME -> new NameReader(sink, tools, found.nameEnd());
            case PYTHON -> new PythonReader(sink, tools);
            case ANSWER, TEXT -> new AnswerReader(sink, tools.keySet());
        };
        state = State.CALL;
    }

    /** What was read is no text, but the white space before it may be. */
    private void dropCandidate() {
        buffer.delete(candidate, at);
        at = candidate;
        state = State.TEXT;
    }

    private void inCall(char c) {
        switch (reader.take(c)) {
            case UNDECIDED -> at++;
            case TAKEN -> take();
            case DONE -> {
                take();
                close();
            }
            case PAST -> close();
            case REJECTED -> reject();
            case TEXT -> {
                at++;
                dropCandidate();
            }
        }
    }

    private void take() {
        at++;
        held = at;
        taken = true;
    }

    private void close() {
        closed = 0;
        behindCall = true;
        state = opening.closing().isEmpty() ? State.TEXT : State.CLOSING;
    }

    private void inClosing(char c) {
        if (closed == 0 && JsonScanner.isSpace(c)) {
            at++;
        } else if (c == opening.closing().charAt(closed)) {
            at++;
            if (++closed == opening.closing().length()) {
                held = at;
                state = State.TEXT;
            }
        } else {
            // It was forgotten; what stands there instead may be text, or the next call.
            at = held;
            state = State.TEXT;
        }
    }

    /** What began at the candidate is no call, or no longer: its first character is text, and a call may begin right behind it. */
    private void reject() {
        boolean atStart = state == State.CALL && opening.text().isEmpty();
        state = State.TEXT;
        if (!taken && !atStart) {
            tellText(candidate + 1);
        }
        at = held;
    }

    private void tellText(int end) {
        if (end > held) {
            sink.text(buffer.substring(held, end));
            held = end;
            behindCall = false;
        }
    }
}
