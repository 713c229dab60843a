package io.hyperion.core.gguf;

import io.hyperion.core.gguf.ModelArchitecture.Kind;
import io.hyperion.core.gguf.ModelArchitecture.Trait;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** The numbers that shape a model. */
final class HyperParameterCheck {
    /** LLAMA_MAX_LAYERS: the length of llama.cpp's arrays with a number per layer, where nothing checks the index. */
    static final int MAX_LAYERS = 512;

    /** LLAMA_MAX_EXPERTS, asserted. */
    private static final int MAX_EXPERTS = 256;

    /** Far above any model: of ten million tokens is the longest context known. */
    private static final long MAX_CONTEXT = 1L << 27;

    /** llama.cpp forbids the model the tokens 4 to 8195, whether there are so many or not. */
    private static final int CHAMELEON_IMAGE_TOKENS = 8196;

    private static final long MAX_WIDTH = 1L << 24;
    private static final long MAX_HEADS = 1L << 16;

    private final Entries entries;
    private final ModelArchitecture architecture;
    private final String prefix;

    HyperParameterCheck(Entries entries, ModelArchitecture architecture) {
        this.entries = entries;
        this.architecture = architecture;
        this.prefix = architecture.id() + ".";
    }

    void check() throws GgufException {
        finite();
        entries.number(key("context_length"), 1, MAX_CONTEXT);
        long width = entries.number(key("embedding_length"), 1, MAX_WIDTH);
        int layers = (int) entries.number(key("block_count"), 1, MAX_LAYERS);
        Set<Long> layerCounts = architecture.layerCounts();
        if (!layerCounts.isEmpty() && !layerCounts.contains((long) layers)) {
            throw fault(
                    "block_count",
                    "is " + layers + ", and for " + architecture.id() + " llama.cpp knows only models of "
                            + layerCounts.stream().sorted().toList() + " layers");
        }
        if (layers < architecture.windowPeriod()) {
            throw fault(
                    "block_count",
                    "is " + layers + ", and " + architecture.id() + " has at least " + architecture.windowPeriod());
        }
        if (architecture == ModelArchitecture.CHAMELEON && entries.file().vocabularySize() < CHAMELEON_IMAGE_TOKENS) {
            throw fault(
                    "embedding_length",
                    "is of a model with " + entries.file().vocabularySize() + " tokens, and chameleon has at least "
                            + CHAMELEON_IMAGE_TOKENS);
        }
        perLayer("feed_forward_length", layers, 0, MAX_WIDTH, 0);
        experts();
        scales();
        embeddings();
        if (architecture.kind() == Kind.RECURRENT) {
            recurrent(width);
        } else {
            heads(width, layers);
        }
    }

    private String key(String name) {
        return prefix + name;
    }

    private GgufException fault(String name, String fault) {
        return entries.fault(key(name), fault);
    }

    /** A number that is none makes every logit none, and what samples from those is undefined. */
    private void finite() throws GgufException {
        for (Map.Entry<String, GgufValue> entry : entries.file().metadata().entrySet()) {
            if (entry.getKey().startsWith(prefix)
                    && entry.getValue() instanceof GgufValue.Real real
                    && !Double.isFinite(real.value())) {
                throw entries.fault(entry.getKey(), "is " + real.value() + ", which is no number to calculate with");
            }
        }
    }

    private void experts() throws GgufException {
        long count = entries.number(key("expert_count"), 0, MAX_EXPERTS, 0);
        // Asserted: none of none, or at least one of them.
        entries.number(key("expert_used_count"), Math.min(1, count), count, 0);
        if (count > 0 && !entries.has(key("expert_used_count"))) {
            throw fault("expert_used_count", "is missing, but there are " + count + " experts");
        }
        // A third one would abort while the graph is built.
        entries.number(key("expert_gating_func"), 0, 2, 0);
    }

    private void embeddings() throws GgufException {
        // An unknown one would abort while the graph is built.
        entries.number(key("pooling_type"), 0, GgufFile.MAX_POOLING_TYPE, 0);
        if (architecture.kind() == Kind.EMBEDDING
                && entries.flag(key("attention.causal")).orElse(false)) {
            throw fault("attention.causal", "is true, but " + architecture.id() + " sees all tokens of a text at once");
        }
    }

