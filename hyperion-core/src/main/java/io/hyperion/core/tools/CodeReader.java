package io.hyperion.core.tools;

/** Reads the argument of a call that is code, up to the end of the text. */
final class CodeReader implements CallReader {
    private final CallSink sink;

    /** Begins the call. */
    CodeReader(CallSink sink, String tool, String property) {
        this.sink = sink;
        sink.begin(tool);
        sink.arguments("{" + JsonTexts.quoted(property) + ": \"");
    }

    @Override
    public Progress take(char c) {
        sink.arguments(JsonTexts.escaped(c));
        return Progress.TAKEN;
    }

    @Override
    public boolean finish(boolean cut) {
        if (!cut) {
            sink.arguments("\"}");
            sink.complete();
        }
        return true;
    }
}
