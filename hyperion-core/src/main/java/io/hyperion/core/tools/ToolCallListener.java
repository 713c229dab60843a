package io.hyperion.core.tools;

import io.hyperion.api.Completion;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.Progress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Tells another listener of calls instead of the text that they were written as. Each completion is read by itself. */
final class ToolCallListener implements GenerateListener {
    private final GenerateListener listener;
    private final Supplier<Reading> readings;
    private final Map<Integer, Reading> byCompletion = new TreeMap<>();

    /**
     * How a completion is read.
     *
     * @param parser finds the calls
     * @param sink has what it found
     */
    record Reading(CallParser parser, CallSink sink) {}
    /** How far the request was with the last piece, for texts that were held back until later. */
    private Optional<Progress> progress = Optional.empty();

    /**
     * @param listener hears of the text and of the calls
     * @param readings makes what reads a completion
     */
    ToolCallListener(GenerateListener listener, Supplier<Reading> readings) {
        this.listener = listener;
        this.readings = readings;
    }

    @Override
    public void onWaiting(ModelProgress waiting) {
        listener.onWaiting(waiting);
    }

    @Override
    public void onStart() {
        listener.onStart();
    }

    @Override
    public void onPiece(GenerateEvent.Piece piece) {
        progress = piece.progress();
        Reading reading = reading(piece.completion());
        reading.parser().feed(piece.text());
        List<CallSink.Part> parts = new ArrayList<>(reading.sink().drain());
        boolean detailed = !piece.probabilities().isEmpty()
                || !piece.tokens().isEmpty()
                || piece.progress().isPresent();
        if (detailed) {
            // They go with the first text; where there is none, with no text.
            String text = "";
            for (Iterator<CallSink.Part> each = parts.iterator(); text.isEmpty() && each.hasNext(); ) {
                if (each.next() instanceof CallSink.Part.Text first) {
                    text = first.text();
                    each.remove();
                }
            }
            listener.onPiece(piece.withText(text));
        }
        tell(piece.completion(), piece.completions(), parts);
    }

    @Override
    public void onText(String text) {
        onPiece(new GenerateEvent.Piece(text));
    }

    private Reading reading(int completion) {
        return byCompletion.computeIfAbsent(completion, index -> readings.get());
    }

    private void tell(int completion, int completions, List<CallSink.Part> parts) {
        for (CallSink.Part part : parts) {
            if (part instanceof CallSink.Part.Text text) {
                listener.onPiece(
                        new GenerateEvent.Piece(text.text(), completion, completions, List.of(), List.of(), progress));
            } else if (part instanceof CallSink.Part.Call call) {
                listener.onToolCall(new GenerateEvent.ToolCallPiece(
                        completion, call.index(), call.id(), call.name(), call.arguments()));
            }
        }
    }

    @Override
    public void onDone(GenerateReply reply) {
        GenerateReply read;
        try {
            read = read(reply);
        } catch (RuntimeException | Error e) {
            // For the engine all is done: nobody else will tell the listener that it ended.
            listener.onError(new EngineException(
                    ErrorCode.ENGINE_FAILURE, "The end of the generation could not be told: " + e, e));
            throw e;
        }
        listener.onDone(read);
    }

    private GenerateReply read(GenerateReply reply) {
        List<Completion> completions = new ArrayList<>();
        for (Completion completion : reply.completions()) {
            Reading reading = reading(completions.size());
            boolean cut = completion.finishReason() != FinishReason.STOP
                    || completion.stopString().isPresent();
            reading.parser().finish(cut);
            tell(completions.size(), reply.completions().size(), reading.sink().drain());
            completions.add(withCalls(completion, reading.sink()));
        }
        return new GenerateReply(
                reply.model(),
                reply.prompt(),
                reply.promptTokens(),
                reply.cachedTokens(),
                reply.slot(),
                completions,
                reply.timings());
    }

    private static Completion withCalls(Completion completion, CallSink sink) {
        boolean calls = completion.finishReason() == FinishReason.STOP && sink.hasWholeCalls();
        return new Completion(
                sink.text(),
                completion.tokens(),
                calls ? FinishReason.TOOL_CALLS : completion.finishReason(),
                completion.stopString(),
                completion.truncated(),
                completion.probabilities(),
                completion.tokenIds(),
                sink.calls());
    }

    @Override
    public void onError(HyperionException error) {
        listener.onError(error);
    }
}