    private void scales() throws GgufException {
        // Asserted not to be negative in each normalisation.
        real("attention.layer_norm_epsilon", 0, 1);
        real("attention.layer_norm_rms_epsilon", 0, 1);
        real("attention.group_norm_epsilon", 0, 1);
        real("attention.max_alibi_bias", 0, 1e6);
        real("attn_logit_softcapping", 1e-6, 1e9);
        real("final_logit_softcapping", 1e-6, 1e9);
        real("rope.freq_base", 1, 1e15);
        ropeFactor("rope.scaling.factor");
        ropeFactor("rope.scale_linear");
        String scaling = entries.text(key("rope.scaling.type")).orElse("linear");
        if (!Set.of("none", "linear", "yarn", "longrope").contains(scaling)) {
            throw fault(
                    "rope.scaling.type",
                    "is " + Messages.quote(scaling)
                            + ", and llama.cpp aborts on all but none, linear, yarn and longrope");
        }
    }

    /** It is divided by, and zero stands for none. */
    private void ropeFactor(String name) throws GgufException {
        if (!(entries.file().metadata().get(key(name)) instanceof GgufValue.Real factor) || factor.value() != 0) {
            real(name, 1e-4, 1e6);
        }
    }

    private void real(String name, double least, double most) throws GgufException {
        GgufValue value = entries.file().metadata().get(key(name));
        if (value == null) {
            return;
        }
        if (!(value instanceof GgufValue.Real real) || real.type() != GgufType.FLOAT32) {
            throw entries.wrongType(key(name), value, "float32");
        }
        if (!(real.value() >= least && real.value() <= most)) {
            throw fault(name, "is " + real.value() + ", and must be " + least + " to " + most);
        }
    }

    private HeadShape.PerLayer perLayer(String name, int layers, long least, long most, long otherwise)
            throws GgufException {
        GgufValue value = entries.file().metadata().get(key(name));
        if (!(value instanceof GgufValue.Numbers numbers)) {
            long same = entries.number(key(name), least, most, otherwise);
            return layer -> same;
        }
        // Of a list of floating point numbers llama.cpp asserts that it is none.
        if (numbers.elementType() != GgufType.UINT32 && numbers.elementType() != GgufType.INT32) {
            throw entries.wrongType(key(name), value, "uint32 or a list of int32");
        }
        if (numbers.size() != layers) {
            throw fault(name, "has " + numbers.size() + " elements, but there are " + layers + " layers");
        }
        for (int layer = 0; layer < layers; layer++) {
            long number = numbers.whole(layer);
            if (number < least || number > most) {
                throw fault(name, "is " + number + " in layer " + layer + ", and must be " + least + " to " + most);
            }
        }
        return numbers::whole;
    }

    private void heads(long width, int layers) throws GgufException {
        if (!entries.has(key("attention.head_count"))) {
            throw fault("attention.head_count", "is missing");
        }
        boolean free = architecture.has(Trait.HEADS_PER_LAYER);
        HeadShape.PerLayer heads = perLayer("attention.head_count", layers, free ? 0 : 1, MAX_HEADS, 0);
        HeadShape.PerLayer keyValueHeads = entries.has(key("attention.head_count_kv"))
                ? perLayer("attention.head_count_kv", layers, free ? 0 : 1, MAX_HEADS, 0)
                : heads;
        long first = heads.of(0);
        if (first == 0) {
            throw fault("attention.head_count", "is 0 in layer 0, and llama.cpp divides by it");
        }
        for (int layer = 0; layer < layers; layer++) {
            long queries = heads.of(layer);
            long keys = keyValueHeads.of(layer);
            // Nothing checks this before the graph is built, and there it is asserted.
            if (keys == 0 ? queries != 0 && !free : queries % keys != 0) {
                throw fault(
                        "attention.head_count_kv", "is " + keys + ", which does not divide the " + queries + " heads");
            }
            if (keys != queries && (architecture.has(Trait.KEYS_AS_QUERIES) || normalisesAllKeys(layer))) {
                throw fault(
                        "attention.head_count_kv",
                        "is " + keys + ", but " + architecture.id() + " has as many as heads, " + queries);
            }
            // Elsewhere the graph is built with those of the first layer, and the cache with those of each.
            if (!free && (queries != first || keys != keyValueHeads.of(0))) {
                throw fault(
                        queries != first ? "attention.head_count" : "attention.head_count_kv",
                        "differs from layer to layer, which " + architecture.id() + " does not allow");
            }
        }
        lengths(width, first);
    }

