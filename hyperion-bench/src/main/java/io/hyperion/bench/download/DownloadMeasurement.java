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
import java.util.Random;
import java.util.stream.Stream;

/**
 * Downloads a file over loopback by curl and by Hyperion, by turns and in another order each time. Hyperion has a process of its own with a
 * heap of 32 MiB; the start of its Java does not count, but nothing is compiled yet when it begins.
 *
 * @param directory where the files are written; what is made there is deleted
 * @param megabytes how large the file is
 * @param runs how many rounds there are
 */
public record DownloadMeasurement(Path directory, int megabytes, int runs) {
    private static final int MEGABYTE = 1_000_000;
    private static final String HEAP = "32m";

    private enum Way {
        CURL("curl"),
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
            try (FileServer server = FileServer.start(file)) {
                return table(measure(root, server, sha256));
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

    private Map<Way, List<Result>> measure(Path root, FileServer server, String sha256)
            throws IOException, InterruptedException {
        Map<Way, List<Result>> results = new EnumMap<>(Way.class);
        List<Way> ways = new ArrayList<>(List.of(Way.values()));
        Random order = new Random(1);
        for (int run = 0; run < runs; run++) {
            Collections.shuffle(ways, order);
            for (Way way : ways) {
                Path to = Files.createDirectory(root.resolve("to"));
                Result result =
                        way == Way.CURL ? curl(server, to) : hyperion(server, to, way == Way.CHECKED ? sha256 : "");
                results.computeIfAbsent(way, first -> new ArrayList<>()).add(result);
                delete(to);
            }
        }
        return results;
    }

    private static Result curl(FileServer server, Path to) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        output(List.of(
                "curl",
                "--silent",
                "--fail",
                "--output",
                to.resolve("model.gguf").toString(),
                server.uri().toString()));
        return new Result((System.nanoTime() - begin) / 1e9, 0);
    }

    private static Result hyperion(FileServer server, Path to, String sha256) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP,
                "-cp",
                System.getProperty("java.class.path"),
                OneDownload.class.getName(),
                to.toString(),
                server.uri().toString()));
        if (!sha256.isEmpty()) {
            command.add(sha256);
        }
        String[] nanosAndHeap = output(command).strip().split(" ");
        return new Result(Long.parseLong(nanosAndHeap[0]) / 1e9, Long.parseLong(nanosAndHeap[1]) / 1048576.0);
    }

    private static String output(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(command.get(0) + " has ended with " + process.exitValue());
            }
            return output;
        } finally {
            process.destroyForcibly();
        }
    }

    private String table(Map<Way, List<Result>> results) {
        List<Double> curl = results.get(Way.CURL).stream().map(Result::seconds).toList();
        StringBuilder table = new StringBuilder("| download of " + megabytes
                + " MB | seconds | MB/s | speed over curl's | heap at most, MiB |\n" + "|---|---|---|---|---|\n");
        results.forEach((way, list) -> {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < list.size(); i++) {
                ratios.add(curl.get(i) / list.get(i).seconds());
            }
            double seconds =
                    Statistics.median(list.stream().map(Result::seconds).toList());
            double heap = list.stream().mapToDouble(Result::heap).max().orElse(0);
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.2f | %.0f | %.2f | %s |\n",
                    way.title,
                    seconds,
                    megabytes / seconds,
                    Statistics.median(ratios),
                    heap == 0 ? "" : String.format(Locale.ROOT, "%.0f", heap)));
        });
        return table.toString();
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
