package io.hyperion.api.remote;

import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;

/**
 * One generation under way, as its listener hears of it: one signal at a time and in order, whichever threads they come from, and one end.
 * Whoever brings a signal tells it to the listener before it goes on, so a slow listener slows down the connection that it hears of.
 */
final class Call {
    private static final System.Logger LOGGER = System.getLogger(Call.class.getName());

    private final GenerateListener listener;

    // All that follows is guarded by this.
    private final Queue<Runnable> signals = new ArrayDeque<>();
    private final List<Runnable> whenEnded = new ArrayList<>();
    private boolean telling;
    private boolean started;
    private boolean ended;
    private boolean endTold;

    Call(GenerateListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
    }

    void waiting(ModelProgress progress) {
        synchronized (this) {
            if (started || ended) {
                return;
            }
            signals.add(() -> listener.onWaiting(progress));
        }
        tell();
    }

    void start() {
        synchronized (this) {
            if (started || ended) {
                return;
            }
            started = true;
            signals.add(listener::onStart);
        }
        tell();
    }

    void piece(GenerateEvent event) {
        start();
        synchronized (this) {
            if (ended) {
                return;
            }
            if (event instanceof GenerateEvent.Piece piece) {
                signals.add(() -> listener.onPiece(piece));
            } else if (event instanceof GenerateEvent.ToolCallPiece piece) {
                signals.add(() -> listener.onToolCall(piece));
            }
        }
        tell();
    }

    void done(GenerateReply reply) {
        start();
        end(() -> listener.onDone(reply));
    }

    void fail(HyperionException error) {
        end(() -> listener.onError(error));
    }

    synchronized boolean hasEnded() {
        return ended;
    }

    /** {@return whether the listener is being told something: what is silent then waits for it} */
    synchronized boolean isTelling() {
        return telling;
    }

    /** Runs something when this has ended, in whatever thread ends it; at once if it has. */
    void whenEnded(Runnable action) {
        synchronized (this) {
            if (!ended) {
                whenEnded.add(action);
                return;
            }
        }
        action.run();
    }

    private void end(Runnable signal) {
        List<Runnable> actions;
        synchronized (this) {
            if (ended) {
                return;
            }
            actions = ended(signal);
        }
        actions.forEach(Runnable::run);
        tell();
    }

    /** With the lock held. */
    private List<Runnable> ended(Runnable signal) {
        ended = true;
        signals.add(() -> {
            synchronized (this) {
                endTold = true;
            }
            signal.run();
        });
        List<Runnable> actions = List.copyOf(whenEnded);
        whenEnded.clear();
        return actions;
    }

    /** Tells all that there is to tell. Whoever comes while another is at it leaves it to that one. */
    private void tell() {
        synchronized (this) {
            if (telling) {
                return;
            }
            telling = true;
        }
        for (Runnable signal = next(); signal != null; signal = next()) {
            try {
                signal.run();
            } catch (RuntimeException | Error e) {
                listenerFailed(e);
            }
        }
    }

    private synchronized Runnable next() {
        Runnable signal = signals.poll();
        telling = signal != null;
        return signal;
    }

    /** A listener is the caller's code: whatever it throws must not end a connection that serves others too. */
    private void listenerFailed(Throwable thrown) {
        LOGGER.log(System.Logger.Level.WARNING, "The listener of a generation failed; the generation ends", thrown);
        List<Runnable> actions;
        synchronized (this) {
            if (endTold) {
                return;
            }
            signals.clear();
            EngineException error = new EngineException(
                    ErrorCode.ENGINE_FAILURE, "The listener of the generation failed: " + thrown, thrown);
            actions = ended(() -> listener.onError(error));
        }
        actions.forEach(Runnable::run);
    }
}
