package io.hyperion.core.llama;

import com.sun.jna.Callback;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;

/**
 * The functions and structures of llama.h, and those of ggml-backend.h, that Hyperion uses, as JNA direct mapping: {@link LlamaLibrary} binds them to the library.
 *
 * <p>C's {@code bool} is one byte: it is a {@code byte} here, since JNA would pass a Java boolean as 32 bits. Sizes
 * ({@code size_t}) are {@code long}, as on all supported 64-bit platforms. Texts are NUL-terminated UTF-8 in byte arrays.
 */
final class LlamaH {
    private LlamaH() {}

    static native void llama_backend_init();

    static native void llama_log_set(LogCallback callback, Pointer userData);

    static native ModelParams.Padded llama_model_default_params();

    static native ContextParams.Padded llama_context_default_params();

    static native Pointer llama_model_load_from_file(byte[] path, ModelParams.ByValue params);

    static native void llama_model_free(Pointer model);

    static native Pointer llama_init_from_model(Pointer model, ContextParams.ByValue params);

    static native void llama_free(Pointer context);

    static native int llama_n_ctx(Pointer context);

    static native Pointer llama_model_get_vocab(Pointer model);

    static native int llama_model_n_ctx_train(Pointer model);

    static native byte llama_model_is_recurrent(Pointer model);

    static native int llama_model_n_embd(Pointer model);

    static native byte llama_model_has_encoder(Pointer model);

    static native byte llama_model_has_decoder(Pointer model);

    static native Pointer llama_adapter_lora_init(Pointer model, byte[] path);

    static native void llama_adapter_lora_free(Pointer adapter);

    static native int llama_set_adapter_lora(Pointer context, Pointer adapter, float scale);

    static native void llama_clear_adapter_lora(Pointer context);

    static native int llama_vocab_n_tokens(Pointer vocab);

    static native int llama_vocab_type(Pointer vocab);

    static native int llama_vocab_bos(Pointer vocab);

    static native int llama_vocab_eos(Pointer vocab);

    static native int llama_vocab_sep(Pointer vocab);

    static native int llama_vocab_nl(Pointer vocab);

    static native int llama_vocab_fim_pre(Pointer vocab);

    static native int llama_vocab_fim_suf(Pointer vocab);

    static native int llama_vocab_fim_mid(Pointer vocab);

    static native int llama_vocab_fim_rep(Pointer vocab);

    static native int llama_vocab_fim_sep(Pointer vocab);

    static native byte llama_vocab_get_add_bos(Pointer vocab);

    static native byte llama_vocab_is_eog(Pointer vocab, int token);

    static native int llama_tokenize(
            Pointer vocab, byte[] text, int length, int[] tokens, int maxTokens, byte addSpecial, byte parseSpecial);

    static native int llama_token_to_piece(
            Pointer vocab, int token, byte[] buffer, int length, int leftStrip, byte special);

    static native void llama_set_abort_callback(Pointer context, Pointer callback, Pointer data);

    static native int llama_decode(Pointer context, Batch.ByValue batch);

    /** The address, and not a Pointer: that would be a new object for each token. */
    static native long llama_get_logits_ith(Pointer context, int index);

    static native Pointer llama_get_embeddings_ith(Pointer context, int index);

    static native Pointer llama_get_embeddings_seq(Pointer context, int sequence);

    static native byte llama_kv_self_seq_rm(Pointer context, int sequence, int from, int to);

    static native void llama_kv_self_seq_cp(Pointer context, int source, int destination, int from, int to);

    static native void llama_kv_self_seq_add(Pointer context, int sequence, int from, int to, int delta);

    static native byte llama_kv_self_can_shift(Pointer context);

    static native void llama_kv_self_defrag(Pointer context);

    static native void llama_kv_self_update(Pointer context);

    static native void llama_kv_self_clear(Pointer context);

    static native CacheView.ByValue llama_kv_cache_view_init(Pointer context, int maxSequences);

    static native void llama_kv_cache_view_update(Pointer context, CacheView view);

    static native void llama_kv_cache_view_free(CacheView view);

    static native int llama_kv_self_used_cells(Pointer context);

    static native long llama_state_seq_get_size(Pointer context, int sequence);

    static native long llama_state_seq_get_data(Pointer context, Pointer destination, long size, int sequence);

    static native long llama_state_seq_set_data(Pointer context, Pointer source, long size, int sequence);

    /**
     * The structure that it takes by value is one byte, which all processors pass as they pass a byte. A {@link Structure} would leave a
     * trace in the thread that asks, which is the server's, and so keep the class loader of an application that is gone.
     */
    static native Pointer llama_sampler_chain_init(byte noPerf);

    static native void llama_sampler_chain_add(Pointer chain, Pointer sampler);

    static native int llama_sampler_sample(Pointer sampler, Pointer context, int index);

    static native void llama_sampler_apply(Pointer sampler, Pointer candidates);

    static native void llama_sampler_accept(Pointer sampler, int token);

    static native void llama_sampler_free(Pointer sampler);

    static native Pointer llama_sampler_init_greedy();

    static native Pointer llama_sampler_init_dist(int seed);

    static native Pointer llama_sampler_init_top_k(int k);

    static native Pointer llama_sampler_init_top_p(float p, long minKeep);

    static native Pointer llama_sampler_init_min_p(float p, long minKeep);

    static native Pointer llama_sampler_init_typical(float p, long minKeep);

    static native Pointer llama_sampler_init_temp(float temperature);

    static native Pointer llama_sampler_init_temp_ext(float temperature, float range, float exponent);

    static native Pointer llama_sampler_init_xtc(float probability, float threshold, long minKeep, int seed);

