package io.hyperion.bench.download;

import io.hyperion.core.download.DownloadSettings;
import io.hyperion.core.download.Downloads;
import io.hyperion.core.download.ModelSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Hyperion's downloads in a process of their own, one after the other as they are asked for, as a server has them. */
final class DownloadProcess implements AutoCloseable {
    /** What the process is asked for when nobody has said a checksum. */
    private static final String UNCHECKED = "-";

    private static final long BETWEEN_LOOKS_NANOS = 5_000_000;

    /**
     * What a download took.
     *
     * @param nanos how long it took until the file had its name
     * @param heap how many bytes of the heap were used at most, garbage included: what the heap must have room for
     */
    record Cost(long nanos, long heap) {}

    private final Process process;
    private final BufferedReader answers;

    private DownloadProcess(Process process) {
        this.process = process;
        answers = process.inputReader(StandardCharsets.US_ASCII);
    }

    /**
     * Starts the process.
     *
     * @param heap how large its heap may become, as {@code -Xmx} takes it
     * @param directory where it writes
     * @param uri what it downloads
     * @return the process
     * @throws IOException if it cannot be started
     */
    static DownloadProcess start(String heap, Path directory, URI uri) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-cp",
                System.getProperty("java.class.path"),
                DownloadProcess.class.getName(),
                directory.toString(),
                uri.toString()));
        return new DownloadProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /**
     * Has the file downloaded, and deleted again.
     *
     * @param sha256 what its SHA-256 must be; empty if it is not to be checked
     * @return what that took, without the deletion
     * @throws IOException if it failed
     */
    Cost download(Optional<String> sha256) throws IOException {
        process.getOutputStream().write((sha256.orElse(UNCHECKED) + "\n").getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("The process of the downloads has ended");
        }
        String[] cost = answer.split(" ");
        return new Cost(Long.parseLong(cost[0]), Long.parseLong(cost[1]));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /**
     * Downloads a file as often as a line comes, which is its SHA-256 or {@value #UNCHECKED}. Answers with two numbers, those of a
     * {@link Cost}.
     *
     * @param args the directory and the address
     * @throws Exception if the file cannot be downloaded
     */
    public static void main(String[] args) throws Exception {
        AtomicLong heap = new AtomicLong();
        Thread watch = new Thread(() -> watch(heap), "heap-watch");
        watch.setDaemon(true);
        watch.start();
        ModelSource source = new ModelSource.Web(URI.create(args[1]));
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        try (Downloads downloads = new Downloads(Path.of(args[0]), DownloadSettings.DEFAULT)) {
            for (String line; (line = requests.readLine()) != null; ) {
                Optional<String> sha256 = Optional.of(line).filter(text -> !text.equals(UNCHECKED));
                heap.set(0);
                long begin = System.nanoTime();
                downloads.begin(source, sha256, true).done().get();
                long nanos = System.nanoTime() - begin;
                long most = heap.get();
                downloads.delete(source);
                System.out.println(nanos + " " + most);
            }
        }
    }

    private static void watch(AtomicLong most) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        while (true) {
            most.accumulateAndGet(memory.getHeapMemoryUsage().getUsed(), Math::max);
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        }
    }
}
