package io.hyperion.core.gguf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A sound model with random weights, of some 200 KB: of the llama architecture with a SentencePiece vocabulary, or of the bert architecture
 * with a WordPiece vocabulary, either of which can tokenise any text. A test changes what it is about before it writes the file.
 */
public final class TinyModel {
    private record Tensor(TensorType type, List<Long> dimensions) {}

    private static final int WIDTH = 64;
    private static final int FEED_FORWARD = 96;
    private static final int HEADS = 4;
    private static final int KEY_VALUE_HEADS = 2;
    private static final int LAYERS = 2;
    private static final int BERT_CONTEXT = 64;

    private final Map<String, Consumer<GgufWriter>> entries = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, float[][]> changes = new HashMap<>();
    private final long seed;

    private TinyModel(long seed) {
        this.seed = seed;
    }

    /** {@return the model, always the same} */
    public static TinyModel llama() {
        return llama(42);
    }

    /**
     * A model with other weights.
     *
     * @param seed says which
     * @return the model
     */
    public static TinyModel llama(long seed) {
        TinyModel model = ofArchitecture("llama", seed)
                .uint32("llama.feed_forward_length", FEED_FORWARD)
                .uint32("llama.rope.dimension_count", WIDTH / HEADS)
                .uint32("llama.attention.head_count", HEADS)
                .uint32("llama.attention.head_count_kv", KEY_VALUE_HEADS)
                .float32("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .float32("llama.rope.freq_base", 10_000);
        long keys = WIDTH / HEADS * KEY_VALUE_HEADS;
        for (int i = 0; i < LAYERS; i++) {
            String layer = "blk." + i + ".";
            model.tensor(layer + "attn_norm.weight", TensorType.F32, WIDTH)
                    .tensor(layer + "attn_q.weight", TensorType.F32, WIDTH, WIDTH)
                    .tensor(layer + "attn_k.weight", TensorType.F16, WIDTH, keys)
                    .tensor(layer + "attn_v.weight", TensorType.F16, WIDTH, keys)
                    .tensor(layer + "attn_output.weight", TensorType.Q8_0, WIDTH, WIDTH)
                    .tensor(layer + "ffn_norm.weight", TensorType.F32, WIDTH)
                    .tensor(layer + "ffn_gate.weight", TensorType.Q8_0, WIDTH, FEED_FORWARD)
                    .tensor(layer + "ffn_up.weight", TensorType.Q8_0, WIDTH, FEED_FORWARD)
                    .tensor(layer + "ffn_down.weight", TensorType.Q8_0, FEED_FORWARD, WIDTH);
        }
        return model;
    }

    /** {@return a recurrent model, always the same} */
    public static TinyModel mamba() {
        TinyModel model = ofArchitecture("mamba", 42);
        long inner = 2 * WIDTH;
        model.uint32("mamba.ssm.conv_kernel", 4)
                .uint32("mamba.ssm.inner_size", inner)
                .uint32("mamba.ssm.state_size", 16)
                .uint32("mamba.ssm.time_step_rank", 4)
                .float32("mamba.attention.layer_norm_rms_epsilon", 1e-5f);
        for (int i = 0; i < LAYERS; i++) {
            String layer = "blk." + i + ".";
            model.tensor(layer + "attn_norm.weight", TensorType.F32, WIDTH)
                    .tensor(layer + "ssm_in.weight", TensorType.F32, WIDTH, 2 * inner)
                    .tensor(layer + "ssm_conv1d.weight", TensorType.F32, 4, inner)
                    .tensor(layer + "ssm_conv1d.bias", TensorType.F32, inner)
                    .tensor(layer + "ssm_x.weight", TensorType.F32, inner, 4 + 2 * 16)
                    .tensor(layer + "ssm_dt.weight", TensorType.F32, 4, inner)
                    .tensor(layer + "ssm_dt.bias", TensorType.F32, inner)
                    .tensor(layer + "ssm_a", TensorType.F32, 16, inner)
                    .tensor(layer + "ssm_d", TensorType.F32, inner)
                    .tensor(layer + "ssm_out.weight", TensorType.F32, inner, WIDTH);
        }
        return model;
    }

    /** {@return a model of the bert architecture that makes vectors of {@value #WIDTH} numbers, by the mean of the tokens} */
    public static TinyModel bert() {
        return bert(42);
    }

    /**
     * A model of the bert architecture with other weights.
     *
     * @param seed says which
     * @return the model
     */
    public static TinyModel bert(long seed) {
        TinyModel model = new TinyModel(seed);
        List<String> tokens = wordPieces();
        model.text("general.architecture", "bert")
                .text("general.name", "Tiny BERT")
                .uint32("bert.context_length", BERT_CONTEXT)
                .uint32("bert.embedding_length", WIDTH)
                .uint32("bert.block_count", LAYERS)
                .uint32("bert.feed_forward_length", FEED_FORWARD)
                .uint32("bert.attention.head_count", HEADS)
                .float32("bert.attention.layer_norm_epsilon", 1e-12)
                .bool("bert.attention.causal", false)
                .uint32("bert.pooling_type", 1)
                .text("tokenizer.ggml.model", "bert")
                .uint32("tokenizer.ggml.token_type_count", 2)
                .texts("tokenizer.ggml.tokens", tokens)
                .int32s("tokenizer.ggml.token_type", wordPieceTypes(tokens))
                .uint32("tokenizer.ggml.padding_token_id", 0)
                .uint32("tokenizer.ggml.unknown_token_id", 1)
                .uint32("tokenizer.ggml.bos_token_id", 2)
                .uint32("tokenizer.ggml.seperator_token_id", 3)
                .uint32("tokenizer.ggml.mask_token_id", 4);
        model.tensor("token_embd.weight", TensorType.F16, WIDTH, tokens.size())
                .tensor("token_types.weight", TensorType.F32, WIDTH, 2)
                .tensor("position_embd.weight", TensorType.F32, WIDTH, BERT_CONTEXT)
                .norm("token_embd_norm");
        for (int i = 0; i < LAYERS; i++) {
            String layer = "blk." + i + ".";
            for (String part : List.of("attn_q", "attn_k", "attn_v", "attn_output")) {
                model.tensor(layer + part + ".weight", TensorType.F16, WIDTH, WIDTH)
                        .tensor(layer + part + ".bias", TensorType.F32, WIDTH);
            }
            model.norm(layer + "attn_output_norm")
                    .tensor(layer + "ffn_up.weight", TensorType.Q8_0, WIDTH, FEED_FORWARD)
                    .tensor(layer + "ffn_up.bias", TensorType.F32, FEED_FORWARD)
                    .tensor(layer + "ffn_down.weight", TensorType.F16, FEED_FORWARD, WIDTH)
                    .tensor(layer + "ffn_down.bias", TensorType.F32, WIDTH)
                    .norm(layer + "layer_output_norm");
        }
        return model;
    }

    private static TinyModel ofArchitecture(String architecture, long seed) {
        TinyModel model = new TinyModel(seed);
        List<String> tokens = tokens();
        return model.text("general.architecture", architecture)
                .text("general.name", "Tiny")
                .uint32(architecture + ".context_length", 128)
                .uint32(architecture + ".embedding_length", WIDTH)
                .uint32(architecture + ".block_count", LAYERS)
                .text("tokenizer.ggml.model", "llama")
                .texts("tokenizer.ggml.tokens", tokens)
                .float32s("tokenizer.ggml.scores", scores(tokens))
                .int32s("tokenizer.ggml.token_type", types(tokens))
                .uint32("tokenizer.ggml.bos_token_id", 1)
                .uint32("tokenizer.ggml.eos_token_id", 2)
                .uint32("tokenizer.ggml.unknown_token_id", 0)
                .bool("tokenizer.ggml.add_bos_token", true)
                .text("tokenizer.chat_template", "{% for m in messages %}{{ m['content'] }}{% endfor %}")
                .tensor("token_embd.weight", TensorType.Q8_0, WIDTH, tokens.size())
                .tensor("output_norm.weight", TensorType.F32, WIDTH)
                .tensor("output.weight", TensorType.F16, WIDTH, tokens.size());
    }

    /** {@return a model of the bert architecture that scores documents} */
    public static TinyModel reranker() {
        return bert(43).without("bert.pooling_type")
                .tensor("cls.weight", TensorType.F16, WIDTH, WIDTH)
                .tensor("cls.bias", TensorType.F32, WIDTH)
                .tensor("cls.output.weight", TensorType.F16, WIDTH, 1)
                .tensor("cls.output.bias", TensorType.F32, 1);
    }

    /**
     * An encoder of another kind.
     *
     * @param kind {@code nomic-bert} or {@code jina-bert-v2}, which are architectures, or {@code sentencepiece} for a BERT with the
     *     vocabulary of XLM-RoBERTa
     * @return the model
     */
    public static TinyModel encoder(String kind) {
        return switch (kind) {
            case "nomic-bert" -> nomic();
            case "jina-bert-v2" -> jina();
            default -> sentencePiece();
        };
    }

    private static TinyModel nomic() {
        TinyModel model = bert().architecture("nomic-bert").float32("nomic-bert.rope.freq_base", 1000);
        model.withoutTensor("position_embd.weight");
        for (int i = 0; i < LAYERS; i++) {
            String layer = "blk." + i + ".";
            for (String part : List.of("attn_q", "attn_k", "attn_v")) {
                model.withoutTensor(layer + part + ".weight").withoutTensor(layer + part + ".bias");
            }
            model.withoutTensor(layer + "attn_output.bias")
                    .withoutTensor(layer + "ffn_up.bias")
                    .withoutTensor(layer + "ffn_down.bias")
                    .tensor(layer + "attn_qkv.weight", TensorType.F16, WIDTH, 3 * WIDTH)
                    .tensor(layer + "ffn_gate.weight", TensorType.F16, WIDTH, FEED_FORWARD);
        }
        return model;
    }

    private static TinyModel jina() {
        TinyModel model = bert().architecture("jina-bert-v2");
        model.withoutTensor("position_embd.weight");
        for (int i = 0; i < LAYERS; i++) {
            String layer = "blk." + i + ".";
            model.withoutTensor(layer + "ffn_up.bias")
                    .norm(layer + "attn_q_norm")
                    .norm(layer + "attn_k_norm")
                    .tensor(layer + "ffn_gate.weight", TensorType.F16, WIDTH, FEED_FORWARD);
        }
        return model;
    }

    private static TinyModel sentencePiece() {
        List<String> tokens = new ArrayList<>(List.of("<s>", "<pad>", "</s>", "<unk>"));
        wordPieces().stream().skip(5).forEach(tokens::add);
        int[] types = new int[tokens.size()];
        Arrays.fill(types, 1);
        Arrays.fill(types, 0, 4, 3);
        types[3] = 2;
        float[] scores = new float[tokens.size()];
        for (int i = 4; i < scores.length; i++) {
            scores[i] = -i / 10f;
        }
        return bert().without("tokenizer.ggml.mask_token_id")
                .text("tokenizer.ggml.model", "t5")
                .texts("tokenizer.ggml.tokens", tokens)
                .float32s("tokenizer.ggml.scores", scores)
                .int32s("tokenizer.ggml.token_type", types)
                .uint32("tokenizer.ggml.bos_token_id", 0)
                .uint32("tokenizer.ggml.padding_token_id", 1)
                .uint32("tokenizer.ggml.eos_token_id", 2)
                .uint32("tokenizer.ggml.seperator_token_id", 2)
                .uint32("tokenizer.ggml.unknown_token_id", 3)
                .bool("tokenizer.ggml.add_bos_token", true)
                .bool("tokenizer.ggml.add_eos_token", true)
                .bool("tokenizer.ggml.add_space_prefix", true)
                .bool("tokenizer.ggml.remove_extra_whitespaces", true)
                .int8s("tokenizer.ggml.precompiled_charsmap", charsmap())
                .tensor("token_embd.weight", TensorType.F16, WIDTH, tokens.size());
    }

    /** {@return a table of normalisation that makes capitals small: the bytes of its length, 512 nodes, and the small letters} */
    public static byte[] charsmap() {
        int[] nodes = new int[512];
        // The root leads to the second half; a capital there leads to a node of the first half, which has its small
        // letter.
        nodes[0] = 256 << 10;
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * nodes.length + 2 * 26).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 26; i++) {
            int capital = 'A' + i;
            int node = 256 ^ capital;
            int value = i + 1;
            nodes[node] = (node ^ value) << 10 | 1 << 8 | capital;
            nodes[value] = 1 << 31 | 2 * i;
        }
        bytes.putInt(4 * nodes.length);
        Arrays.stream(nodes).forEach(bytes::putInt);
        for (int i = 0; i < 26; i++) {
            bytes.put((byte) ('a' + i)).put((byte) 0);
        }
        return bytes.array();
    }

    /** Changes the architecture, and with it the keys that begin with its name. */
    private TinyModel architecture(String name) {
        text("general.architecture", name);
        return uint32(name + ".context_length", BERT_CONTEXT)
                .uint32(name + ".embedding_length", WIDTH)
                .uint32(name + ".block_count", LAYERS)
                .uint32(name + ".feed_forward_length", FEED_FORWARD)
                .uint32(name + ".attention.head_count", HEADS)
                .float32(name + ".attention.layer_norm_epsilon", 1e-12)
                .bool(name + ".attention.causal", false)
                .uint32(name + ".pooling_type", 1);
    }

    private TinyModel norm(String name) {
        return tensor(name + ".weight", TensorType.F32, WIDTH).tensor(name + ".bias", TensorType.F32, WIDTH);
    }

    /** {@return the WordPiece vocabulary: five special tokens, the letters at the beginning of a word and within one, and some words} */
    public static List<String> wordPieces() {
        List<String> tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        for (char c = 'a'; c <= 'z'; c++) {
            tokens.add("▁" + c);
            tokens.add(String.valueOf(c));
        }
        for (char c : ".,?!0123456789".toCharArray()) {
            tokens.add("▁" + c);
        }
        tokens.addAll(List.of("▁the", "▁dog", "▁cat", "▁barks", "ing", "ed", "er", "▁once", "▁upon", "▁time"));
        return tokens;
    }

    private static int[] wordPieceTypes(List<String> tokens) {
        int[] types = new int[tokens.size()];
        Arrays.fill(types, 1);
        Arrays.fill(types, 0, 5, 3);
        return types;
    }

    /** {@return the vocabulary: three special tokens, one for each byte, and some pieces} */
    public static List<String> tokens() {
        List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
        for (int i = 0; i < 256; i++) {
            tokens.add(String.format("<0x%02X>", i));
        }
        tokens.add("▁");
        for (char c = 'a'; c <= 'z'; c++) {
            tokens.add(String.valueOf(c));
        }
        tokens.addAll(List.of(
                "th", "he", "▁the", "▁a", "an", "▁and", "in", "on", "▁on", "ce", "▁once", "up", "▁up", "▁upon", "▁t",
                "▁to", "er", "re", "▁there", "▁was", "O", "▁O", "▁Once", "ti", "me", "▁time", "."));
        return tokens;
    }

    private static float[] scores(List<String> tokens) {
        float[] scores = new float[tokens.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = i < 259 ? 0 : 259 - i;
        }
        return scores;
    }

    private static int[] types(List<String> tokens) {
        int[] types = new int[tokens.size()];
        Arrays.fill(types, 1);
        types[0] = 2;
        types[1] = 3;
        types[2] = 3;
        Arrays.fill(types, 3, 259, 6);
        return types;
    }

    public TinyModel text(String key, String value) {
        return put(key, writer -> writer.text(key, value));
    }

    public TinyModel uint32(String key, long value) {
        return put(key, writer -> writer.uint32(key, value));
    }

    public TinyModel whole(String key, GgufType type, long value) {
        return put(key, writer -> writer.whole(key, type, value));
    }

    public TinyModel float32(String key, double value) {
        return put(key, writer -> writer.float32(key, (float) value));
    }

    public TinyModel bool(String key, boolean value) {
        return put(key, writer -> writer.bool(key, value));
    }

    public TinyModel texts(String key, List<String> values) {
        return put(key, writer -> writer.texts(key, values));
    }

    public TinyModel float32s(String key, float... values) {
        return put(key, writer -> writer.float32s(key, values));
    }

    public TinyModel int32s(String key, int... values) {
        return put(key, writer -> writer.int32s(key, values));
    }

    public TinyModel int8s(String key, byte... values) {
        return put(key, writer -> writer.int8s(key, values));
    }

    /** Adds control tokens behind all others of the SentencePiece vocabulary. */
    public TinyModel control(String... names) {
        List<String> tokens = tokens();
        int before = tokens.size();
        tokens.addAll(List.of(names));
        int[] types = types(tokens);
        Arrays.fill(types, before, tokens.size(), 3);
        for (String name : List.of("token_embd.weight", "output.weight")) {
            tensor(name, tensors.get(name).type, WIDTH, tokens.size());
        }
        return texts("tokenizer.ggml.tokens", tokens)
                .float32s("tokenizer.ggml.scores", scores(tokens))
                .int32s("tokenizer.ggml.token_type", types);
    }

    /** Adds the five tokens that mark the parts of a text with a gap, as files of today name them. */
    public TinyModel fillsGaps() {
        List<String> names = List.of("prefix", "suffix", "middle", "repository", "file");
        List<String> keys = List.of("fim_pre", "fim_suf", "fim_mid", "fim_rep", "fim_sep");
        control(names.stream().map(name -> "[" + name + "]").toArray(String[]::new));
        for (int i = 0; i < keys.size(); i++) {
            uint32("tokenizer.ggml." + keys.get(i) + "_token_id", tokens().size() + i);
        }
        return this;
    }

    /** Leaves an entry out. */
    public TinyModel without(String key) {
        entries.remove(key);
        return this;
    }

    /** Adds a tensor, or changes the type and shape of one that is there. */
    public TinyModel tensor(String name, TensorType type, long... dimensions) {
        tensors.put(name, new Tensor(type, Arrays.stream(dimensions).boxed().toList()));
        return this;
    }

    /** Makes all tensors F32: the same tokens then give nearly the same numbers, whatever else is evaluated with them. */
    public TinyModel exact() {
        tensors.replaceAll((name, tensor) -> new Tensor(TensorType.F32, tensor.dimensions()));
        return this;
    }

    /** Leaves a tensor out. */
    public TinyModel withoutTensor(String name) {
        tensors.remove(name);
        return this;
    }

    /** Adds numbers to the weights of a tensor of two dimensions, an array for each row. */
    public TinyModel plus(String name, float[][] change) {
        changes.put(name, change);
        return this;
    }

    private TinyModel put(String key, Consumer<GgufWriter> entry) {
        entries.put(key, entry);
        return this;
    }

    private static void add(float[] change, float[] row) {
        for (int i = 0; i < row.length; i++) {
            row[i] += change[i];
        }
    }

    /**
     * Writes the model.
     *
     * @param file the file
     * @return the file
     */
    public Path write(Path file) {
        GgufWriter writer = new GgufWriter();
        entries.values().forEach(entry -> entry.accept(writer));
        Random random = new Random(seed);
        tensors.forEach((name, tensor) -> {
            boolean norm = name.endsWith("norm.weight");
            Optional<Iterator<float[]>> change = Optional.ofNullable(changes.get(name))
                    .map(rows -> Arrays.asList(rows).iterator());
            writer.tensor(name, tensor.type, tensor.dimensions, row -> {
                for (int i = 0; i < row.length; i++) {
                    row[i] = norm ? 1 : (float) random.nextGaussian() * 0.2f;
                }
                change.ifPresent(rows -> add(rows.next(), row));
            });
        });
        try {
            writer.write(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }
}
