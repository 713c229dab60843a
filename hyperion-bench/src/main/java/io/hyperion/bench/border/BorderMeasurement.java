package io.hyperion.bench.border;

import io.hyperion.bench.border.server.Way;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Measures in the applications of a server that was started with {@link ServerFiles}. Hyperion and the other application take turns, and take
 * turns at being the first: what changes on the machine meets both.
 *
 * @param warmUps how often each is measured before it counts, from 0
 * @param runs how often each is measured, at least 1
 */
public record BorderMeasurement(int warmUps, int runs) {
    private static final int TOKENS = 256;
    private static final int BORROWINGS = 1000;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    /**
     * Measures.
     *
     * @param server the server's address
     * @return the report
     * @throws IOException if the server fails
     * @throws InterruptedException if the thread is interrupted
     */
    public BorderReport run(URI server) throws IOException, InterruptedException {
        Applications applications = new Applications(server, HttpClient.newHttpClient());
        // They are deployed one after the other, and this is the last.
        applications.awaitBorrower();
        BorderReport report = new BorderReport(TOKENS);
        for (int run = -warmUps; run < runs; run++) {
            for (Way way : Way.values()) {
                boolean insideFirst = run % 2 == 0;
                double first = applications.generation(insideFirst, way);
                double second = applications.generation(!insideFirst, way);
                double inside = insideFirst ? first : second;
                double other = insideFirst ? second : first;
                if (run >= 0) {
                    report.addGeneration(way, inside, other);
                }
                System.out.printf(
                        Locale.ROOT,
                        "%s: %s: inside the WAR %.0f µs, another application %.0f µs%n",
                        run < 0 ? "warm-up" : "run " + (run + 1),
                        way,
                        inside,
                        other);
            }
            List<Double> borrowings = applications.borrowings();
            if (run >= 0) {
                report.addBorrowings(borrowings);
            }
        }
        return report;
    }

    private record Applications(URI server, HttpClient http) {
        private double generation(boolean inside, Way way) throws IOException, InterruptedException {
            String application = inside ? ServerFiles.HYPERION : ServerFiles.OTHER;
            return micros(get("/" + application + "/border/generation?way=" + way + "&tokens=" + TOKENS))
                    .get(0);
        }

        private List<Double> borrowings() throws IOException, InterruptedException {
            return micros(get(borrowing(BORROWINGS)));
        }

        private static String borrowing(int count) {
            return "/" + ServerFiles.BORROWER + "/border/borrowing?count=" + count;
        }

        private static List<Double> micros(HttpResponse<String> response) throws IOException {
            if (response.statusCode() != OK) {
                throw new IOException(response.uri() + " answered " + response.statusCode() + ": " + response.body());
            }
            return response.body()
                    .lines()
                    .map(nanos -> Long.parseLong(nanos) / 1e3)
                    .toList();
        }

        private HttpResponse<String> get(String path) throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                    .timeout(TIMEOUT)
                    .build();
            return http.send(request, BodyHandlers.ofString());
        }

        private void awaitBorrower() throws IOException, InterruptedException {
            long deadline = System.nanoTime() + START_LIMIT.toNanos();
            while (get(borrowing(1)).statusCode() == NOT_FOUND && System.nanoTime() < deadline) {
                Thread.sleep(200);
            }
        }
    }
}
