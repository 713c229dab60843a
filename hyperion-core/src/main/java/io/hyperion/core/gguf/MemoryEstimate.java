package io.hyperion.core.gguf;

import java.util.List;
import java.util.Objects;

/**
 * What a model needs in memory, in bytes, by what llama.cpp b4916 allocates and, of that, uses. It follows its graphs: what is alive at the
 * same time where a layer needs most, in the attention or in the feed-forward. Measured, it is within a tenth of the growth of the
 * process once the context has been full, for the architectures whose layers are as those of llama, gemma, bert or mamba; for others, such
 * as the rwkv ones and deepseek2, it is a rough figure.
 *
 * @param weights the weights and the vocabulary, which all contexts share
 * @param cache the keys and values of one context, or its states
 * @param compute the buffers of one context that steps are evaluated in
 */
public record MemoryEstimate(long weights, long cache, long compute) {
    /**
     * How a context is used.
     *
     * @param cells the tokens that all its sequences share
     * @param sequences how many sequences it has room for
     * @param outputs for how many tokens of a step it gives the probabilities of the next one
     * @param batchSize how many tokens one step evaluates at most
     * @param vectors whether it gives vectors, for which it evaluates all tokens of a step to the end
     * @param averages whether it averages the vectors of a text's tokens, by a matrix as wide and as high as the step
     */
    public record Use(int cells, int sequences, int outputs, int batchSize, boolean vectors, boolean averages) {}

    private static final int FLOAT = 4;
    private static final int HALF = 2;

    /** llama.cpp rounds the cells up to it. */
    private static final int CELL_PADDING = 32;

    /** The fewest tokens that a step has room for. */
    private static final int LEAST_BATCH = 64;

    /** What a context keeps for its graphs, measured: tables for 8192 nodes, or for five for each tensor if that is more. */
    private static final long GRAPHS = 26L << 20;

    private static final int GRAPH_NODES = 8192;

    /** What a token of the vocabulary takes in llama.cpp's tables, measured. */
    private static final int TOKEN = 225;

    /** What a pair that is merged takes there, by the sizes of its nodes. */
    private static final int MERGE = 115;

    /**
     * Of a file.
     *
     * @param file what it says, which {@link ModelFileValidator} has let through
     * @param use how its contexts are used
     * @return the estimate
     */
    public static MemoryEstimate of(GgufFile file, Use use) {
        Objects.requireNonNull(use, "use");
        return new Estimator(file, use).estimate();
    }

    private static final class Estimator {
        private final GgufFile file;
        private final Use use;
        private final ModelArchitecture architecture;
        private final HeadShape heads;
        private final long cells;
        private final long tokens;

        Estimator(GgufFile file, Use use) {
            this.file = file;
            this.use = use;
            this.architecture = ModelArchitecture.of(file.architecture()).orElse(ModelArchitecture.LLAMA);
            this.heads = HeadShape.of(file);
            this.cells = (use.cells() + CELL_PADDING - 1L) / CELL_PADDING * CELL_PADDING;
            this.tokens = Math.max(LEAST_BATCH, file.isEncoder() ? use.batchSize() : Math.min(cells, use.batchSize()));
        }

        MemoryEstimate estimate() {
            return new MemoryEstimate(weights(), file.isRecurrent() ? states() : keysAndValues(), compute());
        }

        private long weights() {
            long data = file.parts().stream()
                    .mapToLong(part -> part.fileSize() - part.dataOffset())
                    .sum();
            return data + repacked() + (long) TOKEN * file.vocabularySize() + (long) MERGE * merges();
        }

        /** Copied for the processor, while the file stays mapped from its first to its last tensor. */
        private long repacked() {
            boolean tied = file.tensor("output.weight").isEmpty();
            return file.tensors().stream()
                    .filter(tensor -> tensor.type() == TensorType.Q4_0 && tensor.dimension(1) % 8 == 0)
                    .filter(tensor -> tied || !tensor.name().equals("token_embd.weight"))
                    .mapToLong(GgufTensor::size)
                    .sum();
        }

        private int merges() {
            return file.metadata().get("tokenizer.ggml.merges") instanceof GgufValue.Texts merges ? merges.size() : 0;
        }

        private long keysAndValues() {
            return file.cacheElementsPerToken() * cells * HALF;
        }

        /** Of each sequence in each layer: what the convolution looks back to, and the state, or what is shifted and the state of each head. */
        private long states() {
            return (long) use.sequences() * file.layerCount() * statesOfLayer() * FLOAT;
        }

        private long statesOfLayer() {
            if (architecture == ModelArchitecture.MAMBA) {
                return (whole("ssm.conv_kernel", 1) - 1 + whole("ssm.state_size", 0)) * whole("ssm.inner_size", 0);
            }
            long shifts = architecture.id().startsWith("arwkv") || architecture == ModelArchitecture.RWKV6QWEN2 ? 1 : 2;
            return file.embeddingLength() * (whole("token_shift_count", shifts) + whole("wkv.head_size", 64));
        }

