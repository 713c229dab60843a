package io.hyperion.core.model;

import static io.hyperion.core.model.CatalogRig.brief;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.core.gguf.TinyModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A model whose file comes from elsewhere")
@Timeout(60)
class ModelFromSourceTest {
    @TempDir
    private Path directory;

    private ModelServer server;
    private CatalogRig rig;

    @BeforeEach
    void open() throws Exception {
        Path file = TinyModel.llama().uint32("llama.context_length", 2048).write(directory.resolve("origin.gguf"));
        server = new ModelServer(Files.readAllBytes(file));
        rig = rig();
    }

    private CatalogRig rig(String... more) {
        Map<String, String> keys = new TreeMap<>(Map.of(
                "hyperion.models-dir",
                directory.resolve("models").toString(),
                "hyperion.download.retries",
                "0",
                "hyperion.models.text.source",
                server.uri("text.gguf").toString(),
                "hyperion.models.text.slots",
                "2"));
        for (int i = 0; i < more.length; i += 2) {
            keys.put("hyperion." + more[i], more[i + 1]);
        }
        return new CatalogRig(keys);
    }

    @AfterEach
    void close() {
        rig.close();
        server.close();
    }

    @Test
    @DisplayName("is downloaded for its first requests, which wait, hear how far it is, and go on when it is loaded")
    void firstRequests() throws Exception {
        assertThat(rig.state("text")).isEqualTo(ModelState.ABSENT);
        assertThat(rig.info("text").description().source())
                .contains(server.uri("text.gguf").toString());
        server.hold();
        CatalogRig.Ear first = rig.generate(brief("text"));
        assertThat(rig.state("text")).isEqualTo(ModelState.DOWNLOADING);
        server.awaitHeld();
        CatalogRig.Ear second = rig.generate(brief("text"));
        rig.await(
                "text",
                info -> info.progress().filter(progress -> progress.bytes() > 0).isPresent());
        assertThat(rig.administration.status().downloads())
                .singleElement()
                .extracting(ModelProgress::model)
                .isEqualTo("text");
        rig.timer.advance(Duration.ofSeconds(1));
        for (CatalogRig.Ear ear : List.of(first, second)) {
            ModelProgress last = ear.waiting.get(ear.waiting.size() - 1);
            assertThat(last.state()).isEqualTo(ModelState.DOWNLOADING);
            assertThat(last.fraction().orElseThrow()).isBetween(0.3, 0.7);
        }
        server.release();
        assertThat(first.reply.join().completionTokens()).isEqualTo(3);
        assertThat(second.reply.join().completionTokens()).isEqualTo(3);
        assertThat(rig.state("text")).isEqualTo(ModelState.LOADED);
        assertThat(server.asked).hasSize(1);
        rig.generate(brief("text")).reply.join();
        assertThat(rig.administration.status().downloads()).isEmpty();
    }

    @Test
    @DisplayName(
            "is there when it has been pulled, and not loaded; those who only ask for its prompt wait for that alone")
    void pull() {
        List<ModelState> told = new CopyOnWriteArrayList<>();
        ModelInfo pulled = rig.administration
                .pull("text", progress -> told.add(progress.state()))
                .join();
        assertThat(pulled.state()).isEqualTo(ModelState.READY);
        assertThat(pulled.details()).isPresent();
        assertThat(told).endsWith(ModelState.READY);
        assertThat(rig.administration.pull("text", progress -> {}).join().state())
                .isEqualTo(ModelState.READY);
        rig.close();
        rig = rig();
        assertThat(rig.state("text")).isEqualTo(ModelState.READY);
        assertThat(server.asked).hasSize(1);
    }

    @Test
    @DisplayName("is pulled again when its file is gone by then")
    void pullAgain() throws Exception {
        rig.administration.pull("text", progress -> {}).join();
        Path file = rig.catalog
                .find(Optional.of("text"))
                .life()
                .view()
                .located()
                .flatMap(ModelSettings::path)
                .orElseThrow();
        Files.delete(file);
        assertThat(rig.administration.pull("text", progress -> {}).join().state())
                .isEqualTo(ModelState.READY);
        assertThat(file).exists();
        assertThat(server.asked).hasSize(2);
    }

