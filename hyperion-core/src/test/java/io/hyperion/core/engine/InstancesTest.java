package io.hyperion.core.engine;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.BusyException;
import io.hyperion.api.Completion;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Prompt;
import io.hyperion.api.SlotInfo;
import io.hyperion.core.gguf.TinyModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Several instances of a model")
@Timeout(60)
class InstancesTest {
    private static final TinyModel TINY = TinyModel.llama().exact().uint32("llama.context_length", 512);
    private static final int CELLS = 512;
    private static final Optional<Duration> NEVER = Optional.empty();

    @TempDir
    Path directory;

    /** Counts what was granted, and what of it was given back. */
    private static final class Counting implements InstanceGrant {
        private final AtomicInteger asked = new AtomicInteger();
        private final AtomicInteger held = new AtomicInteger();
        private final LinkedBlockingQueue<Integer> changes = new LinkedBlockingQueue<>();
        private final int limit;

        private Counting(int limit) {
            this.limit = limit;
        }

        @Override
        public Optional<Granted> ask() {
            asked.incrementAndGet();
            if (held.get() == limit) {
                changes.add(-1);
                return Optional.empty();
            }
            changes.add(held.incrementAndGet());
            return Optional.of(() -> changes.add(held.decrementAndGet()));
        }

        private int next() throws InterruptedException {
            return Optional.ofNullable(changes.poll(30, SECONDS)).orElseThrow();
        }
    }

    /** Holds all loops at their next step until it is opened. */
    private static final class Gate implements EngineListener {
        private volatile CountDownLatch latch = new CountDownLatch(1);

        @Override
        public void onStep(StepFigures step) {
            try {
                if (!latch.await(30, SECONDS)) {
                    throw new IllegalStateException("The gate is closed");
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private void open() {
            latch.countDown();
        }
    }

    /** Even to log it fails, in the thread of a loop: so that ends. */
    private static final class Unspeakable extends Error {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            if (Thread.currentThread().getName().startsWith("hyperion-")) {
                throw this;
            }
            return "unspeakable";
        }
    }

    private LoadedModelRig rig(int slots, InstanceSettings instances, EngineListener listener) {
        return new LoadedModelRig(TINY, directory, CELLS, slots, instances, listener);
    }

    private static InstanceSettings fixed(int number) {
        return new InstanceSettings(number, number, NEVER, InstanceGrant.ALWAYS);
    }

    private static ModelRequest request(String prompt, int maxTokens) {
        return new ModelRequest(
                new Prompt.Raw(prompt),
                GenerateParameters.builder()
                        .temperature(0)
                        .ignoreEos(true)
                        .maxTokens(maxTokens)
                        .build());
    }

    private static ModelRequest inSlot(String prompt, int slot) {
        return new ModelRequest(
                new Prompt.Raw(prompt),
                GenerateParameters.builder()
                        .temperature(0)
                        .ignoreEos(true)
                        .maxTokens(4)
                        .slot(slot)
                        .build());
    }

    @Test
    @DisplayName("give the same texts as one, greedy and with a seed, whatever each was given before")
    void sameTexts() {
        Random random = new Random(7);
        List<ModelRequest> requests = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            GenerateParameters.Builder parameters = GenerateParameters.builder()
                    .maxTokens(1 + random.nextInt(20))
                    .seed(i);
            if (i % 2 == 0) {
                parameters.temperature(0);
            }
            String prompt = "once upon a time ".repeat(random.nextInt(4)) + "there was " + random.nextInt(3);
            requests.add(new ModelRequest(new Prompt.Raw(prompt), parameters.build()));
        }
        List<String> alone;
        try (LoadedModelRig rig = rig(2, InstanceSettings.ONE, EngineListener.NONE)) {
            alone = requests.stream()
                    .map(rig::generate)
                    .map(GenerateReply::text)
                    .toList();
        }
        try (LoadedModelRig rig = rig(2, fixed(3), EngineListener.NONE)) {
            assertThat(rig.model().instances()).isEqualTo(3);
            List<LoadedModelRig.Result> results =
                    requests.stream().map(rig::submit).toList();
            List<GenerateReply> replies =
                    results.stream().map(LoadedModelRig::await).toList();
            assertThat(replies).extracting(GenerateReply::text).isEqualTo(alone);
            assertThat(replies).extracting(reply -> reply.slot() / 2).contains(0, 1, 2);
        }
    }