    static native Pointer llama_sampler_init_top_n_sigma(float n);

    static native Pointer llama_sampler_init_mirostat(int vocabularySize, int seed, float tau, float eta, int m);

    static native Pointer llama_sampler_init_mirostat_v2(int seed, float tau, float eta);

    static native Pointer llama_sampler_init_penalties(int lastN, float repeat, float frequency, float presence);

    static native Pointer llama_sampler_init_dry(
            Pointer vocab,
            int contextSize,
            float multiplier,
            float base,
            int allowedLength,
            int lastN,
            Pointer breakers,
            long breakerCount);

    static native Pointer llama_print_system_info();

    static native long ggml_backend_dev_count();

    static native Pointer ggml_backend_dev_get(long index);

    static native Pointer ggml_backend_dev_name(Pointer device);

    static native Pointer ggml_backend_dev_description(Pointer device);

    static native int ggml_backend_dev_type(Pointer device);

    static native void ggml_backend_dev_memory(Pointer device, long[] free, long[] total);

    /** {@code ggml_log_callback}. */
    interface LogCallback extends Callback {
        void log(int level, Pointer text, Pointer userData);
    }

    /** {@code llama_progress_callback}. */
    interface ProgressCallback extends Callback {
        byte progress(float fraction, Pointer userData);
    }

    /** {@code llama_model_params}. */
    @FieldOrder({
        "devices",
        "nGpuLayers",
        "splitMode",
        "mainGpu",
        "tensorSplit",
        "progressCallback",
        "progressCallbackUserData",
        "kvOverrides",
        "vocabOnly",
        "useMmap",
        "useMlock",
        "checkTensors"
    })
    public static class ModelParams extends Structure {
        public Pointer devices;
        public int nGpuLayers;
        public int splitMode;
        public int mainGpu;
        public Pointer tensorSplit;
        public Pointer progressCallback;
        public Pointer progressCallbackUserData;
        public Pointer kvOverrides;
        public byte vocabOnly;
        public byte useMmap;
        public byte useMlock;
        public byte checkTensors;

        public static final class ByValue extends ModelParams implements Structure.ByValue {}

        /** Has room behind the fields, for a library whose structure turns out to be larger than the one expected. */
        @FieldOrder("padding")
        public static final class Padded extends ModelParams implements Structure.ByValue {
            public byte[] padding = new byte[PADDING];
        }
    }

    /** {@code llama_context_params}. */
    @FieldOrder({
        "nCtx",
        "nBatch",
        "nUbatch",
        "nSeqMax",
        "nThreads",
        "nThreadsBatch",
        "ropeScalingType",
        "poolingType",
        "attentionType",
        "ropeFreqBase",
        "ropeFreqScale",
        "yarnExtFactor",
        "yarnAttnFactor",
        "yarnBetaFast",
        "yarnBetaSlow",
        "yarnOrigCtx",
        "defragThold",
        "cbEval",
        "cbEvalUserData",
        "typeK",
        "typeV",
        "logitsAll",
        "embeddings",
        "offloadKqv",
        "flashAttn",
        "noPerf",
        "abortCallback",
        "abortCallbackData"
    })
    public static class ContextParams extends Structure {
        public int nCtx;
        public int nBatch;
        public int nUbatch;
        public int nSeqMax;
        public int nThreads;
        public int nThreadsBatch;
        public int ropeScalingType;
        public int poolingType;
        public int attentionType;
        public float ropeFreqBase;
        public float ropeFreqScale;
        public float yarnExtFactor;
        public float yarnAttnFactor;
        public float yarnBetaFast;
        public float yarnBetaSlow;
        public int yarnOrigCtx;
        public float defragThold;
        public Pointer cbEval;
        public Pointer cbEvalUserData;
        public int typeK;
        public int typeV;
        public byte logitsAll;
        public byte embeddings;
        public byte offloadKqv;
        public byte flashAttn;
        public byte noPerf;
        public Pointer abortCallback;
        public Pointer abortCallbackData;

        public static final class ByValue extends ContextParams implements Structure.ByValue {}

        /** Has room behind the fields, for a library whose structure turns out to be larger than the one expected. */
        @FieldOrder("padding")
        public static final class Padded extends ContextParams implements Structure.ByValue {
            public byte[] padding = new byte[PADDING];
        }
    }

    /** {@code llama_batch}. */
    @FieldOrder({"nTokens", "token", "embd", "pos", "nSeqId", "seqId", "logits"})
    public static class Batch extends Structure {
        public int nTokens;
        public Pointer token;
        public Pointer embd;
        public Pointer pos;
        public Pointer nSeqId;
        public Pointer seqId;
        public Pointer logits;

        public static final class ByValue extends Batch implements Structure.ByValue {}
    }

    /** {@code llama_kv_cache_view}. */
    @FieldOrder({
        "nCells",
        "nSeqMax",
        "tokenCount",
        "usedCells",
        "maxContiguous",
        "maxContiguousIdx",
        "cells",
        "cellsSequences"
    })
    public static class CacheView extends Structure {
        public int nCells;
        public int nSeqMax;
        public int tokenCount;
        public int usedCells;
        public int maxContiguous;
        public int maxContiguousIdx;
        public Pointer cells;
        public Pointer cellsSequences;

        public static final class ByValue extends CacheView implements Structure.ByValue {}
    }

    /** Frees a structure's memory, which JNA otherwise frees when the structure is collected: {@link LlamaLibrary#release()} ends that. */
    static void free(Structure structure) {
        if (structure.getPointer() instanceof Memory memory) {
            memory.close();
        }
    }

    private static final int PADDING = 256;
}
