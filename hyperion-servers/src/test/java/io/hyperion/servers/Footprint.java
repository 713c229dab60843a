package io.hyperion.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a server's process holds, after it has collected its garbage.
 *
 * @param threads all threads of Java
 * @param ownThreads threads that Hyperion has started
 * @param residentKilobytes memory that the process has in the machine, in KiB
 * @param copies how many copies of the API's classes there are: one for each application that has them
 * @param temporaryFiles files and directories where temporary ones are made
 */
record Footprint(long threads, long ownThreads, long residentKilobytes, long copies, long temporaryFiles) {
    /** A class that every reply needs, and that has instances for as long as it is there. */
    private static final String CLASS = "io.hyperion.api.FinishReason";

    static Footprint of(Server server) throws Exception {
        jcmd(server, "GC.run");
        List<String> histogram = jcmd(server, "GC.class_histogram");
        List<String> threads = jcmd(server, "Thread.print");
        return new Footprint(
                threads.stream().filter(line -> line.startsWith("\"")).count(),
                threads.stream().filter(line -> line.startsWith("\"hyperion-")).count(),
                resident(server),
                histogram.stream()
                        .filter(line -> List.of(line.trim().split(" +")).contains(CLASS))
                        .count(),
                files(server.temporaryDirectory()));
    }

    /** {@return how often the process has the model's file in its memory} */
    static long mappings(Server server) throws IOException {
        try (Stream<String> maps = Files.lines(proc(server, "maps"))) {
            return maps.filter(line -> line.endsWith(server.modelFile().toString()))
                    .count();
        }
    }

    private static long resident(Server server) throws IOException {
        try (Stream<String> status = Files.lines(proc(server, "status"))) {
            return status.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Path proc(Server server, String file) {
        return Path.of("/proc", Long.toString(server.process().pid()), file);
    }

    private static long files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            // TomEE writes such a one each time that it deploys an adapter.
            return files.filter(file -> !file.getFileName().toString().matches("ra-\\d+.*\\.xml"))
                    .count();
        }
    }

    private static List<String> jcmd(Server server, String command) throws Exception {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        return Commands.run(
                        server.temporaryDirectory(),
                        Map.of(),
                        List.of(jcmd, Long.toString(server.process().pid()), command))
                .lines()
                .toList();
    }
}