    @Test
    @DisplayName(
            "come and go under random requests, of which some are cancelled, lose their place, or have several texts")
    void randomRequests() {
        Random random = new Random(11);
        List<String> prompts = IntStream.range(0, 12)
                .mapToObj(i -> ("story " + i % 4 + " ").repeat(1 + i / 3) + "and " + i)
                .toList();
        Map<String, String> alone = new HashMap<>();
        try (LoadedModelRig rig = rig(1, InstanceSettings.ONE, EngineListener.NONE)) {
            prompts.forEach(prompt ->
                    alone.put(prompt, rig.generate(request(prompt, 60)).text()));
        }
        Counting grant = new Counting(2);
        InstanceSettings instances = new InstanceSettings(1, 3, Optional.of(Duration.ZERO), grant);
        AtomicInteger preempted = new AtomicInteger();
        EngineListener counting = new EngineListener() {
            @Override
            public void onPreempted(String name, int slot) {
                preempted.incrementAndGet();
            }
        };
        int cancelled = 0;
        try (LoadedModelRig rig = new LoadedModelRig(TINY, directory, 256, 6, instances, counting)) {
            for (int round = 0; round < 6; round++) {
                Map<LoadedModelRig.Result, String> running = new HashMap<>();
                for (int i = 0; i < 50; i++) {
                    String prompt = prompts.get(random.nextInt(prompts.size()));
                    LoadedModelRig.Result result = new LoadedModelRig.Result();
                    Generation generation = rig.model()
                            .submit(
                                    new ModelRequest(
                                            new Prompt.Raw(prompt),
                                            GenerateParameters.builder()
                                                    .temperature(0)
                                                    .ignoreEos(true)
                                                    .maxTokens(60)
                                                    .cachePrompt(random.nextInt(8) > 0)
                                                    .n(1 + random.nextInt(2))
                                                    .build()),
                                    result);
                    running.put(result, prompt);
                    if (random.nextInt(6) == 0) {
                        generation.cancel();
                    }
                    if (random.nextInt(20) == 0) {
                        rig.model().pin(request(prompts.get(random.nextInt(4)), 0));
                    }
                }
                for (Map.Entry<LoadedModelRig.Result, String> run : running.entrySet()) {
                    GenerateReply reply = LoadedModelRig.await(run.getKey());
                    for (Completion completion : reply.completions()) {
                        if (completion.finishReason() == FinishReason.CANCELLED) {
                            cancelled++;
                            assertThat(alone.get(run.getValue()))
                                    .startsWith(completion.text().replaceAll("\uFFFD+$", ""));
                        } else {
                            assertThat(completion.text()).isEqualTo(alone.get(run.getValue()));
                        }
                    }
                }
            }
            rig.model().close();
            assertThat(rig.model().figures().busySequences()).isZero();
            assertThat(rig.model().figures().queued()).isZero();
        }
        assertThat(cancelled).isPositive();
        assertThat(preempted).hasPositiveValue();
        assertThat(grant.asked).hasPositiveValue();
        assertThat(grant.held).hasValue(0);
    }

    @Test
    @DisplayName("number their slots one after the other, and a request gets the slot that it wants")
    void slots() {
        try (LoadedModelRig rig = rig(2, fixed(3), EngineListener.NONE)) {
            assertThat(rig.model().slotInfos()).extracting(SlotInfo::slot).containsExactly(0, 1, 2, 3, 4, 5);
            for (int slot = 5; slot >= 0; slot--) {
                assertThat(rig.generate(inSlot("once upon a time", slot)).slot())
                        .isEqualTo(slot);
            }
            assertThat(catchThrowableOfType(InvalidRequestException.class, () -> rig.submit(inSlot("a", 6))))
                    .hasMessageContaining("must be below 6");
            assertThat(rig.model().eraseSlot(5)).isPositive();
            assertThat(catchThrowableOfType(
                            InvalidRequestException.class, () -> rig.model().eraseSlot(6)))
                    .hasMessageContaining("between 0 and 5");
            assertThat(rig.model().figures().slots()).isEqualTo(6);
            assertThat(rig.model().figures().endedRequests()).isEqualTo(6);
        }
    }