        private long compute() {
            long graphs = GRAPHS * Math.max(GRAPH_NODES, 5L * file.tensors().size()) / GRAPH_NODES;
            long end = (2L * file.embeddingLength() + file.vocabularySize()) * outputs() * FLOAT;
            long given = use.vectors() ? file.embeddingLength() : file.vocabularySize();
            long outputs = use.outputs() * given * FLOAT;
            return graphs + outputs + masks() + Math.max(end, file.isRecurrent() ? recurrent() : layers()) + work();
        }

        /** For how many tokens of a step the probabilities of the next are calculated: an encoder has none. */
        private long outputs() {
            if (file.isEncoder()) {
                return 0;
            }
            return use.vectors() ? tokens : use.outputs();
        }

        private long masks() {
            if (file.isRecurrent()) {
                return 0;
            }
            long padded = (tokens + LEAST_BATCH - 1) / LEAST_BATCH * LEAST_BATCH;
            long mask = (file.isEncoder() ? tokens : cells) * padded * FLOAT;
            return (architecture.has(ModelArchitecture.Trait.WINDOW) ? 2 : 1) * mask
                    + (use.averages() ? tokens * tokens * FLOAT : 0);
        }

        /** The layer that needs most, where it needs most. */
        private long layers() {
            long width = file.embeddingLength();
            long most = 0;
            for (int layer = 0; layer < layerCount(); layer++) {
                long queries = heads.keyLength() * heads.heads().of(layer);
                long attention = scores(layer) + tokens * around(width, queries) * FLOAT;
                most = Math.max(most, Math.max(attention, feedForward(layer)));
            }
            return most;
        }

        private int layerCount() {
            return Math.min(file.layerCount(), HyperParameterCheck.MAX_LAYERS);
        }

        /** How every token regards every other one. */
        private long scores(int layer) {
            return (file.isEncoder() ? tokens : cells) * tokens * heads.heads().of(layer) * FLOAT;
        }

        /** What is alive beside the scores, for each token: what goes past the layer, the queries, and what comes of them. */
        private long around(long width, long queries) {
            return switch (architecture) {
                case NOMIC_BERT -> 2 * width + 5 * queries;
                case BERT, JINA_BERT_V2 -> 2 * width + 3 * queries;
                // Keys and values are made of a shorter vector, for each head.
                case DEEPSEEK2, MINICPM3 -> 2 * width + 4 * queries;
                default -> 2 * width + 2 * queries;
            };
        }

        private long feedForward(int layer) {
            long width = file.embeddingLength();
            String block = "blk." + layer + ".";
            if (file.tensor(block + "ffn_up_exps.weight").isPresent()) {
                long used = Math.max(1, whole("expert_used_count", 1));
                long inner = inner(block + "ffn_up_exps.weight") * used;
                return tokens * (5 * width / 2 + Math.max(2 * inner, inner + width * used)) * FLOAT;
            }
            long inner = inner(block + "ffn_up.weight");
            boolean gate = file.tensor(block + "ffn_gate.weight").isPresent() || isGatedWithin();
            return tokens * ((file.isEncoder() ? 2 : 3) * width + (gate ? 2 : 1) * inner) * FLOAT;
        }

        /** Whether the gate is the one half of what goes up. */
        private boolean isGatedWithin() {
            return architecture == ModelArchitecture.PHI3 || architecture == ModelArchitecture.CHATGLM;
        }

        private long inner(String name) {
            return file.tensor(name).map(tensor -> tensor.dimension(1)).orElse(0L);
        }

        private long recurrent() {
            long width = file.embeddingLength();
            if (architecture == ModelArchitecture.MAMBA) {
                long states = use.sequences() * whole("ssm.state_size", 0) * whole("ssm.inner_size", 0);
                return (tokens * (5 * whole("ssm.inner_size", 0) + 2 * width) + states) * FLOAT;
            }
            long states = use.sequences() * width * whole("wkv.head_size", 64);
            return (tokens * (14 * width + whole("feed_forward_length", 0)) + states) * FLOAT;
        }

        /** What the processor makes of the one side of a product, in the type of the other: the scores, or what goes into the last matrix. */
        private long work() {
            long most = 0;
            for (int layer = 0; layer < layerCount(); layer++) {
                String block = "blk." + layer + ".";
                boolean cached = !file.isEncoder() && !file.isRecurrent();
                most = Math.max(most, cached ? scores(layer) / FLOAT * HALF : 0);
                for (String name : List.of("ffn_down.weight", "attn_output.weight", "ssm_out.weight")) {
                    most = Math.max(
                            most, file.tensor(block + name).map(this::converted).orElse(0L));
                }
                long used = Math.max(1, whole("expert_used_count", 1));
                most = Math.max(
                        most,
                        file.tensor(block + "ffn_down_exps.weight")
                                        .map(this::converted)
                                        .orElse(0L)
                                * used);
            }
            return most;
        }

        private long converted(GgufTensor weight) {
            long elements = tokens * weight.dimension(0);
            return switch (weight.type()) {
                case F32 -> 0;
                case F16, BF16 -> elements * HALF;
                // Blocks of 8 bits with their scales.
                default -> elements * 9 / 8;
            };
        }

        private long whole(String name, long otherwise) {
            return file.whole(file.key(name)).orElse(otherwise);
        }
    }
}
