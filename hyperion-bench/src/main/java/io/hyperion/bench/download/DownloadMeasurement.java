package io.hyperion.bench.download;

import io.hyperion.bench.scenario.Statistics;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Downloads a file over loopback by curl and by Hyperion, by turns and in another order each time. Hyperion has one process with a heap of 32
 * MiB for all rounds: a server's downloads are not the first thing that it does.
 *
 * @param directory where the files are written; what is made there is deleted
 * @param megabytes how large the file is
 * @param warmUps how many rounds there are before those that count
 * @param runs how many rounds count
 */
public record DownloadMeasurement(Path directory, int megabytes, int warmUps, int runs) {
    private static final int MEGABYTE = 1_000_000;
    private static final String HEAP = "32m";

    private enum Way {
        CURL("curl"),
        CURL_AND_SYNC("curl, then sync of its file"),
        UNCHECKED("Hyperion"),
        CHECKED("Hyperion, SHA-256 checked");

        private final String title;

        Way(String title) {
            this.title = title;
        }
    }

    private record Result(double seconds, double heap) {}

    /**
     * Measures.
     *
     * @return the medians, as a Markdown table
     * @throws IOException if a download fails
     * @throws InterruptedException if the thread is interrupted
     */
    public String run() throws IOException, InterruptedException {
        Path root = Files.createTempDirectory(Files.createDirectories(directory), "download-");
        try {
            Path file = root.resolve("model.gguf");
            String sha256 = write(file);
            try (FileServer server = FileServer.start(file);
                    DownloadProcess hyperion = DownloadProcess.start(HEAP, root.resolve("models"), server.uri())) {
                return table(measure(root, server, hyperion, sha256));
            }
        } finally {
            delete(root);
        }
    }

    private String write(Path file) throws IOException {
        Random random = new Random(1);
        byte[] block = new byte[MEGABYTE];
        MessageDigest digest = sha256();
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < megabytes; i++) {
                random.nextBytes(block);
                if (i == 0) {
                    System.arraycopy("GGUF".getBytes(StandardCharsets.US_ASCII), 0, block, 0, 4);
                }
                out.write(block);
                digest.update(block);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private Map<Way, List<Result>> measure(Path root, FileServer server, DownloadProcess hyperion, String sha256)
            throws IOException, InterruptedException {
        Map<Way, List<Result>> results = new EnumMap<>(Way.class);
        List<Way> ways = new ArrayList<>(List.of(Way.values()));
        Random order = new Random(1);
        for (int round = 0; round < warmUps + runs; round++) {
            Collections.shuffle(ways, order);
            for (Way way : ways) {
                Result result =
                        switch (way) {
                            case CURL -> curl(server, root, false);
                            case CURL_AND_SYNC -> curl(server, root, true);
                            case UNCHECKED -> hyperion(hyperion, Optional.empty());
                            case CHECKED -> hyperion(hyperion, Optional.of(sha256));
                        };
                if (round >= warmUps) {
                    results.computeIfAbsent(way, first -> new ArrayList<>()).add(result);
                }
            }
        }
        return results;
    }

    private static Result curl(FileServer server, Path root, boolean sync) throws IOException, InterruptedException {
        Path file = root.resolve("curl.gguf");
        long begin = System.nanoTime();
        run(
                "curl",
                "--silent",
                "--fail",
                "--output",
                file.toString(),
                server.uri().toString());
        if (sync) {
            run("sync", file.toString());
        }
        Result result = new Result((System.nanoTime() - begin) / 1e9, 0);
        Files.delete(file);
        return result;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(command[0] + " has ended with " + process.exitValue());
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private static Result hyperion(DownloadProcess hyperion, Optional<String> sha256) throws IOException {
        DownloadProcess.Cost cost = hyperion.download(sha256);
        return new Result(cost.nanos() / 1e9, cost.heap() / 1048576.0);
    }

    private String table(Map<Way, List<Result>> results) {
        StringBuilder table = new StringBuilder("| download of " + megabytes
                + " MB | seconds | MB/s | speed over curl's | over curl's with sync | heap at most, MiB |\n"
                + "|---|---|---|---|---|---|\n");
        results.forEach((way, list) -> {
            double seconds =
                    Statistics.median(list.stream().map(Result::seconds).toList());
            double heap = list.stream().mapToDouble(Result::heap).max().orElse(0);
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.2f | %.0f | %.2f | %.2f | %s |\n",
                    way.title,
                    seconds,
                    megabytes / seconds,
                    speedOver(results.get(Way.CURL), list),
                    speedOver(results.get(Way.CURL_AND_SYNC), list),
                    heap == 0 ? "" : String.format(Locale.ROOT, "%.0f", heap)));
        });
        return table.toString();
    }

    /** The median of the ratios of each round. */
    private static double speedOver(List<Result> other, List<Result> own) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            ratios.add(other.get(i).seconds() / own.get(i).seconds());
        }
        return Statistics.median(ratios);
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