    @Test
    @DisplayName("get the requests whose begin they have evaluated")
    void samePrefix() {
        Map<Integer, String> stories = new HashMap<>();
        try (LoadedModelRig rig = rig(2, fixed(3), EngineListener.NONE)) {
            for (int instance = 0; instance < 3; instance++) {
                String story = ("story " + instance + " ").repeat(8);
                stories.put(instance, story);
                rig.generate(inSlot(story, 2 * instance));
            }
            for (int round = 0; round < 10; round++) {
                for (int instance : List.of(2, 0, 1)) {
                    GenerateReply reply = rig.generate(request(stories.get(instance) + round, 2));
                    assertThat(reply.slot() / 2).isEqualTo(instance);
                    assertThat(reply.cachedTokens()).isGreaterThan(40);
                }
            }
            // Who has nothing in common with any fills the first.
            assertThat(rig.generate(request("something else", 2)).slot()).isZero();
        }
    }

    @Test
    @DisplayName("all have what is pinned, and evaluate it once")
    void pinned() {
        String begin = "once upon a time there was a king ";
        try (LoadedModelRig rig = rig(1, fixed(3), EngineListener.NONE)) {
            int tokens = rig.model().pin(new ModelRequest(new Prompt.Raw(begin), GenerateParameters.none()));
            for (int slot = 0; slot < 3; slot++) {
                assertThat(rig.generate(inSlot(begin + slot, slot)).cachedTokens())
                        .isEqualTo(tokens);
            }
        }
    }

    @Test
    @DisplayName("restore what another has saved")
    void savedSlots(@TempDir Path slots) {
        try (LoadedModelRig rig =
                new LoadedModelRig(TINY, directory, CELLS, 1, fixed(2), Optional.of(slots), EngineListener.NONE)) {
            GenerateReply first = rig.generate(inSlot("once upon a time there was a king", 0));
            int saved = rig.model().saveSlot(0, "king").tokens();
            assertThat(rig.model().restoreSlot(1, "king").tokens()).isEqualTo(saved);
            GenerateReply second = rig.generate(inSlot("once upon a time there was a king", 1));
            assertThat(second.cachedTokens()).isEqualTo(second.promptTokens() - 1);
            assertThat(second.text()).isEqualTo(first.text());
        }
    }

    @Test
    @DisplayName("become more while requests wait, as many as may be, and fewer when they are idle")
    void growAndShrink() throws InterruptedException {
        Counting grant = new Counting(5);
        InstanceSettings instances = new InstanceSettings(1, 3, Optional.of(Duration.ZERO), grant);
        try (LoadedModelRig rig = rig(1, instances, EngineListener.NONE)) {
            assertThat(LoadedModelRig.await(rig.submit(request("one", 5))).slot())
                    .isZero();
            assertThat(rig.model().instances()).isEqualTo(1);
            assertThat(grant.asked).hasValue(0);
            List<LoadedModelRig.Result> many = IntStream.range(0, 9)
                    .mapToObj(i -> rig.submit(request("more " + i, 400)))
                    .toList();
            assertThat(grant.next()).isEqualTo(1);
            assertThat(grant.next()).isEqualTo(2);
            assertThat(many.stream().map(LoadedModelRig::await))
                    .extracting(GenerateReply::slot)
                    .contains(0, 1, 2)
                    .doesNotContain(3);
            assertThat(grant.next()).isEqualTo(1);
            assertThat(grant.next()).isZero();
            assertThat(grant.asked).hasValue(2);
            assertThat(rig.model().instances()).isEqualTo(1);
            assertThat(rig.generate(request("again", 5)).slot()).isZero();
            assertThat(rig.model().figures().endedRequests()).isEqualTo(11);
            assertThat(catchThrowableOfType(InvalidRequestException.class, () -> rig.submit(inSlot("a", 1))))
                    .hasMessageContaining("must be below 1");
        }
        assertThat(grant.held).hasValue(0);
    }

    @Test
    @DisplayName("give back what they were granted when the model is closed while they are at work")
    void closedAtWork() throws InterruptedException {
        Counting grant = new Counting(5);
        LoadedModelRig rig = rig(1, new InstanceSettings(1, 3, NEVER, grant), EngineListener.NONE);
        List<LoadedModelRig.Result> many;
        try (rig) {
            many = IntStream.range(0, 9)
                    .mapToObj(i -> rig.submit(request("more " + i, 400)))
                    .toList();
            assertThat(grant.next()).isEqualTo(1);
        }
        assertThat(grant.held).hasValue(0);
        assertThat(rig.model().isServing()).isFalse();
        assertThat(many).allSatisfy(result -> assertThat(result.reply).isDone());
    }

