package io.hyperion.core.sequence;

import io.hyperion.core.llama.SequenceState;
import java.util.Objects;

/**
 * A sequence as it is kept.
 *
 * @param tokens its tokens, at least one, of which all are evaluated; not to be changed
 * @param scales the scale of each of the model's adapters that they were evaluated with, in the order of the configuration; not to be
 *     changed
 * @param state what the cache held of them; closed with this record
 */
public record SavedSequence(int[] tokens, float[] scales, SequenceState state) implements AutoCloseable {
    public SavedSequence {
        Objects.requireNonNull(tokens, "tokens");
        Objects.requireNonNull(scales, "scales");
        Objects.requireNonNull(state, "state");
    }

    /** Frees the state. Does nothing if it is freed already. */
    @Override
    public void close() {
        state.close();
    }
}