    /** MPT's normalisation of keys, where there is one, has as many weights as the model is wide. */
    private boolean normalisesAllKeys(int layer) {
        return architecture == ModelArchitecture.MPT
                && entries.file().tensor("blk." + layer + ".attn_k_norm.weight").isPresent();
    }

    private void lengths(long width, long heads) throws GgufException {
        long usual = width / heads;
        long keyLength = entries.number(key("attention.key_length"), 1, MAX_HEADS, usual);
        long valueLength = entries.number(key("attention.value_length"), 1, MAX_HEADS, usual);
        if (keyLength == 0 || valueLength == 0) {
            throw fault("attention.head_count", "is " + heads + ", more than the model is wide: " + width);
        }
        if (!architecture.has(Trait.FREE_HEAD_SIZE) && keyLength * heads != width) {
            throw fault(
                    entries.has(key("attention.key_length")) ? "attention.key_length" : "attention.head_count",
                    "gives " + heads + " heads of " + keyLength + ", which are not the width of the model: " + width);
        }
        if (!architecture.has(Trait.VALUES_DIFFER) && keyLength != valueLength) {
            throw fault(
                    entries.has(key("attention.value_length")) ? "attention.value_length" : "attention.key_length",
                    "gives values of " + valueLength + ", but keys of " + keyLength);
        }
        rope(keyLength);
    }

    private void rope(long keyLength) throws GgufException {
        String name = "rope.dimension_count";
        boolean fills = architecture.has(Trait.ROPE_FILLS_HEAD);
        long dimensions = entries.number(key(name), 0, keyLength, keyLength);
        // Asserted: they go in pairs.
        if (dimensions % 2 != 0) {
            throw fault(name, "is " + dimensions + ", and must be even");
        }
        if (fills && dimensions != keyLength) {
            throw fault(name, "is " + dimensions + ", but a head has " + keyLength);
        }
        if (architecture.has(Trait.WINDOW)) {
            entries.number(key("attention.sliding_window"), 1, MAX_CONTEXT, 1);
        }
    }

    private void recurrent(long width) throws GgufException {
        // With heads, the cache would be laid out for keys and values and used for states.
        entries.number(key("attention.head_count"), 0, 0, 0);
        if (architecture == ModelArchitecture.MAMBA) {
            entries.number(key("attention.head_count_kv"), 0, 0, 0);
            entries.number(key("ssm.conv_kernel"), 2, 64);
            entries.number(key("ssm.inner_size"), 1, MAX_WIDTH);
            entries.number(key("ssm.state_size"), 1, MAX_WIDTH);
            entries.number(key("ssm.time_step_rank"), 1, MAX_WIDTH);
            return;
        }
        long headSize = entries.number(key("wkv.head_size"), 1, width);
        if (width % headSize != 0) {
            throw fault("wkv.head_size", "is " + headSize + ", which does not divide the width " + width);
        }
        long heads = width / headSize;
        long keyHeads = entries.number(key("attention.head_count_kv"), 0, MAX_HEADS, 0);
        // Only one of them repeats keys and values for several heads; the others are built as if all had their own.
        boolean grouped = architecture == ModelArchitecture.RWKV6QWEN2;
        if (keyHeads != 0 && (grouped ? heads % keyHeads != 0 : heads != keyHeads)) {
            throw fault(
                    "attention.head_count_kv", "is " + keyHeads + ", which does not go with the " + heads + " heads");
        }
        boolean two = architecture == ModelArchitecture.RWKV6 || architecture == ModelArchitecture.RWKV7;
        OptionalLong shifts = entries.number(key("token_shift_count"));
        if (shifts.orElse(2) != (two ? 2 : 1)) {
            throw fault("token_shift_count", "is " + shifts.orElse(2) + ", and must be " + (two ? 2 : 1));
        }
    }
}
