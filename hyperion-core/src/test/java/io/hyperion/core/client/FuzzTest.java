package io.hyperion.core.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.Completion;
import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.Parameter;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.core.engine.EngineListener;
import io.hyperion.core.gguf.TinyLora;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.model.HyperionConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each request has a seed of its own; how they meet in the engine is another way each time. */
@DisplayName("Twenty thousand random requests")
class FuzzTest {
    private static final System.Logger LOGGER = System.getLogger(FuzzTest.class.getName());
    private static final int REQUESTS = 20_000;
    private static final int CALLERS = 4;
    /** How many requests a caller has under way at most: more together than slots and queues take. */
    private static final int EACH = 8;

    private static final long SEED = 20_261_121;
    private static final List<String> MODELS = List.of("plain", "adapted", "narrow", "recurrent");
    private static final List<String> FILE_NAMES = List.of(
            "a",
            "b.bin",
            "c-1",
            "",
            ".",
            "..",
            "../a",
            "a/b",
            "a\\b",
            "/etc/passwd",
            "C:a",
            "CON",
            "nul.txt",
            ".hidden",
            "-a",
            "a.",
            "a..b",
            "a\0b",
            "é",
            "\uD800",
            "a".repeat(129),
            "garbage");

    private final Map<String, Integer> results = new ConcurrentHashMap<>();
    private final Map<String, Integer> slotResults = new ConcurrentHashMap<>();
    private final Counter counter = new Counter();

    /** Counts who takes slots and gives them back. */
    private static final class Counter implements EngineListener {
        private final AtomicInteger taken = new AtomicInteger();
        private final AtomicInteger given = new AtomicInteger();
        private final AtomicInteger preempted = new AtomicInteger();
        private final AtomicInteger aborted = new AtomicInteger();

        @Override
        public void onAdmitted(String model, int slot, long step) {
            taken.incrementAndGet();
        }

        @Override
        public void onPreempted(String model, int slot) {
            preempted.incrementAndGet();
        }

        @Override
        public void onReleased(String model, int slot, long step) {
            given.incrementAndGet();
        }

        @Override
        public void onAborted(String model) {
            aborted.incrementAndGet();
        }
    }

    /** Hears of one request, and finds what does not fit together. */
    private final class Heard implements GenerateListener {
        private final GenerateParameters request;
        private final Semaphore underWay;
        private final CountDownLatch ended = new CountDownLatch(1);
        private final Map<Integer, StringBuilder> pieces = new TreeMap<>();
        private final Map<Integer, List<Integer>> tokens = new TreeMap<>();
        private final List<String> faults = new ArrayList<>();
        private int starts;
        private int ends;

        Heard(GenerateParameters request, Semaphore underWay) {
            this.request = request;
            this.underWay = underWay;
        }

        @Override
        public synchronized void onStart() {
            check(starts++ == 0 && ends == 0, "A start too many");
        }

        @Override
        public synchronized void onPiece(GenerateEvent.Piece piece) {
            check(starts == 1 && ends == 0, "A piece out of time");
            pieces.computeIfAbsent(piece.completion(), index -> new StringBuilder())
                    .append(piece.text());
            tokens.computeIfAbsent(piece.completion(), index -> new ArrayList<>())
                    .addAll(piece.tokens());
            check(piece.completions() == request.n().orElse(1), "Not the number of texts");
            check(
                    piece.progress().isPresent() == request.truth(Parameter.TIMINGS_PER_TOKEN),
                    "Progress that was not asked for, or none");
        }

        @Override
        public void onText(String text) {
            throw new IllegalStateException("Pieces are heard");
        }

        @Override
        public synchronized void onDone(GenerateReply reply) {
            check(ends == 0, "A second end");
            int texts = request.n().orElse(1);
            boolean cancelled = reply.finishReason() == FinishReason.CANCELLED;
            check(cancelled || reply.completions().size() == texts, "Not " + texts + " texts");
            for (int i = 0; i < reply.completions().size(); i++) {
                check(reply.completions().get(i), pieces.getOrDefault(i, new StringBuilder()));
                List<Integer> ids = reply.completions().get(i).tokenIds();
                check(tokens.getOrDefault(i, List.of()).equals(ids), "The pieces' tokens are not the text's");
                int count = request.truth(Parameter.RETURN_TOKENS)
                        ? reply.completions().get(i).tokens()
                        : 0;
                check(ids.size() == count, "Not all tokens");
            }
            end(reply.finishReason().name());
        }

        private void check(Completion completion, StringBuilder told) {
            check(completion.text().contentEquals(told), "The pieces are not the text");
            check(request.stop().stream().noneMatch(completion.text()::contains), "The text has a stop string");
            check(completion.tokens() <= request.maxTokens().orElse(Integer.MAX_VALUE), "More tokens than allowed");
        }

        @Override
        public synchronized void onError(HyperionException error) {
            check(ends == 0, "A second end");
            check(error.code() != ErrorCode.ENGINE_FAILURE, "The engine failed: " + error + " of " + request);
            end(error.code().name());
        }

        private boolean hasEnded() {
            return ended.getCount() == 0;
        }

