package io.hyperion.core.llama;

import com.sun.jna.CallbackReference;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The weights and the vocabulary of a model, in memory ({@code llama_model}). Safe for use by many threads; {@link #close()} waits for
 * calls under way.
 */
public final class LlamaModel implements AutoCloseable {
    /** One for all models, since native code calls it. */
    private static final LoadCalls LOADS = new LoadCalls();

    private final LlamaLibrary library;
    private final String name;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Vocabulary vocabulary;
    private final Pointer vocab;
    private Pointer handle;
    private int openContexts;
    private final List<LoraAdapter> adapters = new ArrayList<>();

    private LlamaModel(LlamaLibrary library, String name, Pointer handle) {
        this.library = library;
        this.name = name;
        this.handle = handle;
        this.vocab = LlamaH.llama_model_get_vocab(handle);
        this.vocabulary = new Vocabulary(this, vocab);
    }

    /**
     * Loads a model, and tells nobody how far it is.
     *
     * @param library the library, which must stay open until the model is closed
     * @param file the GGUF file
     * @param gpuLayers how many layers go to the GPU
     * @return the model; the caller closes it
     * @throws LlamaException if the library cannot load it
     */
    public static LlamaModel load(LlamaLibrary library, Path file, int gpuLayers) throws LlamaException {
        return load(library, file, gpuLayers, LoadProgress.NONE);
    }

    /**
     * Loads a model. The file must have passed {@code io.hyperion.core.gguf}: llama.cpp dies of some damaged files.
     *
     * @param library the library, which must stay open until the model is closed
     * @param file the GGUF file
     * @param gpuLayers how many layers go to the GPU; 0 for none; ignored by a library without GPU support
     * @param progress hears how far it is, and may end it
     * @return the model; the caller closes it
     * @throws LoadCancelledException if the progress did not want to go on
     * @throws LlamaException if the library cannot load it; the message has llama.cpp's reason
     */
    public static LlamaModel load(LlamaLibrary library, Path file, int gpuLayers, LoadProgress progress)
            throws LlamaException {
        library.requireOpen();
        if (gpuLayers < 0) {
            throw new IllegalArgumentException("gpuLayers must not be negative, but is " + gpuLayers);
        }
        if (!Files.isReadable(file)) {
            throw new LlamaException("The model file " + file + " cannot be read");
        }
        String name = file.getFileName().toString();
        try (LoadCalls.Call call = LOADS.begin(progress)) {
            LlamaH.ModelParams.ByValue params = new LlamaH.ModelParams.ByValue();
            params.nGpuLayers = gpuLayers;
            params.splitMode = 1;
            params.useMmap = 1;
            params.progressCallback = CallbackReference.getFunctionPointer(LOADS);
            params.progressCallbackUserData = call.userData();
            library.forgetFailures();
            Pointer handle = LlamaH.llama_model_load_from_file(nulTerminated(file.toString()), params);
            LlamaH.free(params);
            if (handle == null) {
                library.returnFreedMemory();
                call.requireWanted(name);
                throw new LlamaException("llama.cpp cannot load " + name + library.failure());
            }
            return new LlamaModel(library, name, handle);
        }
    }

    private static byte[] nulTerminated(String text) {
        return (text + '\0').getBytes(StandardCharsets.UTF_8);
    }

    /** {@return the vocabulary, which ends with this model} */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** {@return the context that the model was trained with, in tokens} */
    public int trainedContextLength() {
        Lock use = use();
        try {
            return LlamaH.llama_model_n_ctx_train(handle);
        } finally {
            use.unlock();
        }
    }

    /** {@return whether the model can generate text token by token: it has a decoder and no encoder} */
    public boolean isGenerative() {
        Lock use = use();
        try {
            return LlamaH.llama_model_has_decoder(handle) != 0 && LlamaH.llama_model_has_encoder(handle) == 0;
        } finally {
            use.unlock();
        }
    }

    /** {@return whether the model keeps a state of fixed size for each sequence, and not the keys and values of all tokens} */
    public boolean isRecurrent() {
        Lock use = use();
        try {
            return LlamaH.llama_model_is_recurrent(handle) != 0;
        } finally {
            use.unlock();
        }
    }

    /**
     * Loads a LoRA adapter, which a context uses only once {@link LlamaContext#setAdapters} says so. The file must have passed
     * {@code io.hyperion.core.gguf.LoraFileValidator} against the file of this model: llama.cpp dies of some damaged ones.
     *
     * @param file the GGUF file of the adapter
     * @return the adapter; freed with this model, if its caller does not close it before
     * @throws LlamaException if the library cannot load it; the message has llama.cpp's reason
     */
    public LoraAdapter loadAdapter(Path file) throws LlamaException {
        if (!Files.isReadable(file)) {
            throw new LlamaException("The adapter file " + file + " cannot be read");
        }
        lock.writeLock().lock();
        try {
            requireOpen();
            library.forgetFailures();
            Pointer adapter = LlamaH.llama_adapter_lora_init(handle, nulTerminated(file.toString()));
            if (adapter == null) {
                throw new LlamaException("llama.cpp cannot load " + file.getFileName() + library.failure());
            }
            LoraAdapter loaded = new LoraAdapter(this, file.getFileName().toString(), adapter);
            adapters.add(loaded);
            return loaded;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Frees an adapter, unless that is done already. */
    void free(LoraAdapter adapter) {
        lock.writeLock().lock();
        try {
            if (!adapters.contains(adapter)) {
                return;
            }
            if (openContexts > 0) {
                throw new IllegalStateException(
                        adapter + " may be in use by " + openContexts + " open contexts: close them first");
            }
            adapters.remove(adapter);
            LlamaH.llama_adapter_lora_free(adapter.takeHandle());
        } finally {
            lock.writeLock().unlock();
        }
    }

    /**
     * Makes a context over these weights.
     *
     * @param settings its sizes
     * @return the context; the caller closes it, before it closes this model
     * @throws LlamaException if it cannot be made, such as for want of memory
     */
    public LlamaContext newContext(LlamaContext.Settings settings) throws LlamaException {
        lock.writeLock().lock();
        try {
            requireOpen();
            LlamaH.ContextParams.ByValue params =
                    contextParams(settings.cells(), settings.batchSize(), settings.sequences(), settings.threads());
            library.forgetFailures();
            Pointer context = LlamaH.llama_init_from_model(handle, params);
            LlamaH.free(params);
            if (context == null) {
                throw new LlamaException("llama.cpp cannot make a context of " + settings.cells() + " tokens for "
                        + name + library.failure());
            }
            openContexts++;
            return new LlamaContext(this, context, settings);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /**
     * Makes a context that gives vectors over these weights.
     *
     * @param settings its sizes, and how it sums up
     * @return the context; the caller closes it, before it closes this model
     * @throws LlamaException if it cannot be made, such as for want of memory
     */
    public EmbeddingContext newEmbeddingContext(EmbeddingContext.Settings settings) throws LlamaException {
        lock.writeLock().lock();
        try {
            requireOpen();
            // Each step begins with an empty cache and takes whole texts, in one go: so all three are the same.
            LlamaH.ContextParams.ByValue params =
                    contextParams(settings.batchSize(), settings.batchSize(), settings.sequences(), settings.threads());
            params.poolingType = (settings.averages() ? Pooling.NONE : settings.pooling()).id();
            params.embeddings = 1;
            library.forgetFailures();
            Pointer context = LlamaH.llama_init_from_model(handle, params);
            LlamaH.free(params);
            if (context == null) {
                throw new LlamaException("llama.cpp cannot make a context for texts of " + settings.batchSize()
                        + " tokens for " + name + library.failure());
            }
            openContexts++;
            return new EmbeddingContext(
                    this, context, settings, LlamaH.llama_model_n_embd(handle), LlamaH.llama_model_n_ctx_train(handle));
        } finally {
            lock.writeLock().unlock();
        }
    }

    private static LlamaH.ContextParams.ByValue contextParams(int cells, int batchSize, int sequences, int threads) {
        LlamaH.ContextParams.ByValue params = new LlamaH.ContextParams.ByValue();
        params.nCtx = cells;
        params.nBatch = batchSize;
        params.nUbatch = batchSize;
        params.nSeqMax = sequences;
        params.nThreads = threads;
        params.nThreadsBatch = threads;
        params.ropeScalingType = -1;
        params.poolingType = -1;
        params.attentionType = -1;
        params.yarnExtFactor = -1;
        params.yarnAttnFactor = 1;
        params.yarnBetaFast = 32;
        params.yarnBetaSlow = 1;
        // Never by itself: a step that is broken off would break off the moving of cells too, and lose what they hold.
        params.defragThold = -1;
        params.typeK = 1;
        params.typeV = 1;
        params.offloadKqv = 1;
        params.noPerf = 1;
        return params;
    }

    String failure() {
        return library.failure();
    }

    void forgetFailures() {
        library.forgetFailures();
    }

    /** {@return the C library's function} */
    Pointer strlen() {
        return library.strlen();
    }

    /** Evaluates a batch; waits while another context of the library does. {@return what {@code llama_decode} gives} */
    int decode(Pointer context, LlamaH.Batch.ByValue batch) {
        return library.decode(context, batch);
    }

    void contextClosed() {
        lock.writeLock().lock();
        try {
            openContexts--;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Keeps the model open until the returned lock is unlocked. */
    Lock use() {
        Lock read = lock.readLock();
        read.lock();
        if (handle == null) {
            read.unlock();
            throw closedException();
        }
        return read;
    }

    /** Only between {@link #use()} and the unlock. */
    Pointer vocabHandle() {
        return vocab;
    }

    private void requireOpen() {
        if (handle == null) {
            throw closedException();
        }
    }

    private IllegalStateException closedException() {
        return new IllegalStateException("The model " + name + " is closed");
    }

    /**
     * Frees the weights and the adapters. Does nothing if they are freed already.
     *
     * @throws IllegalStateException if a context of this model is still open
     */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (handle == null) {
                return;
            }
            if (openContexts > 0) {
                throw new IllegalStateException(
                        "The model " + name + " has " + openContexts + " open contexts: close them first");
            }
            adapters.forEach(adapter -> LlamaH.llama_adapter_lora_free(adapter.takeHandle()));
            adapters.clear();
            LlamaH.llama_model_free(handle);
            handle = null;
            library.returnFreedMemory();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
