package io.hyperion.core.model;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;

/** Gives all on to a listener, and ends the visit of its request before that hears of the end. */
record CountedListener(GenerateListener listener, Visit visit) implements GenerateListener {
    @Override
    public void onWaiting(ModelProgress progress) {
        listener.onWaiting(progress);
    }

    @Override
    public void onStart() {
        listener.onStart();
    }

    @Override
    public void onPiece(GenerateEvent.Piece piece) {
        listener.onPiece(piece);
    }

    @Override
    public void onText(String text) {
        listener.onText(text);
    }

    @Override
    public void onToolCall(GenerateEvent.ToolCallPiece piece) {
        listener.onToolCall(piece);
    }

    @Override
    public void onDone(GenerateReply reply) {
        try {
            visit.end();
        } finally {
            listener.onDone(reply);
        }
    }

    @Override
    public void onError(HyperionException error) {
        try {
            visit.end();
        } finally {
            listener.onError(error);
        }
    }
}
