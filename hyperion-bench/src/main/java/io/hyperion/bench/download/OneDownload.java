package io.hyperion.bench.download;

import io.hyperion.core.download.DownloadSettings;
import io.hyperion.core.download.Downloads;
import io.hyperion.core.download.ModelSource;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Downloads one file in a process of its own, and writes how long that took in ns, and what of the heap was used at most in bytes. */
final class OneDownload {
    private static final long BETWEEN_LOOKS_NANOS = 5_000_000;

    private OneDownload() {}

    /**
     * @param args the directory, the address, and the SHA-256 if it is to be checked
     * @throws Exception if the file cannot be downloaded
     */
    public static void main(String[] args) throws Exception {
        AtomicLong heap = new AtomicLong();
        Thread watch = new Thread(() -> watch(heap), "heap-watch");
        watch.setDaemon(true);
        watch.start();
        long begin = System.nanoTime();
        try (Downloads downloads = new Downloads(Path.of(args[0]), DownloadSettings.DEFAULT)) {
            Optional<String> sha256 = args.length > 2 ? Optional.of(args[2]) : Optional.empty();
            downloads
                    .begin(new ModelSource.Web(URI.create(args[1])), sha256, true)
                    .done()
                    .get();
        }
        System.out.println((System.nanoTime() - begin) + " " + heap.get());
    }

    /** Garbage counts, too: this is what the heap must have room for. */
    private static void watch(AtomicLong most) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        while (true) {
            most.accumulateAndGet(memory.getHeapMemoryUsage().getUsed(), Math::max);
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        }
    }
}
