package io.hyperion.bench.loading;

import io.hyperion.bench.load.ModelUse;
import io.hyperion.bench.scenario.Statistics;
import io.hyperion.core.client.InProcessClient;
import io.hyperion.core.llama.LlamaContext;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.LlamaModel;
import io.hyperion.core.model.HyperionConfiguration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Times the loading of a model, until it could evaluate a token, in ways that take turns, in another order in each run: what changes on the
 * machine meets all. The library is open before, and the file is in the page cache after the first.
 *
 * @param model what is loaded
 * @param warmUps how often each way is measured before it counts, from 0
 * @param runs how often each way is measured, at least 1
 */
public record LoadTimes(ModelUse model, int warmUps, int runs) {
    private static final Optional<String> DEFAULT = Optional.empty();
    private static final double NANOS_PER_MILLI = 1e6;

    /** How a model is loaded. */
    private enum Way {
        BARE("llama.cpp: weights and context"),
        LOAD("Hyperion: `load` of a model that it knows"),
        OPEN("Hyperion: opened with the model, and `load`");

        private final String title;

        Way(String title) {
            this.title = title;
        }
    }

    /**
     * Measures.
     *
     * @return medians as a Markdown table; the ratios are medians of those of each run
     * @throws IOException if the model cannot be loaded
     */
    public String table() throws IOException {
        Map<Way, List<Double>> times = new EnumMap<>(Way.class);
        Map<Way, List<Double>> ratios = new EnumMap<>(Way.class);
        try (LlamaLibrary library = LlamaLibrary.open();
                InProcessClient known = InProcessClient.open(HyperionConfiguration.of(model.configuration()))) {
            List<Way> order = new ArrayList<>(List.of(Way.values()));
            for (int run = -warmUps; run < runs; run++) {
                Collections.rotate(order, 1);
                Map<Way, Double> milliseconds = new EnumMap<>(Way.class);
                for (Way way : order) {
                    milliseconds.put(way, measure(way, library, known));
                }
                System.out.println((run < 0 ? "warm-up: " : "run " + (run + 1) + ": ") + milliseconds);
                if (run >= 0) {
                    double bare = milliseconds.get(Way.BARE);
                    milliseconds.forEach((way, time) -> {
                        times.computeIfAbsent(way, first -> new ArrayList<>()).add(time);
                        ratios.computeIfAbsent(way, first -> new ArrayList<>()).add(time / bare);
                    });
                }
            }
        } catch (LlamaException e) {
            throw new IOException("The model " + model.file() + " cannot be loaded: " + e.getMessage(), e);
        }
        StringBuilder table = new StringBuilder("| loading | ms | ratio | goal |\n|---|---|---|---|\n");
        times.forEach((way, all) -> table.append(String.format(
                Locale.ROOT,
                "| %s | %.1f | %.2f | %s |\n",
                way.title,
                Statistics.median(all),
                Statistics.median(ratios.get(way)),
                way == Way.BARE ? "" : "1.2")));
        return table.toString();
    }

    private double measure(Way way, LlamaLibrary library, InProcessClient known) throws LlamaException {
        return switch (way) {
            case BARE -> bare(library);
            case LOAD -> {
                long begin = System.nanoTime();
                known.load(DEFAULT);
                double time = since(begin);
                known.unload(DEFAULT);
                yield time;
            }
            case OPEN -> {
                long begin = System.nanoTime();
                try (InProcessClient client = InProcessClient.open(HyperionConfiguration.of(model.configuration()))) {
                    client.load(DEFAULT);
                    yield since(begin);
                }
            }
        };
    }

    private double bare(LlamaLibrary library) throws LlamaException {
        LlamaContext.Settings settings =
                new LlamaContext.Settings(model.cells(), model.sequences(), ModelUse.BATCH_SIZE, model.threads());
        long begin = System.nanoTime();
        try (LlamaModel weights = LlamaModel.load(library, model.file(), 0);
                LlamaContext context = weights.newContext(settings)) {
            if (context.cells() < model.cells()) {
                throw new LlamaException("The context has " + context.cells() + " cells");
            }
            return since(begin);
        }
    }

    private static double since(long begin) {
        return (System.nanoTime() - begin) / NANOS_PER_MILLI;
    }
}
