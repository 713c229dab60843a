package io.hyperion.bench.loading;

import io.hyperion.bench.load.ModelUse;
import io.hyperion.bench.scenario.MemoryCost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a second instance of a model takes in memory: how much more a process grows that has two, than one that has one.
 *
 * @param model what is loaded
 */
public record InstanceMemory(ModelUse model) {
    private static final double MIB = 1 << 20;

    /**
     * Measures.
     *
     * @return a Markdown table
     * @throws IOException if the model cannot be loaded
     * @throws InterruptedException if the thread is interrupted
     */
    public String table() throws IOException, InterruptedException {
        long second = grown(2) - grown(1);
        long cache = new MemoryCost(model.file()).cellBytes() * model.cells();
        return String.format(
                Locale.ROOT,
                "| memory | MiB |\n|---|---|\n| a second instance | %.0f |\n| of this keys and values | %.0f |\n"
                        + "| the model's file, which it does not take again | %.0f |\n",
                second / MIB,
                cache / MIB,
                model.file().toFile().length() / MIB);
    }

    private long grown(int instances) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms128m",
                        "-Xmx128m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        InstanceProbe.class.getName(),
                        model.file().toString(),
                        Integer.toString(model.sequences()),
                        Integer.toString(model.cells()),
                        Integer.toString(model.threads()),
                        Integer.toString(instances))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("The process that measures memory ended with " + process.exitValue());
        }
        return Long.parseLong(output.strip());
    }
}