    @Test
    @DisplayName("do not become more if that is not granted, and the requests are served all the same")
    void notGranted() throws InterruptedException {
        Counting grant = new Counting(0);
        InstanceSettings instances = new InstanceSettings(1, 3, NEVER, grant);
        try (LoadedModelRig rig = rig(1, instances, EngineListener.NONE)) {
            List<LoadedModelRig.Result> results = IntStream.range(0, 8)
                    .mapToObj(i -> rig.submit(request("more " + i, 20)))
                    .toList();
            assertThat(grant.next()).isEqualTo(-1);
            assertThat(results.stream().map(LoadedModelRig::await))
                    .extracting(GenerateReply::slot)
                    .containsOnly(0);
            assertThat(grant.asked).hasValue(1);
            assertThat(rig.model().instances()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("are not more for requests of a slot, which only its instance can serve")
    void slotIsWaitedFor() {
        Counting grant = new Counting(5);
        try (LoadedModelRig rig = rig(1, new InstanceSettings(1, 3, NEVER, grant), EngineListener.NONE)) {
            List<LoadedModelRig.Result> results = IntStream.range(0, 5)
                    .mapToObj(i -> rig.submit(inSlot("more " + i, 0)))
                    .toList();
            results.forEach(LoadedModelRig::await);
            assertThat(grant.asked).hasValue(0);
        }
    }

    @Test
    @DisplayName("take a request for which another has a slot, but no cells")
    void noCells() {
        try (LoadedModelRig rig = rig(2, fixed(2), EngineListener.NONE)) {
            LoadedModelRig.Result large = rig.submit(request("a ".repeat(200), 60));
            LoadedModelRig.Result other = rig.submit(request("b ".repeat(200), 60));
            assertThat(LoadedModelRig.await(large).slot()).isZero();
            assertThat(LoadedModelRig.await(other).slot()).isBetween(2, 3);
        }
    }

    @Test
    @DisplayName("share one queue, which is full when it is")
    void oneQueue() {
        Gate gate = new Gate();
        try (LoadedModelRig rig = rig(1, fixed(2), gate)) {
            List<LoadedModelRig.Result> results = new ArrayList<>();
            BusyException refused = null;
            for (int i = 0; refused == null; i++) {
                try {
                    results.add(rig.submit(request("more " + i, 2)));
                } catch (BusyException e) {
                    refused = e;
                }
            }
            assertThat(results).hasSizeBetween(LoadedModelRig.QUEUE, LoadedModelRig.QUEUE + 2);
            assertThat(refused).hasMessageContaining(LoadedModelRig.QUEUE + " requests are waiting");
            gate.open();
            results.forEach(LoadedModelRig::await);
        }
    }

    @Test
    @DisplayName("all end if the loop of one fails, and every request hears of it")
    void oneFails() throws InterruptedException {
        AtomicInteger steps = new AtomicInteger();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {});
        EngineListener failing = new EngineListener() {
            @Override
            public void onEnded(RequestFigures request) {
                if (steps.incrementAndGet() == 3) {
                    throw new Unspeakable();
                }
            }
        };
        try (LoadedModelRig rig = rig(1, fixed(3), failing)) {
            List<LoadedModelRig.Result> results = IntStream.range(0, 30)
                    .mapToObj(i -> rig.submit(request("more " + i, 300)))
                    .toList();
            int failed = 0;
            for (LoadedModelRig.Result result : results) {
                HyperionException error =
                        catchThrowableOfType(HyperionException.class, () -> LoadedModelRig.await(result));
                if (error != null) {
                    assertThat(error.code()).isIn(ErrorCode.ENGINE_FAILURE, ErrorCode.SHUTTING_DOWN);
                    failed++;
                }
            }
            assertThat(failed).isPositive();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    @Test
    @DisplayName("serve a recurrent model too, a request each")
    void recurrent() {
        ModelRequest request = request("once upon a time", 10);
        try (LoadedModelRig rig =
                new LoadedModelRig(TinyModel.mamba(), directory, 64, 4, fixed(3), EngineListener.NONE)) {
            String alone = rig.generate(request).text();
            List<LoadedModelRig.Result> results =
                    IntStream.range(0, 9).mapToObj(i -> rig.submit(request)).toList();
            assertThat(results.stream().map(LoadedModelRig::await))
                    .allSatisfy(reply -> assertThat(reply.text()).isEqualTo(alone))
                    .extracting(GenerateReply::slot)
                    .contains(0, 1, 2);
        }
    }
}
