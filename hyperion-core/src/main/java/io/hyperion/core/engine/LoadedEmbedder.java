package io.hyperion.core.engine;

import io.hyperion.api.ContextExceededException;
import io.hyperion.api.Embedding;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.RerankReply;
import io.hyperion.api.RerankRequest;
import io.hyperion.api.Timings;
import io.hyperion.core.llama.EmbeddingContext;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.LlamaModel;
import io.hyperion.core.llama.LoadProgress;
import io.hyperion.core.llama.Pooling;
import io.hyperion.core.llama.Vocabulary;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A model in memory that makes vectors of texts, or scores documents, for many requests at once. It owns the weights, the context and the
 * thread of the loop. Safe for use by many threads.
 */
public final class LoadedEmbedder implements ServedModel {
    private final String name;
    private final LlamaModel model;
    private final EmbeddingContext context;
    private final EmbeddingLoop loop;
    private final Thread thread;

    private LoadedEmbedder(
            String name,
            LlamaModel model,
            EmbeddingContext context,
            EmbeddingSettings settings,
            EngineListener listener) {
        this.name = name;
        this.model = model;
        this.context = context;
        this.loop = new EmbeddingLoop(name, context, settings, listener);
        this.thread = EngineThreads.create(loop, "hyperion-" + name);
    }

    /**
     * Loads a model.
     *
     * @param library the library, which must stay open until the model is closed
     * @param name the name that replies and errors give it
     * @param file the GGUF file, found sound by {@code io.hyperion.core.gguf}; of a kind that keeps no state
     * @param settings how to load it; its batch size is at most what the file says is its largest cache
     * @param listener hears what the engine does
     * @param progress hears how far it is, and may end it
     * @return the model; the caller closes it
     * @throws io.hyperion.core.llama.LoadCancelledException if the progress did not want to go on
     * @throws LlamaException if it cannot be loaded
     */
    public static LoadedEmbedder load(
            LlamaLibrary library,
            String name,
            Path file,
            EmbeddingSettings settings,
            EngineListener listener,
            LoadProgress progress)
            throws LlamaException {
        LlamaModel model = LlamaModel.load(library, file, settings.gpuLayers(), progress);
        EmbeddingContext context = null;
        try {
            context = model.newEmbeddingContext(new EmbeddingContext.Settings(
                    settings.batchSize(),
                    settings.sequences(),
                    settings.threads(),
                    settings.pooling(),
                    settings.encoder()));
            LoadedEmbedder loaded = new LoadedEmbedder(name, model, context, settings, listener);
            loaded.thread.start();
            return loaded;
        } catch (LlamaException | RuntimeException | Error e) {
            if (context != null) {
                context.close();
            }
            model.close();
            throw e;
        }
    }

    @Override
    public boolean isServing() {
        return thread.isAlive();
    }

    @Override
    public boolean isOwnThread() {
        return Thread.currentThread() == thread;
    }

    @Override
    public int contextSize() {
        return maxTokens();
    }

    /** {@return how many tokens a text may have} */
    public int maxTokens() {
        return context.maxTokens();
    }

    /** {@return what is given for a text} */
    public Pooling pooling() {
        return context.settings().pooling();
    }

    /** {@return how many numbers a vector has} */
    public int dimension() {
        return context.dimension();
    }

    @Override
    public String summary() {
        return "vectors of " + dimension() + " numbers for texts of up to " + maxTokens() + " tokens";
    }

    /** {@return what was done and is being done; its cells are not told, since they hold nothing between steps} */
    @Override
    public ModelFigures figures() {
        return loop.figures();
    }

    @Override
    public Tokenizer tokenizer() {
        return new Tokenizer(name, model.vocabulary());
    }

    /**
     * Queues texts.
     *
     * @param request the texts
     * @param arrived when the request arrived, as {@link System#nanoTime()} has it; its time-out counts from then
     * @param reply is completed, and when it is cancelled the request is
     * @throws ContextExceededException if a text is too long
     * @throws InvalidRequestException if a text has no tokens, or one that the model does not have
     * @throws io.hyperion.api.BusyException if the queue is full
     * @throws ModelUnavailableException if the model is being closed
     */
    public void embed(EmbeddingRequest request, long arrived, CompletableFuture<EmbeddingReply> reply) {
        int[][] texts = new int[request.inputs().size()][];
        for (int i = 0; i < texts.length; i++) {
            if (request.inputs().get(i) instanceof EmbeddingRequest.Text text) {
                texts[i] = tokenize("'input[" + i + "]'", text.text(), true);
            } else if (request.inputs().get(i) instanceof EmbeddingRequest.Tokens tokens) {
                texts[i] = TokenIds.checked(
                        "input[" + i + "]", tokens.ids(), model.vocabulary().size());
            }
            requireFits("'input[" + i + "]'", texts[i].length);
        }
        loop.submit(new EmbeddingTask<>(
                texts,
                arrived,
                request.timeout(),
                (vectors, timings) -> {
                    List<Embedding> embeddings = IntStream.range(0, texts.length)
                            .mapToObj(i -> new Embedding(
                                    request.normalize() ? normalized(vectors[i]) : vectors[i], texts[i].length))
                            .toList();
                    return new EmbeddingReply(name, embeddings, timings);
                },
                reply));
    }