        private synchronized void assertSound() {
            assertThat(faults).isEmpty();
            assertThat(ends).isOne();
        }

        private void check(boolean right, String fault) {
            if (!right) {
                faults.add(fault);
            }
        }

        private void end(String how) {
            ends++;
            count(how);
            underWay.release();
            ended.countDown();
        }
    }

    private void count(String result) {
        results.merge(result, 1, Integer::sum);
    }

    @Test
    @Timeout(300)
    @DisplayName("are answered or refused, each once, and leave nothing behind")
    void endAndLeaveNothing(@TempDir Path directory) throws Exception {
        try (InProcessClient client = InProcessClient.open(configuration(directory), counter)) {
            List<String> before =
                    MODELS.stream().map(model -> greedy(client, model)).toList();
            ExecutorService callers = Executors.newFixedThreadPool(CALLERS + 1);
            try {
                AtomicInteger next = new AtomicInteger();
                CountDownLatch requesting = new CountDownLatch(CALLERS);
                List<Future<?>> all = new ArrayList<>();
                for (int i = 0; i < CALLERS; i++) {
                    all.add(callers.submit(() -> {
                        try {
                            request(client, next);
                        } finally {
                            requesting.countDown();
                        }
                        return requesting;
                    }));
                }
                all.add(callers.submit(() -> {
                    useSlotsAndTokens(client, directory.resolve("slots"), requesting);
                    return requesting;
                }));
                for (Future<?> each : all) {
                    each.get(290, SECONDS);
                }
            } finally {
                callers.shutdownNow();
            }
            LOGGER.log(
                    System.Logger.Level.INFO,
                    "How they ended: {0}; slots and tokens: {1}",
                    new TreeMap<>(results),
                    new TreeMap<>(slotResults));
            LOGGER.log(
                    System.Logger.Level.INFO,
                    "Slots taken {0}, lost {1}; steps broken off {2}; {3}",
                    counter.taken,
                    counter.preempted,
                    counter.aborted,
                    client.figures());
            assertThat(results.values().stream().mapToInt(Integer::intValue).sum())
                    .isEqualTo(REQUESTS);
            assertThat(results.getOrDefault("LENGTH", 0) + results.getOrDefault("STOP", 0))
                    .as("those that came to their end")
                    .isGreaterThan(REQUESTS / 4);
            assertThat(slotResults)
                    .containsKeys("done", "UNUSABLE_FILE", "INVALID_FILE_NAME", "EMPTY_SLOT", "OUT_OF_RANGE");
            try (Stream<Path> files = Files.list(directory.resolve("slots"))) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .containsExactlyInAnyOrder("a", "b.bin", "c-1", "garbage");
            }
            for (String model : MODELS) {
                assertNothingIsLeft(client, model);
            }
            assertThat(counter.given.get() + counter.preempted.get()).isEqualTo(counter.taken.get());
            assertThat(MODELS.stream().map(model -> greedy(client, model)).toList())
                    .as("what they say without a seed, as before")
                    .isEqualTo(before);
        }
    }

    private static HyperionConfiguration configuration(Path directory) throws IOException {
        Path slots = Files.createDirectory(directory.resolve("slots"));
        // Long enough that a cancel finds a prompt under way.
        Path plain = TinyModel.llama()
                .exact()
                .fillsGaps()
                .uint32("llama.context_length", 512)
                .write(directory.resolve("plain.gguf"));
        Path adapted = TinyModel.llama(7).exact().write(directory.resolve("adapted.gguf"));
        Path recurrent = decaying(TinyModel.mamba()).write(directory.resolve("recurrent.gguf"));
        Path lora = TinyLora.llama(7).write(directory.resolve("lora.gguf"));
        Path other = TinyLora.llama(8).write(directory.resolve("other.gguf"));
        Map<String, String> keys = new HashMap<>();
        // Cells run short where sequences together want more than there are.
        model(keys, "plain", plain, 640, 4, 128);
        model(keys, "adapted", adapted, 160, 3, 16);
        model(keys, "narrow", plain, 64, 2, 8);
        model(keys, "recurrent", recurrent, 128, 2, 16);
        model(keys, "vectors", TinyModel.bert().write(directory.resolve("vectors.gguf")), 0, 1, 64);
        keys.put("hyperion.models.adapted.lora", lora + "," + other + "=0");
        keys.put("hyperion.models.plain.slot-save-path", slots.toString());
        keys.put("hyperion.models.adapted.slot-save-path", slots.toString());
        keys.put("hyperion.models.recurrent.slot-save-path", slots.toString());
        keys.put("hyperion.queue.capacity", "12");
        keys.put("hyperion.queue.timeout", "PT2S");
        return HyperionConfiguration.of(keys);
    }

    /** The state of a random recurrent model may grow beyond all numbers. One that was trained forgets. */
    private static TinyModel decaying(TinyModel model) {
        for (int layer = 0; layer < 2; layer++) {
            float[][] less = new float[128][16];
            for (float[] row : less) {
                Arrays.fill(row, -2);
            }
            model.plus("blk." + layer + ".ssm_a", less);
        }
        return model;
    }

    private static void model(Map<String, String> keys, String name, Path file, int cells, int slots, int batch) {
        String prefix = "hyperion.models." + name + ".";
        keys.put(prefix + "path", file.toString());
        keys.put(prefix + "context-size", Integer.toString(cells));
        keys.put(prefix + "slots", Integer.toString(slots));
        keys.put(prefix + "batch-size", Integer.toString(batch));
        keys.put(prefix + "threads", "1");
        keys.put(prefix + "chat-template", "chatml");
    }

    private static String greedy(InProcessClient client, String model) {
        return client.generate(GenerateRequest.builder()
                        .model(model)
                        .prompt("once upon a time")
                        .temperature(0)
                        .maxTokens(10)
                        .build())
                .text();
    }

    private void request(InProcessClient client, AtomicInteger next) throws Exception {
        Semaphore free = new Semaphore(EACH);
        Deque<Heard> underWay = new ArrayDeque<>();
        Deque<Generation> cancellable = new ArrayDeque<>();
        for (int number = next.getAndIncrement(); number < REQUESTS; number = next.getAndIncrement()) {
            Random random = new Random(SEED + number);
            assertThat(free.tryAcquire(120, SECONDS)).as("one of them ends").isTrue();
            while (!underWay.isEmpty() && underWay.peekFirst().hasEnded()) {
                underWay.removeFirst().assertSound();
                cancellable.removeFirst();
            }
            try {
                GenerateRequest request = new RandomRequests(random, MODELS).next();
                Heard heard = new Heard(request.parameters(), free);
                cancellable.addLast(client.stream(request, heard));
                underWay.addLast(heard);
            } catch (HyperionException e) {
                assertThat(e.code()).isNotEqualTo(ErrorCode.ENGINE_FAILURE);
                count("refused " + e.code());
                free.release();
            }
            if (random.nextInt(6) == 0 && !cancellable.isEmpty()) {
                (random.nextBoolean() ? cancellable.peekFirst() : cancellable.peekLast()).cancel();
            }
        }
        for (Heard heard : underWay) {
            assertThat(heard.ended.await(120, SECONDS)).as("it ends").isTrue();
            heard.assertSound();
        }
    }

    private void useSlotsAndTokens(InProcessClient client, Path slots, CountDownLatch requesting) throws Exception {
        Random random = new Random(SEED);
        RandomRequests choices = new RandomRequests(random, MODELS);
        while (requesting.getCount() > 0) {
            Optional<String> model = Optional.of(choices.oneOf(MODELS));
            int slot = random.nextInt(6) - 1;
            String file = FILE_NAMES.get(random.nextInt(random.nextInt(3) == 0 ? FILE_NAMES.size() : 3));
            try {
                switch (random.nextInt(8)) {
                    case 0, 1 -> client.saveSlot(model, slot, file);
                    case 2, 3 -> client.restoreSlot(model, slot, file);
                    case 4 -> client.eraseSlot(model, slot);
                    case 6 ->
                        client.slots(model)
                                .forEach(one -> one.work().ifPresent(work -> assertThat(work.generatedTokens())
                                        .isNotNegative()));
                    case 5 ->
                        client.tokenize(new TokenizeRequest(
                                model,
                                (random.nextInt(9) == 0 ? "\0" : "<s>once ").repeat(random.nextInt(20)),
                                true,
                                true));
                    default ->
                        client.detokenize(new DetokenizeRequest(
                                model,
                                IntStream.range(0, random.nextInt(20))
                                        .mapToObj(i -> random.nextInt(400) - 5)
                                        .toList()));
                }
                slotResults.merge("done", 1, Integer::sum);
            } catch (HyperionException e) {
                assertThat(e.code()).as(e::toString).isNotEqualTo(ErrorCode.ENGINE_FAILURE);
                slotResults.merge(e.code().name(), 1, Integer::sum);
            }
            if (random.nextInt(50) == 0) {
                damageOne(slots, random);
            }
        }
    }

    private static void damageOne(Path slots, Random random) throws IOException {
        Path garbage = slots.resolve("garbage");
        Path saved = slots.resolve("a");
        byte[] bytes = Files.exists(saved) ? Files.readAllBytes(saved) : new byte[20];
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
        Files.write(garbage, bytes);
    }

    private static void assertNothingIsLeft(InProcessClient client, String model) {
        // Two texts that together want more cells than there are push out all that finished sequences left.
        client.generate(GenerateRequest.builder()
                .model(model)
                .prompt("the end")
                .parameters(GenerateParameters.builder()
                        .temperature(2)
                        .ignoreEos(true)
                        .n(2)
                        .build())
                .build());
        for (int slot = 0; slot < client.model(model).slots(); slot++) {
            client.eraseSlot(Optional.of(model), slot);
        }
        ModelFigures idle = client.figures(model);
        assertThat(idle.busySequences()).as(model).isZero();
        assertThat(idle.queued()).as(model).isZero();
        assertThat(idle.cachedSequences()).as(model).isZero();
        assertThat(idle.usedCells()).as(model).isZero();
    }
}
