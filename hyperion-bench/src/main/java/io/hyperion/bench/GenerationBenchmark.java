package io.hyperion.bench;

import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.core.client.InProcessClient;
import io.hyperion.core.engine.EngineSettings;
import io.hyperion.core.llama.Batch;
import io.hyperion.core.llama.LlamaContext;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.LlamaModel;
import io.hyperion.core.llama.SamplerChain;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The same greedy generation twice: by the client, in-process, and by the barest loop that gives the same tokens, which calls
 * {@code llama_decode} and {@code llama_sampler_sample} and does nothing else. Both evaluate the same prompt and have one engine thread
 * and the same context.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@State(Scope.Benchmark)
public class GenerationBenchmark {
    static final int MAX_TOKENS = 200;

    private static final String PROMPT = "<|im_start|>user\nCount to 20.<|im_end|>\n<|im_start|>assistant\n";

    /** The GGUF file; set by {@link MicroBenchmarks}. */
    @Param("")
    public String model;

    private InProcessClient client;
    private GenerateRequest request;
    private LlamaLibrary library;
    private LlamaModel bareModel;
    private LlamaContext bareContext;
    private Batch bareBatch;
    private SamplerChain bareSampler;
    private int[] promptTokens;

    /** How many tokens one generation gives, to tell the time of one token. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Tokens {
        /** The tokens generated. */
        public long tokens;

        /** The generations. */
        public long generations;

        /** Begins to count anew. */
        @Setup(Level.Iteration)
        public void reset() {
            tokens = 0;
            generations = 0;
        }
    }

    /**
     * Loads the model for both.
     *
     * @throws LlamaException if it cannot be loaded
     */
    @Setup
    public void setUp() throws LlamaException {
        EngineSettings settings = EngineSettings.defaults();
        client = InProcessClient.open(Path.of(model));
        request = GenerateRequest.builder()
                .prompt(PROMPT)
                .maxTokens(MAX_TOKENS)
                .temperature(0)
                .build();
        library = LlamaLibrary.open();
        bareModel = LlamaModel.load(library, Path.of(model), 0);
        bareContext = bareModel.newContext(new LlamaContext.Settings(
                settings.cells(bareModel.trainedContextLength(), Integer.MAX_VALUE),
                settings.slots(),
                settings.batchSize(),
                settings.threads()));
        bareBatch = bareContext.newBatch();
        bareSampler = new SamplerChain(library).greedy();
        promptTokens = bareModel.vocabulary().tokenize(PROMPT, true, true);
    }

    /** Unloads both. */
    @TearDown
    public void tearDown() {
        client.close();
        bareSampler.close();
        bareBatch.close();
        bareContext.close();
        bareModel.close();
        library.close();
    }

    /**
     * By the client.
     *
     * @param counter counts the tokens
     * @return the reply
     */
    @Benchmark
    public GenerateReply inProcess(Tokens counter) {
        GenerateReply reply = client.generate(request);
        counter.tokens += reply.completionTokens();
        counter.generations++;
        return reply;
    }

    /**
     * By the bare loop.
     *
     * @param counter counts the tokens
     * @return the last token
     * @throws LlamaException if llama.cpp fails
     */
    @Benchmark
    public int bareLoop(Tokens counter) throws LlamaException {
        // Not clear(), which overwrites the whole cache.
        bareContext.removeFrom(0, 0);
        bareBatch.clear();
        int position = 0;
        int index = 0;
        for (int token : promptTokens) {
            index = bareBatch.add(token, position, 0, ++position == promptTokens.length);
        }
        int generated = 0;
        int token;
        do {
            bareContext.decode(bareBatch);
            token = bareSampler.sample(bareContext, index);
            bareBatch.clear();
            index = bareBatch.add(token, position++, 0, true);
            generated++;
        } while (generated < MAX_TOKENS && !bareModel.vocabulary().isEndOfGeneration(token));
        counter.tokens += generated;
        counter.generations++;
        return token;
    }
}
