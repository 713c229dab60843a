package io.hyperion.core.gguf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A model of any size whose weights are all the same: it takes the memory and the time of a trained one, and says nothing.
 *
 * @param architecture {@code llama}, {@code qwen2}, {@code gemma}, {@code mamba}, {@code bert} or {@code nomic-bert}
 * @param layers how many layers
 * @param width the length of an embedding
 * @param heads how many heads
 * @param keyValueHeads for how many of them there are keys and values
 * @param headLength the length of a key and of a value
 * @param feedForward the width inside the feed-forward
 * @param experts of how many experts each token is given to two; 0 for none; for {@code llama}
 * @param vocabulary how many tokens there are
 * @param context the trained context
 * @param type how the matrices are stored: F32, F16, Q8_0 or Q4_0
 */
public record SizedModel(
        String architecture,
        int layers,
        int width,
        int heads,
        int keyValueHeads,
        int headLength,
        int feedForward,
        int experts,
        int vocabulary,
        int context,
        TensorType type) {
    /** Eight layers, 512 wide, with 8 heads. */
    public static SizedModel of(String architecture) {
        return new SizedModel(architecture, 8, 512, 8, 8, 64, 1536, 0, 4000, 4096, TensorType.Q8_0);
    }

    public SizedModel layers(int other) {
        return new SizedModel(
                architecture,
                other,
                width,
                heads,
                keyValueHeads,
                headLength,
                feedForward,
                experts,
                vocabulary,
                context,
                type);
    }

    public SizedModel heads(int otherHeads, int otherKeyValueHeads, int otherLength) {
        return new SizedModel(
                architecture,
                layers,
                width,
                otherHeads,
                otherKeyValueHeads,
                otherLength,
                feedForward,
                experts,
                vocabulary,
                context,
                type);
    }

    public SizedModel wide(int otherWidth, int otherFeedForward) {
        return new SizedModel(
                architecture,
                layers,
                otherWidth,
                heads,
                keyValueHeads,
                headLength,
                otherFeedForward,
                experts,
                vocabulary,
                context,
                type);
    }

    public SizedModel vocabulary(int other) {
        return new SizedModel(
                architecture,
                layers,
                width,
                heads,
                keyValueHeads,
                headLength,
                feedForward,
                experts,
                other,
                context,
                type);
    }

    public SizedModel experts(int other) {
        return new SizedModel(
                architecture,
                layers,
                width,
                heads,
                keyValueHeads,
                headLength,
                feedForward,
                other,
                vocabulary,
                context,
                type);
    }

    public SizedModel type(TensorType other) {
        return new SizedModel(
                architecture,
                layers,
                width,
                heads,
                keyValueHeads,
                headLength,
                feedForward,
                experts,
                vocabulary,
                context,
                other);
    }

    /** {@return the file, written} */
    public Path write(Path file) {
        GgufWriter writer = new GgufWriter();
        boolean encoder = architecture.contains("bert");
        writer.text("general.architecture", architecture)
                .uint32(architecture + ".context_length", context)
                .uint32(architecture + ".embedding_length", width)
                .uint32(architecture + ".block_count", layers)
                .uint32(architecture + ".feed_forward_length", feedForward)
                .text("tokenizer.ggml.model", encoder ? "bert" : "llama");
        if (!architecture.equals("mamba")) {
            writer.uint32(architecture + ".attention.head_count", heads);
        }
        vocabulary(writer, encoder);
        matrix(writer, "token_embd.weight", width, vocabulary);
        switch (architecture) {
            case "bert", "nomic-bert" -> encoder(writer);
            case "mamba" -> mamba(writer);
            default -> decoder(writer);
        }
        try {
            writer.write(file);
            if (type == TensorType.Q4_0) {
                calledQ40(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    /** Nine halves are written for what is then said to be a block of 32 numbers, of as many bytes. */
    private static void calledQ40(Path file) throws IOException {
        GgufFile written = GgufFile.read(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (GgufTensor tensor : written.tensors()) {
                if (tensor.type() == TensorType.F16) {
                    long dimensions = tensor.entryOffset() + 8 + tensor.name().length() + 4;
                    ByteBuffer row = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
                    channel.write(row.putLong(0, tensor.dimension(0) / 9 * 32), dimensions);
                    ByteBuffer id = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
                    channel.write(
                            id.putInt(0, TensorType.Q4_0.id()),
                            dimensions + 8L * tensor.dimensions().size());
                }
            }
        }
    }

    private void vocabulary(GgufWriter writer, boolean encoder) {
        List<String> tokens = new ArrayList<>(encoder ? TinyModel.wordPieces() : TinyModel.tokens());
        int special = encoder ? 5 : 3;
        int[] types = new int[vocabulary];
        float[] scores = new float[vocabulary];
        Arrays.fill(types, 1);
        Arrays.fill(types, 0, special, 3);
        for (int i = tokens.size(); i < vocabulary; i++) {
            tokens.add("▁word" + Integer.toString(i, 36));
        }
        if (!encoder) {
            types[0] = 2;
            Arrays.fill(types, 3, 259, 6);
            for (int i = 259; i < vocabulary; i++) {
                scores[i] = 259 - i;
            }
            writer.float32s("tokenizer.ggml.scores", scores).bool("tokenizer.ggml.add_bos_token", true);
        } else {
            writer.uint32("tokenizer.ggml.token_type_count", 2)
                    .uint32("tokenizer.ggml.seperator_token_id", 3)
                    .uint32("tokenizer.ggml.mask_token_id", 4)
                    .uint32("tokenizer.ggml.padding_token_id", 0);
        }
        writer.texts("tokenizer.ggml.tokens", tokens)
                .int32s("tokenizer.ggml.token_type", types)
                .uint32("tokenizer.ggml.bos_token_id", encoder ? 2 : 1)
                .uint32("tokenizer.ggml.eos_token_id", encoder ? 3 : 2)
                .uint32("tokenizer.ggml.unknown_token_id", encoder ? 1 : 0);
    }

    private void decoder(GgufWriter writer) {
        boolean gemma = architecture.equals("gemma");
        writer.uint32(architecture + ".rope.dimension_count", headLength)
                .uint32(architecture + ".attention.head_count_kv", keyValueHeads)
                .uint32(architecture + ".attention.key_length", headLength)
                .uint32(architecture + ".attention.value_length", headLength)
                .float32(architecture + ".attention.layer_norm_rms_epsilon", 1e-5f);
        if (experts > 0) {
            writer.uint32(architecture + ".expert_count", experts).uint32(architecture + ".expert_used_count", 2);
        }
        vector(writer, "output_norm.weight", width);
        if (!gemma) {
            matrix(writer, "output.weight", width, vocabulary);
        }
        int queries = heads * headLength;
        int keys = keyValueHeads * headLength;
        for (int i = 0; i < layers; i++) {
            String layer = "blk." + i + ".";
            vector(writer, layer + "attn_norm.weight", width);
            matrix(writer, layer + "attn_q.weight", width, queries);
            matrix(writer, layer + "attn_k.weight", width, keys);
            matrix(writer, layer + "attn_v.weight", width, keys);
            matrix(writer, layer + "attn_output.weight", queries, width);
            vector(writer, layer + "ffn_norm.weight", width);
            if (architecture.equals("qwen2")) {
                vector(writer, layer + "attn_q.bias", queries);
                vector(writer, layer + "attn_k.bias", keys);
                vector(writer, layer + "attn_v.bias", keys);
            }
            if (experts > 0) {
                matrix(writer, layer + "ffn_gate_inp.weight", width, experts);
                matrix(writer, layer + "ffn_gate_exps.weight", width, feedForward, experts);
                matrix(writer, layer + "ffn_up_exps.weight", width, feedForward, experts);
                matrix(writer, layer + "ffn_down_exps.weight", feedForward, width, experts);
            } else {
                matrix(writer, layer + "ffn_gate.weight", width, feedForward);
                matrix(writer, layer + "ffn_up.weight", width, feedForward);
                matrix(writer, layer + "ffn_down.weight", feedForward, width);
            }
        }
    }

    private void mamba(GgufWriter writer) {
        int inner = 2 * width;
        int rank = width / 16;
        writer.uint32("mamba.ssm.conv_kernel", 4)
                .uint32("mamba.ssm.inner_size", inner)
                .uint32("mamba.ssm.state_size", 16)
                .uint32("mamba.ssm.time_step_rank", rank)
                .float32("mamba.attention.layer_norm_rms_epsilon", 1e-5f);
        vector(writer, "output_norm.weight", width);
        matrix(writer, "output.weight", width, vocabulary);
        for (int i = 0; i < layers; i++) {
            String layer = "blk." + i + ".";
            vector(writer, layer + "attn_norm.weight", width);
            matrix(writer, layer + "ssm_in.weight", width, 2 * inner);
            exact(writer, layer + "ssm_conv1d.weight", 4, inner);
            vector(writer, layer + "ssm_conv1d.bias", inner);
            matrix(writer, layer + "ssm_x.weight", inner, rank + 32);
            exact(writer, layer + "ssm_dt.weight", rank, inner);
            vector(writer, layer + "ssm_dt.bias", inner);
            exact(writer, layer + "ssm_a", 16, inner);
            vector(writer, layer + "ssm_d", inner);
            matrix(writer, layer + "ssm_out.weight", inner, width);
        }
    }

    private void encoder(GgufWriter writer) {
        boolean nomic = architecture.equals("nomic-bert");
        writer.float32(architecture + ".attention.layer_norm_epsilon", 1e-12f)
                .bool(architecture + ".attention.causal", false)
                .uint32(architecture + ".pooling_type", 1);
        exact(writer, "token_types.weight", width, 2);
        norm(writer, "token_embd_norm");
        if (!nomic) {
            exact(writer, "position_embd.weight", width, context);
        }
        for (int i = 0; i < layers; i++) {
            String layer = "blk." + i + ".";
            if (nomic) {
                matrix(writer, layer + "attn_qkv.weight", width, 3 * width);
                matrix(writer, layer + "ffn_gate.weight", width, feedForward);
            } else {
                for (String part : List.of("attn_q", "attn_k", "attn_v")) {
                    matrix(writer, layer + part + ".weight", width, width);
                    vector(writer, layer + part + ".bias", width);
                }
                vector(writer, layer + "attn_output.bias", width);
                vector(writer, layer + "ffn_up.bias", feedForward);
                vector(writer, layer + "ffn_down.bias", width);
            }
            matrix(writer, layer + "attn_output.weight", width, width);
            norm(writer, layer + "attn_output_norm");
            matrix(writer, layer + "ffn_up.weight", width, feedForward);
            matrix(writer, layer + "ffn_down.weight", feedForward, width);
            norm(writer, layer + "layer_output_norm");
        }
    }

    private void norm(GgufWriter writer, String name) {
        vector(writer, name + ".weight", width);
        vector(writer, name + ".bias", width);
    }

    private void matrix(GgufWriter writer, String name, long... dimensions) {
        if (type == TensorType.Q4_0) {
            dimensions[0] = dimensions[0] / 32 * 9;
            tensor(writer, name, TensorType.F16, dimensions);
        } else {
            tensor(writer, name, type, dimensions);
        }
    }

    private static void exact(GgufWriter writer, String name, long... dimensions) {
        tensor(writer, name, TensorType.F32, dimensions);
    }

    private static void vector(GgufWriter writer, String name, long length) {
        tensor(writer, name, TensorType.F32, length);
    }

    private static void tensor(GgufWriter writer, String name, TensorType type, long... dimensions) {
        float value = 1f / 64;
        writer.tensor(name, type, Arrays.stream(dimensions).boxed().toList(), row -> Arrays.fill(row, value));
    }
}
