package io.hyperion.core.model;

import static io.hyperion.core.model.CatalogRig.brief;
import static io.hyperion.core.model.CatalogRig.endless;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelState;
import io.hyperion.core.gguf.TinyModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The life of a model in memory")
@Timeout(60)
class ModelLifeTest {
    private Path file;
    private Path other;

    @BeforeEach
    void write(@TempDir Path directory) {
        other = TinyModel.llama().uint32("llama.context_length", 1024).write(directory.resolve("other.gguf"));
        file = TinyModel.llama().uint32("llama.context_length", 2048).write(directory.resolve("text.gguf"));
    }

    private CatalogRig rig(String... keys) {
        return rig(Long.MAX_VALUE, List.of("text"), keys);
    }

    /** Of several models with the same file. */
    private CatalogRig rig(long limit, List<String> names, String... keys) {
        Map<String, String> all = new HashMap<>();
        names.forEach(name -> {
            all.put("hyperion.models." + name + ".path", file.toString());
            all.put("hyperion.models." + name + ".slots", "2");
        });
        for (int i = 0; i < keys.length; i += 2) {
            all.put("hyperion." + keys[i], keys[i + 1]);
        }
        return new CatalogRig(all, limit);
    }

    @Test
    @DisplayName(
            "ends after the idle time-out, which begins anew with each request, and begins again with the next one")
    void idle() {
        try (CatalogRig rig = rig("models.text.idle-timeout", "PT10M")) {
            rig.generate(brief("text")).reply.join();
            rig.timer.advance(Duration.ofMinutes(9));
            assertThat(rig.state("text")).isEqualTo(ModelState.LOADED);
            rig.generate(brief("text")).reply.join();
            rig.timer.advance(Duration.ofMinutes(9));
            assertThat(rig.state("text")).isEqualTo(ModelState.LOADED);
            assertThat(rig.info("text").life().lastUsed()).contains(Instant.EPOCH.plus(Duration.ofMinutes(9)));
            rig.timer.advance(Duration.ofMinutes(1));
            rig.await("text", ModelState.READY);
            assertThat(rig.info("text").life().instances()).isZero();
            assertThat(rig.generate(brief("text")).reply.join().completionTokens())
                    .isEqualTo(3);
        }
    }

    @Test
    @DisplayName(
            "is not idle while a request is under way, however long that takes, and ends at once afterwards if so configured")
    void busy() throws Exception {
        try (CatalogRig rig = rig("models.text.idle-timeout", "PT0S")) {
            CatalogRig.Ear ear = rig.generate(endless("text"));
            ear.awaitText();
            rig.timer.advance(Duration.ofDays(1));
            assertThat(rig.state("text")).isEqualTo(ModelState.LOADED);
            assertThat(rig.info("text").life().activeRequests()).isEqualTo(1);
            ear.cancel();
            ear.reply.join();
            rig.await("text", ModelState.READY);
            assertThat(rig.info("text").life().activeRequests()).isZero();
        }
    }

    @Test
    @DisplayName("goes on for ever for a model that is pinned, until it is pinned no longer or unloaded")
    void pinned() {
        try (CatalogRig rig = rig("models.text.idle-timeout", "PT1M")) {
            assertThat(rig.administration.pin("text", true).life().pinned()).isTrue();
            rig.administration.load("text", progress -> {}).join();
            rig.timer.advance(Duration.ofHours(1));
            assertThat(rig.state("text")).isEqualTo(ModelState.LOADED);
            rig.administration.pin("text", false);
            rig.await("text", ModelState.READY);

            rig.administration.pin("text", true);
            rig.administration.load("text", progress -> {}).join();
            ModelInfo unloaded = rig.administration.unload("text").join();
            assertThat(unloaded.state()).isEqualTo(ModelState.READY);
            assertThat(unloaded.life().pinned()).isFalse();
        }
    }

