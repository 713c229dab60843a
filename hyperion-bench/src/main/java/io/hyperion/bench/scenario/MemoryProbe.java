package io.hyperion.bench.scenario;

import io.hyperion.bench.load.BareLoop;
import io.hyperion.bench.load.InProcessTarget;
import io.hyperion.bench.load.LoadRequest;
import io.hyperion.bench.load.ModelUse;
import io.hyperion.bench.load.Target;
import io.hyperion.bench.model.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The process of its own in which {@link MemoryCost} has a model loaded: prints by how many bytes the process grew. Weights are not among
 * them, since they are mapped from the file.
 */
public final class MemoryProbe {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int PROMPT_WORDS = 64;
    private static final int TOKENS = 32;

    private MemoryProbe() {}

    /**
     * @param args the kind of target, the model file, sequences, cells, threads
     * @throws IOException if the model cannot be loaded, or the memory not be read
     * @throws InterruptedException if the thread is interrupted
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        ModelUse model = new ModelUse(
                Path.of(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4]));
        long before = privateBytes();
        try (Target target = args[0].equals(BareLoop.NAME) ? BareLoop.open(model) : new InProcessTarget(model)) {
            Words words = new Words(1);
            target.complete(Stream.generate(() -> LoadRequest.of(words.text(PROMPT_WORDS), TOKENS))
                    .limit(model.sequences())
                    .toList());
            System.out.println(privateBytes() - before);
        }
    }

    /**
     * {@return what the process has of its own, with the Java heap as far as it is used}
     *
     * @throws IOException if the system does not tell
     */
    public static long privateBytes() throws IOException {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        try (Stream<String> lines = Files.lines(STATUS)) {
            long anonymous = lines.filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElseThrow(() -> new IOException("There is no RssAnon in " + STATUS));
            // The heap is resident from the start, used or not.
            return anonymous + runtime.totalMemory() - runtime.freeMemory();
        }
    }
}
