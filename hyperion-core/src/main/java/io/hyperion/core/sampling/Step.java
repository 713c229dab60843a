package io.hyperion.core.sampling;

import io.hyperion.core.llama.Candidates;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.SamplerChain;

/** A part of the way from all candidates to the chain that chooses. For use by one thread, except that it may be closed on another. */
sealed interface Step extends AutoCloseable {
    /**
     * Leaves out candidates, or changes their logits.
     *
     * @param candidates at least one; at least one stays
     * @param sorted whether they are in the order of their logits, the largest first
     * @return whether they are so afterwards
     * @throws LlamaException if none stays
     */
    boolean apply(Candidates candidates, boolean sorted) throws LlamaException;

    /** Remembers a token of the sequence, if it remembers any. */
    void accept(int token);

    @Override
    void close();

    /** Samplers of llama.cpp. */
    record Native(SamplerChain chain, boolean remembers) implements Step {
        @Override
        public boolean apply(Candidates candidates, boolean sorted) throws LlamaException {
            return chain.reduce(candidates, sorted);
        }

        @Override
        public void accept(int token) {
            if (remembers) {
                chain.accept(token);
            }
        }

        @Override
        public void close() {
            chain.close();
        }
    }

    /** Penalties that do not come first. */
    record Penalising(Penalties penalties) implements Step {
        @Override
        public boolean apply(Candidates candidates, boolean sorted) {
            float[] logits = new float[candidates.size()];
            int[] tokens = new int[logits.length];
            for (int i = 0; i < logits.length; i++) {
                tokens[i] = candidates.token(i);
                logits[i] = penalties.penalised(tokens[i], candidates.logit(i));
            }
            candidates.clear();
            for (int i = 0; i < logits.length; i++) {
                candidates.add(tokens[i], logits[i]);
            }
            return false;
        }

        @Override
        public void accept(int token) {
            penalties.accept(token);
        }

        @Override
        public void close() {
            // It has nothing that must be freed.
        }
    }

    /**
     * Tail free sampling ("Tail Free Sampling", Phan 2019), as llama.cpp had it until October 2024: the candidates are sorted, and the tail
     * begins where the absolute second differences of their probabilities, as shares of their sum, together exceed a number.
     *
     * @param z the number, 0 to 1, exclusive
     * @param minKeep how many candidates stay at least; at least 1
     */
    record TailFree(double z, int minKeep) implements Step {
        /** Below this sum all differences count the same. */
        private static final double EVEN = 1e-6;

        @Override
        public boolean apply(Candidates candidates, boolean sorted) {
            int size = candidates.size();
            // llama.cpp's has no second difference then.
            if (size <= 2) {
                return sorted;
            }
            Largest order = new Largest(size);
            float[] logits = new float[size];
            int[] tokens = new int[size];
            for (int i = 0; i < size; i++) {
                tokens[i] = candidates.token(i);
                logits[i] = candidates.logit(i);
            }
            order.find(logits);
            int kept = kept(order, logits);
            if (kept == 0) {
                return sorted;
            }
            candidates.clear();
            for (int rank = 0; rank < kept; rank++) {
                candidates.add(tokens[order.index(rank)], logits[order.index(rank)]);
            }
            return true;
        }

        private int kept(Largest order, float[] logits) {
            int size = order.count();
            double[] probabilities = new double[size];
            double sum = 0;
            for (int rank = 0; rank < size; rank++) {
                probabilities[rank] = Math.exp(logits[order.index(rank)] - (double) logits[order.index(0)]);
                sum += probabilities[rank];
            }
            double bends = 0;
            for (int rank = 0; rank + 2 < size; rank++) {
                bends += bend(probabilities, rank) / sum;
            }
            double share = 0;
            for (int rank = 0; rank + 2 < size; rank++) {
                share += bends > EVEN ? bend(probabilities, rank) / sum / bends : 1.0 / (size - 2);
                if (share > z && rank >= minKeep) {
                    return rank;
                }
            }
            return size;
        }

        private static double bend(double[] probabilities, int rank) {
            return Math.abs(probabilities[rank] - 2 * probabilities[rank + 1] + probabilities[rank + 2]);
        }

        @Override
        public void accept(int token) {
            // It depends on the candidates alone.
        }

        @Override
        public void close() {
            // It has nothing that must be freed.
        }
    }
}
