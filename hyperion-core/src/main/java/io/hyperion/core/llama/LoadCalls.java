package io.hyperion.core.llama;

import com.sun.jna.Pointer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Leads llama.cpp's calls while a model is loaded to the {@link LoadProgress} of that model. One object for all models, since JNA frees
 * what it makes of a callback only when the callback is collected; a model is known by the number that llama.cpp gives back as user data.
 */
final class LoadCalls implements LlamaH.ProgressCallback {
    /** A model that is being loaded. */
    final class Call implements AutoCloseable {
        private final long id = lastId.incrementAndGet();
        private final LoadProgress progress;
        private Optional<Throwable> thrown = Optional.empty();
        private boolean cancelled;

        private Call(LoadProgress progress) {
            this.progress = progress;
        }

        /** {@return what llama.cpp is to give back with each call} */
        Pointer userData() {
            return Pointer.createConstant(id);
        }

        private boolean goOn(float fraction) {
            try {
                cancelled |= !progress.goOn(fraction);
            } catch (Throwable e) {
                // Nothing may be thrown through native code.
                thrown = Optional.of(e);
                cancelled = true;
            }
            return !cancelled;
        }

        /**
         * After llama.cpp has returned.
         *
         * @param file what is loaded, for the message
         * @throws LoadCancelledException if the progress did not want to go on
         */
        void requireWanted(String file) throws LoadCancelledException {
            if (thrown.isPresent()) {
                if (thrown.get() instanceof Error error) {
                    throw error;
                }
                if (thrown.get() instanceof RuntimeException exception) {
                    throw exception;
                }
                throw new IllegalStateException("The progress of loading " + file + " failed", thrown.get());
            }
            if (cancelled) {
                throw new LoadCancelledException("The loading of " + file + " was cancelled");
            }
        }

        @Override
        public void close() {
            calls.remove(id);
        }
    }

    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, Call> calls = new ConcurrentHashMap<>();

    /** {@return a model that is going to be loaded; to be closed when it is} */
    Call begin(LoadProgress progress) {
        Call call = new Call(progress);
        calls.put(call.id, call);
        return call;
    }

    @Override
    public byte progress(float fraction, Pointer userData) {
        Call call = calls.get(Pointer.nativeValue(userData));
        return (byte) (call.goOn(fraction) ? 1 : 0);
    }
}