    @Test
    @DisplayName("begins at the start for a model that keeps instances, and goes on without requests")
    void minInstances() {
        try (CatalogRig rig = rig(
                "models.text.min-instances",
                "2",
                "models.text.max-instances",
                "2",
                "models.text.idle-timeout",
                "PT1M")) {
            rig.await("text", ModelState.LOADED);
            assertThat(rig.info("text").life().instances()).isEqualTo(2);
            rig.timer.advance(Duration.ofHours(1));
            assertThat(rig.state("text")).isEqualTo(ModelState.LOADED);
        }
    }

    @Test
    @DisplayName("needs the memory of one instance if it makes vectors: more of them there are not")
    void vectors() {
        try (CatalogRig rig = rig(
                "models.text.embeddings", "true", "models.text.min-instances", "2", "models.text.max-instances", "2")) {
            rig.await("text", ModelState.LOADED);
            assertThat(rig.info("text").life().instances()).isEqualTo(1);
            assertThat(rig.budget.reserved("CPU"))
                    .isEqualTo(rig.info("text").memory().orElseThrow().total(1));
        }
    }

    @Test
    @DisplayName("begins by a load that is told how far it is and at last that it is loaded, once")
    void progress() {
        try (CatalogRig rig = rig()) {
            List<ModelState> told = new ArrayList<>();
            ModelInfo info = rig.administration
                    .load("text", progress -> told.add(progress.state()))
                    .join();
            assertThat(info.state()).isEqualTo(ModelState.LOADED);
            assertThat(told).endsWith(ModelState.LOADED).containsOnlyOnce(ModelState.LOADED);
            assertThat(rig.info("text").life().activeRequests()).isZero();
        }
    }

    /** How much memory is reserved for a model of the test's file: a quarter of it may be taken by finished sequences. */
    private long size() {
        try (CatalogRig rig = rig()) {
            ModelInfo info = rig.info("text");
            return info.memory().orElseThrow().total(1)
                    + info.details().orElseThrow().fileSize() / 4;
        }
    }

    @Test
    @DisplayName(
            "ends for want of room: idle models go, the one that was not used for longest first, and no more than needed")
    void eviction() {
        try (CatalogRig rig = rig(2 * size(), List.of("a", "b", "c"))) {
            for (String model : List.of("a", "b", "a")) {
                rig.timer.advance(Duration.ofSeconds(1));
                rig.generate(brief(model)).reply.join();
            }
            assertThat(rig.generate(brief("c")).reply.join().completionTokens()).isEqualTo(3);
            assertThat(rig.state("a")).isEqualTo(ModelState.LOADED);
            assertThat(rig.state("b")).isEqualTo(ModelState.READY);
            assertThat(rig.budget.reserved("CPU")).isEqualTo(2 * size());
            rig.administration.unload("c").join();
            assertThat(rig.budget.reserved("CPU")).isEqualTo(size());
        }
    }

