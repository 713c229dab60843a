package io.hyperion.bench.load;

import io.hyperion.core.llama.Batch;
import io.hyperion.core.llama.LlamaContext;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.LlamaModel;
import io.hyperion.core.llama.SamplerChain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The barest loop over llama.cpp that completes some prompts at once: all prompts first, in full batches, then a token of each sequence
 * with each {@code llama_decode}. It keeps no cache, and makes no text until all is done.
 */
public final class BareLoop implements Target {
    /** What reports call it. */
    public static final String NAME = "bare loop";

    private final LlamaLibrary library;
    private final LlamaModel model;
    private final LlamaContext context;
    private final Batch batch;
    private final SamplerChain sampler;

    private BareLoop(LlamaLibrary library, LlamaModel model, LlamaContext context, Batch batch, SamplerChain sampler) {
        this.library = library;
        this.model = model;
        this.context = context;
        this.batch = batch;
        this.sampler = sampler;
    }

    /**
     * Loads a model.
     *
     * @param use what to load
     * @return the loop; the caller closes it
     * @throws IOException if it cannot be loaded
     */
    public static BareLoop open(ModelUse use) throws IOException {
        try {
            LlamaLibrary library = LlamaLibrary.open();
            LlamaModel model = LlamaModel.load(library, use.file(), 0);
            LlamaContext context = model.newContext(
                    new LlamaContext.Settings(use.cells(), use.sequences(), ModelUse.BATCH_SIZE, use.threads()));
            return new BareLoop(library, model, context, context.newBatch(), new SamplerChain(library).greedy());
        } catch (LlamaException e) {
            throw new IOException("The model " + use.file() + " cannot be loaded: " + e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    /** {@return what the library was built for, as llama.cpp puts it} */
    public String systemInfo() {
        return library.systemInfo();
    }

    private static final class Row {
        final int[] prompt;
        final int[] generated;
        int count;
        int index;
        final List<Long> arrivals = new ArrayList<>();
        boolean ended;

        Row(int[] prompt, int maxTokens) {
            this.prompt = prompt;
            this.generated = new int[maxTokens];
        }
    }

    @Override
    public List<Completion> complete(List<LoadRequest> requests) throws IOException {
        long sent = System.nanoTime();
        List<Row> rows = requests.stream()
                .map(request -> new Row(
                        model.vocabulary().tokenize(Protocol.text(request.prompt()), true, true), request.maxTokens()))
                .toList();
        try {
            for (int i = 0; i < rows.size(); i++) {
                // Not clear(), which overwrites the whole cache.
                context.removeFrom(i, 0);
            }
            evaluatePrompts(rows);
            while (rows.stream().anyMatch(row -> !row.ended)) {
                batch.clear();
                for (int i = 0; i < rows.size(); i++) {
                    Row row = rows.get(i);
                    if (!row.ended) {
                        int position = row.prompt.length + row.count - 1;
                        row.index = batch.add(row.generated[row.count - 1], position, i, true);
                    }
                }
                decode();
                for (Row row : rows) {
                    if (!row.ended) {
                        sample(row);
                    }
                }
            }
        } catch (LlamaException e) {
            throw new IOException("The bare loop failed: " + e.getMessage(), e);
        }
        return rows.stream().map(row -> completion(row, sent)).toList();
    }

    private void evaluatePrompts(List<Row> rows) throws IOException, LlamaException {
        batch.clear();
        List<Row> inBatch = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            for (int position = 0; position < row.prompt.length; position++) {
                if (batch.size() == batch.capacity()) {
                    evaluate(inBatch);
                }
                boolean last = position == row.prompt.length - 1;
                row.index = batch.add(row.prompt[position], position, i, last);
                if (last) {
                    inBatch.add(row);
                }
            }
        }
        evaluate(inBatch);
    }

    private void evaluate(List<Row> rows) throws IOException, LlamaException {
        decode();
        for (Row row : rows) {
            sample(row);
        }
        rows.clear();
        batch.clear();
    }

    private void decode() throws IOException, LlamaException {
        if (context.decode(batch) != LlamaContext.Outcome.DONE) {
            throw new IOException("The context of " + context.cells() + " cells is too small for the bare loop");
        }
    }

    private void sample(Row row) throws LlamaException {
        int token = sampler.sample(context, row.index);
        row.generated[row.count++] = token;
        row.arrivals.add(System.nanoTime());
        row.ended = row.count == row.generated.length || model.vocabulary().isEndOfGeneration(token);
    }

    private Completion completion(Row row, long sent) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < row.count; i++) {
            text.append(new String(model.vocabulary().piece(row.generated[i]), StandardCharsets.UTF_8));
        }
        long ended = row.arrivals.get(row.arrivals.size() - 1);
        return new Completion(
                text.toString(),
                row.prompt.length,
                OptionalInt.of(row.prompt.length),
                row.count,
                sent,
                row.arrivals,
                ended);
    }

    /**
     * Evaluates a long prompt in steps of {@link ModelUse#BATCH_SIZE} tokens.
     *
     * @param prompt at least two steps long
     * @return the time of the longest full step, in nanoseconds
     * @throws IOException if it fails
     */
    public long longestStep(String prompt) throws IOException {
        int[] tokens = model.vocabulary().tokenize(prompt, true, true);
        if (tokens.length < 2 * batch.capacity()) {
            throw new IllegalArgumentException(
                    "The prompt must be two steps long, but has " + tokens.length + " tokens");
        }
        long longest = 0;
        try {
            context.removeFrom(0, 0);
            for (int begin = 0; begin + batch.capacity() <= tokens.length; begin += batch.capacity()) {
                batch.clear();
                for (int i = begin; i < begin + batch.capacity(); i++) {
                    batch.add(tokens[i], i, 0, i == begin + batch.capacity() - 1);
                }
                long start = System.nanoTime();
                decode();
                // The last token is had when it is sampled; llama.cpp computes in the background on some devices.
                sampler.sample(context, batch.capacity() - 1);
                longest = Math.max(longest, System.nanoTime() - start);
            }
            return longest;
        } catch (LlamaException e) {
            throw new IOException("The bare loop failed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        sampler.close();
        batch.close();
        context.close();
        model.close();
        library.close();
    }
}