    /** Scales each vector to the Euclidean length 1; one of zeros has no direction and stays. */
    private static float[][] normalized(float[][] vectors) {
        for (float[] vector : vectors) {
            double sum = 0;
            for (float value : vector) {
                sum += (double) value * value;
            }
            if (sum > 0) {
                double scale = 1 / Math.sqrt(sum);
                for (int i = 0; i < vector.length; i++) {
                    vector[i] = (float) (vector[i] * scale);
                }
            }
        }
        return vectors;
    }

    /**
     * Queues documents to be scored.
     *
     * @param request the query and the documents
     * @param arrived when the request arrived, as {@link System#nanoTime()} has it; its time-out counts from then
     * @param reply is completed, and when it is cancelled the request is
     * @throws ContextExceededException if a document with the query is too long
     * @throws io.hyperion.api.BusyException if the queue is full
     * @throws ModelUnavailableException if the model is being closed
     */
    public void rerank(RerankRequest request, long arrived, CompletableFuture<RerankReply> reply) {
        int[] query = tokenize("'query'", request.query(), false);
        int[][] pairs = new int[request.documents().size()][];
        int tokens = 0;
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = pair(
                    query,
                    tokenize("'documents[" + i + "]'", request.documents().get(i), false));
            requireFits("'documents[" + i + "]' with 'query'", pairs[i].length);
            tokens += pairs[i].length;
        }
        int all = tokens;
        loop.submit(new EmbeddingTask<>(
                pairs, arrived, request.timeout(), (scores, timings) -> ranked(request, scores, all, timings), reply));
    }

    private RerankReply ranked(RerankRequest request, float[][][] scores, int tokens, Timings timings) {
        List<RerankReply.Result> results = IntStream.range(0, scores.length)
                .mapToObj(i -> new RerankReply.Result(i, scores[i][0][0]))
                .sorted(Comparator.comparing(RerankReply.Result::score).reversed())
                .limit(request.topN().orElse(scores.length))
                .toList();
        return new RerankReply(name, results, tokens, timings);
    }

    /**
     * Query and document as llama.cpp's server joins them: {@code [BOS] query [EOS] [SEP] document [EOS]}. A vocabulary without EOS, such
     * as BERT's, has its SEP at the end of each text: {@code [CLS] query [SEP] document [SEP]}.
     */
    private int[] pair(int[] query, int[] document) {
        Vocabulary vocabulary = model.vocabulary();
        int end = vocabulary.eos() >= 0 ? vocabulary.eos() : vocabulary.separator();
        int separator = vocabulary.eos() >= 0 ? vocabulary.separator() : -1;
        return Stream.of(
                        optional(vocabulary.bos()),
                        IntStream.of(query),
                        optional(end),
                        optional(separator),
                        IntStream.of(document),
                        optional(end))
                .flatMapToInt(part -> part)
                .toArray();
    }

    private static IntStream optional(int token) {
        return token < 0 ? IntStream.empty() : IntStream.of(token);
    }

    private int[] tokenize(String what, String text, boolean addSpecial) {
        try {
            LongTexts.tooMany(text, model.vocabulary(), maxTokens()).ifPresent(tokens -> {
                throw tooLong(what, "more than " + tokens);
            });
            return model.vocabulary().tokenize(text, addSpecial, true);
        } catch (IllegalStateException closed) {
            throw new ModelUnavailableException(
                    ErrorCode.SHUTTING_DOWN, "The model '" + name + "' is being unloaded", closed);
        }
    }

    private void requireFits(String what, int tokens) {
        if (tokens == 0) {
            throw new InvalidRequestException(ErrorCode.EMPTY_PROMPT, "input", what + " has no tokens");
        }
        if (tokens > maxTokens()) {
            throw tooLong(what, Integer.toString(tokens));
        }
    }

    private ContextExceededException tooLong(String what, String tokens) {
        return new ContextExceededException(
                ErrorCode.CONTEXT_EXCEEDED,
                what + " has " + tokens + " tokens, but model '" + name + "' takes texts of at most " + maxTokens());
    }

    @Override
    public void close() {
        if (isOwnThread()) {
            throw new IllegalStateException("An action that depends on a reply cannot close the model that gave it");
        }
        loop.close();
        EngineThreads.join(thread);
        context.close();
        model.close();
    }
}