    @Test
    @DisplayName("does not begin if there is no room even when all have gone who may: that is refused with the numbers")
    void noRoom() {
        long size = size();
        try (CatalogRig rig = rig(size, List.of("a", "b"))) {
            rig.administration.load("a", progress -> {}).join();
            rig.administration.pin("a", true);
            CatalogRig.Ear ear = rig.generate(brief("b"));
            assertThat(ear.code()).isEqualTo(ErrorCode.MEMORY_EXCEEDED);
            assertThatThrownBy(ear.reply::join)
                    .hasMessageContaining(MemorySize.text(size))
                    .hasMessageContaining("hyperion.memory.limit")
                    .hasMessageContaining("a");
            assertThat(rig.state("b")).isEqualTo(ModelState.FAILED);
            assertThat(rig.info("b").reason().orElseThrow()).contains(MemorySize.text(size));

            rig.administration.pin("a", false);
            assertThat(rig.generate(brief("b")).reply.join().completionTokens()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("of a busy model ends for another one after its requests, and that of those who came later follows")
    void drained() throws Exception {
        try (CatalogRig rig = rig(size(), List.of("a", "b"))) {
            CatalogRig.Ear running = rig.generate(endless("a"));
            running.awaitText();
            CatalogRig.Ear other = rig.generate(brief("b"));
            rig.await("a", ModelState.UNLOADING);
            CatalogRig.Ear later = rig.generate(brief("a"));
            rig.timer.advance(Duration.ofSeconds(2));
            assertThat(running.reply).isNotDone();
            assertThat(other.states()).endsWith(ModelState.UNLOADING);
            assertThat(later.states()).containsExactly(ModelState.UNLOADING);

            running.cancel();
            assertThat(other.reply.join().completionTokens()).isEqualTo(3);
            assertThat(later.reply.join().completionTokens()).isEqualTo(3);
            assertThat(rig.state("b")).isEqualTo(ModelState.READY);
            assertThat(rig.state("a")).isEqualTo(ModelState.LOADED);
        }
    }

    @Test
    @DisplayName("ends for another one too that has waited since before it was loaded, though it is busy all the time")
    void drainedWhenLoaded() throws Exception {
        try (CatalogRig rig = rig(size(), List.of("a", "b"))) {
            MemoryBudget.Reservation all =
                    rig.budget.reserve(new Guest(), size(), "CPU").join();
            CatalogRig.Ear running = rig.generate(endless("a"));
            awaitRoom(rig, "a");
            CatalogRig.Ear other = rig.generate(brief("b"));
            awaitRoom(rig, "b");
            // Now the first one is loaded, and the second one cannot make it go before that.
            all.close();
            running.awaitText();
            rig.await("a", ModelState.UNLOADING);
            running.cancel();
            assertThat(other.reply.join().completionTokens()).isEqualTo(3);
        }
    }

    private static void awaitRoom(CatalogRig rig, String model) {
        rig.await(
                model,
                info -> info.progress().map(progress -> progress.state()).equals(Optional.of(ModelState.UNLOADING)));
    }

    /** Has memory, and goes when it wants to. */
    private record Guest() implements MemoryBudget.Tenant {
        @Override
        public String name() {
            return "guest";
        }

        @Override
        public boolean isEvictable() {
            return true;
        }

        @Override
        public boolean isIdle() {
            return false;
        }

        @Override
        public long lastUsedNanos() {
            return 0;
        }

        @Override
        public boolean evict() {
            return false;
        }

        @Override
        public boolean drain() {
            return false;
        }
    }

    @Test
    @DisplayName("begins with the file that is there when there is room, not with the one that was examined before")
    void replacedWhileWaiting() throws Exception {
        try (CatalogRig rig = rig(size(), List.of("a", "b"), "models.b.path", other.toString())) {
            CatalogRig.Ear running = rig.generate(endless("a"));
            running.awaitText();
            CatalogRig.Ear waiting = rig.generate(brief("b"));
            awaitRoom(rig, "b");
            Files.write(other, Arrays.copyOf(Files.readAllBytes(other), 10_000));
            running.cancel();
            assertThat(waiting.code()).isEqualTo(ErrorCode.MODEL_FAILED);
            assertThat(rig.info("b").reason().orElseThrow())
                    .contains("other.gguf")
                    .doesNotContain("llama.cpp");
            assertThat(rig.generate(brief("a")).reply.join().completionTokens()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("begins anew for a listener that comes again, and waits, when it hears of an unload")
    void comesAgain() throws Exception {
        try (CatalogRig rig = rig(size(), List.of("a", "b"))) {
            CatalogRig.Ear running = rig.generate(endless("a"));
            running.awaitText();
            CompletableFuture<String> again = new CompletableFuture<>();
            CatalogRig.Ear waiting = new CatalogRig.Ear() {
                @Override
                public void onError(HyperionException error) {
                    running.cancel();
                    again.complete(rig.catalog
                            .find(Optional.of("b"))
                            .detokenize(new DetokenizeRequest(Optional.of("b"), List.of(100))));
                }
            };
            rig.catalog.find(Optional.of("b")).submit(brief("b"), waiting);
            awaitRoom(rig, "b");
            assertThat(rig.administration.unload("b")).succeedsWithin(Duration.ofSeconds(30));
            assertThat(again).isCompleted();
            assertThat(rig.state("b")).isEqualTo(ModelState.LOADED);
        }
    }

    @Test
    @DisplayName(
            "that waits for room ends when nobody wants it any more, and those who waited for too long are told why")
    void waitsForRoom() throws Exception {
        try (CatalogRig rig = rig(size(), List.of("a", "b"))) {
            CatalogRig.Ear running = rig.generate(endless("a"));
            running.awaitText();
            CatalogRig.Ear brief = rig.generate(
                    brief("b").toBuilder().timeout(Duration.ofSeconds(10)).build());
            CatalogRig.Ear patient = rig.generate(brief("b"));
            rig.await("b", info -> info.progress()
                    .map(progress -> progress.state())
                    .equals(Optional.of(ModelState.UNLOADING)));
            rig.timer.advance(Duration.ofSeconds(10));
            assertThat(brief.code()).isEqualTo(ErrorCode.TIMEOUT);
            assertThat(patient.reply).isNotDone();
            rig.timer.advance(Duration.ofMinutes(5));
            assertThat(patient.code()).isEqualTo(ErrorCode.NO_ROOM);
            assertThat(rig.info("b").life().activeRequests()).isZero();

            rig.await("b", ModelState.READY);
            running.cancel();
            assertThat(rig.generate(brief("a")).reply.join().completionTokens()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("is one of the requests too that are cancelled while they wait: they are no longer counted")
    void cancelledWaiting() throws Exception {
        try (CatalogRig rig = rig(size(), List.of("a", "b"))) {
            CatalogRig.Ear running = rig.generate(endless("a"));
            running.awaitText();
            CatalogRig.Ear waiting = rig.generate(brief("b"));
            assertThat(rig.info("b").life().activeRequests()).isEqualTo(1);
            waiting.cancel();
            assertThat(waiting.reply.join().completionTokens()).isZero();
            assertThat(rig.info("b").life().activeRequests()).isZero();
        }
    }

    @Test
    @DisplayName("begins with the messages that requests begin with: their tokens come from the cache")
    void preloadMessages() {
        String messages = "[{\"role\":\"system\",\"content\":\"You are a helpful and rather talkative assistant.\"}]";
        try (CatalogRig rig = rig("models.text.preload.messages", messages)) {
            rig.await("text", ModelState.LOADED);
            GenerateReply reply = rig.generate(GenerateRequest.builder()
                            .model("text")
                            .system("You are a helpful and rather talkative assistant.")
                            .user("Hello!")
                            .maxTokens(1)
                            .build())
                    .reply
                    .join();
            assertThat(reply.cachedTokens()).isGreaterThan(20);
        }
    }

    @Test
    @DisplayName("ends with its catalog, in whatever state it is, and leaves no thread behind")
    void closed() throws Exception {
        CatalogRig rig = rig(size(), List.of("a", "b", "c"));
        CatalogRig.Ear running = rig.generate(endless("a"));
        running.awaitText();
        CatalogRig.Ear waiting = rig.generate(brief("b"));
        rig.close();
        assertThat(running.code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
        assertThat(waiting.code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
        assertThat(rig.budget.reserved("CPU")).isZero();
        CatalogRig.await(
                () -> Thread.getAllStackTraces().keySet().stream().noneMatch(thread -> thread.getName()
                        .matches("hyperion-(a|b|c|load-.*|unload-.*|timer)|manual-timer")),
                () -> "There are threads left: " + Thread.getAllStackTraces().keySet());
    }
}