    @Test
    @DisplayName("cannot be waited for in the thread that brings it, by who hears there that the file has come")
    void waitsForItself() throws Exception {
        server.hold();
        CatalogModel model = rig.catalog.find(Optional.of("text"));
        CompletableFuture<Void> pulled =
                rig.administration.pull("text", progress -> {}).thenAccept(info -> model.load());
        CatalogRig.Ear ear = rig.generate(brief("text"));
        server.awaitHeld();
        server.release();
        assertThat(ear.reply).succeedsWithin(Duration.ofSeconds(30));
        assertThatThrownBy(pulled::join).hasRootCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("is downloaded for who only wants to see a prompt")
    void render() {
        assertThat(rig.catalog.find(Optional.of("text")).render(brief("text"))).isEqualTo("abc");
        assertThat(rig.catalog
                        .find(Optional.of("text"))
                        .render(brief("text").toBuilder().build()))
                .isEqualTo("abc");
    }

    @Test
    @DisplayName("ends the request of a listener that fails while it waits, and nobody else's")
    void failingListener() throws Exception {
        server.hold();
        CatalogRig.Ear failing = new CatalogRig.Ear() {
            @Override
            public void onWaiting(ModelProgress progress) {
                throw new IllegalStateException("full");
            }
        };
        rig.catalog.find(Optional.of("text")).submit(brief("text"), failing);
        CatalogRig.Ear other = rig.generate(brief("text"));
        rig.timer.settle();
        assertThat(failing.code()).isEqualTo(ErrorCode.ENGINE_FAILURE);
        assertThat(rig.info("text").life().activeRequests()).isEqualTo(1);
        server.release();
        assertThat(other.reply.join().completionTokens()).isEqualTo(3);
    }

    @Test
    @DisplayName("keeps nobody waiting for longer than their own time, or that of the queue, and goes on to come")
    void timeouts() throws Exception {
        server.hold();
        CatalogRig.Ear hasty = rig.generate(
                brief("text").toBuilder().timeout(Duration.ofSeconds(20)).build());
        CatalogRig.Ear patient = rig.generate(brief("text"));
        CompletableFuture<?> vectors = rig.catalog
                .find(Optional.of("text"))
                .embed(EmbeddingRequest.builder()
                        .model("text")
                        .text("once")
                        .timeout(Duration.ofSeconds(20))
                        .build());
        server.awaitHeld();
        rig.timer.advance(Duration.ofSeconds(19));
        assertThat(hasty.reply).isNotDone();
        rig.timer.advance(Duration.ofSeconds(1));
        assertThat(hasty.code()).isEqualTo(ErrorCode.TIMEOUT);
        assertThatThrownBy(hasty.reply::join).hasMessageContaining("being downloaded");
        assertThatThrownBy(vectors::join).hasMessageContaining("being downloaded");
        assertThat(patient.reply).isNotDone();
        rig.timer.advance(Duration.ofMinutes(5));
        assertThat(patient.code()).isEqualTo(ErrorCode.QUEUE_TIMEOUT);
        assertThat(rig.info("text").life().activeRequests()).isZero();
        server.release();
        rig.await("text", ModelState.READY);
    }

    @Test
    @DisplayName("is no longer downloaded when it is unloaded, and goes on from there the next time")
    void cancelAndResume() throws Exception {
        server.hold();
        CatalogRig.Ear waiting = rig.generate(brief("text"));
        server.awaitHeld();
        rig.await(
                "text",
                info -> info.progress().filter(progress -> progress.bytes() > 0).isPresent());
        assertThat(rig.administration.unload("text").join().state()).isEqualTo(ModelState.ABSENT);
        assertThat(waiting.code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
        server.release();
        assertThat(rig.generate(brief("text")).reply.join().completionTokens()).isEqualTo(3);
        assertThat(server.asked).hasSize(2);
        assertThat(server.asked.get(0)).isZero();
        assertThat(server.asked.get(1)).isPositive();
    }

    @Test
    @DisplayName(
            "that could not be downloaded tells all who waited why, and is tried again by a request after a pause, or a pull at once")
    void failedDownload() {
        server.answer(404);
        CatalogRig.Ear first = rig.generate(brief("text"));
        assertThat(first.code()).isEqualTo(ErrorCode.DOWNLOAD_FAILED);
        assertThatThrownBy(first.reply::join).hasMessageContaining("404");
        ModelInfo failed = rig.info("text");
        assertThat(failed.state()).isEqualTo(ModelState.FAILED);
        assertThat(failed.reason().orElseThrow()).contains("404");
        int asked = server.asked.size();

        assertThatThrownBy(() -> rig.generate(brief("text")))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("404")
                .extracting(error -> ((HyperionException) error).retryAfter().orElseThrow())
                .isEqualTo(Duration.ofSeconds(5));
        assertThat(server.asked).hasSize(asked);

        rig.timer.advance(Duration.ofSeconds(5));
        assertThat(rig.generate(brief("text")).code()).isEqualTo(ErrorCode.DOWNLOAD_FAILED);
        assertThat(server.asked.size()).isGreaterThan(asked);

        server.answer(200);
        assertThat(rig.administration.pull("text", progress -> {}).join().state())
                .isEqualTo(ModelState.READY);
        assertThat(rig.generate(brief("text")).reply.join().completionTokens()).isEqualTo(3);
    }

    @Test
    @DisplayName("refuses those for whom there is no place to wait, and keeps the others")
    void fullQueue() throws Exception {
        rig.close();
        rig = rig("queue.capacity", "1");
        server.hold();
        List<CatalogRig.Ear> waiting =
                List.of(rig.generate(brief("text")), rig.generate(brief("text")), rig.generate(brief("text")));
        assertThatThrownBy(() -> rig.generate(brief("text")))
                .hasMessageContaining("being downloaded")
                .extracting(error -> ((HyperionException) error).code())
                .isEqualTo(ErrorCode.QUEUE_FULL);
        server.release();
        assertThat(waiting).allSatisfy(ear -> assertThat(ear.reply.join().completionTokens())
                .isEqualTo(3));
    }

    @Test
    @DisplayName("whose file turns out not to be sound is failed, with what is wrong")
    void unsound() throws Exception {
        rig.close();
        server.close();
        server = new ModelServer("not a model at all".getBytes());
        rig = rig();
        CatalogRig.Ear ear = rig.generate(brief("text"));
        assertThat(ear.code()).isIn(ErrorCode.MODEL_FAILED, ErrorCode.DOWNLOAD_FAILED);
        assertThat(rig.state("text")).isEqualTo(ModelState.FAILED);
    }

    @Test
    @DisplayName("cannot be served without a directory for it")
    void noDirectory() {
        try (CatalogRig other = new CatalogRig(
                Map.of("hyperion.models.text.source", server.uri("text.gguf").toString()))) {
            assertThat(other.info("text").reason().orElseThrow()).contains("hyperion.models-dir");
        }
    }
}
