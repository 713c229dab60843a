package io.hyperion.bench;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the benchmarks of JMH. */
final class MicroBenchmarks {
    private MicroBenchmarks() {}

    /**
     * @param models the GGUF files
     * @param include which benchmarks to run, as a regular expression
     * @return the time of a token and the difference, as a Markdown table; what others than those of whole generations give, JMH prints
     * @throws RunnerException if JMH fails
     */
    static String run(List<String> models, String include) throws RunnerException {
        Options options = new OptionsBuilder()
                .include(include)
                .param("model", models.toArray(String[]::new))
                .shouldFailOnError(true)
                .build();
        Collection<RunResult> results = new Runner(options).run();
        Map<String, Map<String, Double>> microsPerToken = new TreeMap<>();
        for (RunResult result : results) {
            if (!result.getSecondaryResults().containsKey("tokens")) {
                continue;
            }
            String benchmark = result.getParams().getBenchmark();
            double tokens = result.getSecondaryResults().get("tokens").getScore()
                    / result.getSecondaryResults().get("generations").getScore();
            microsPerToken
                    .computeIfAbsent(result.getParams().getParam("model"), model -> new TreeMap<>())
                    .put(
                            benchmark.substring(benchmark.lastIndexOf('.') + 1),
                            result.getPrimaryResult().getStatistics().getPercentile(50) / tokens);
        }
        StringBuilder table = new StringBuilder(
                "| model | bare loop, µs/token | in-process, µs/token | difference, µs/token | ratio |\n|---|---|---|---|---|\n");
        microsPerToken.forEach((model, times) -> {
            if (times.containsKey("bareLoop") && times.containsKey("inProcess")) {
                double bare = times.get("bareLoop");
                double inProcess = times.get("inProcess");
                table.append(String.format(
                        "| %s | %.1f | %.1f | %.1f | %.3f |%n",
                        Path.of(model).getFileName(), bare, inProcess, inProcess - bare, bare / inProcess));
            }
        });
        return table.toString();
    }
}
