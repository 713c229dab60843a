package io.hyperion.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionException;
import io.hyperion.core.client.InProcessClient;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.model.HyperionConfiguration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A real loop with a long prompt")
@Timeout(120)
class BrokenOffStepTest {
    private static final class Heard implements GenerateListener {
        private final CountDownLatch started = new CountDownLatch(1);
        private final CountDownLatch firstText = new CountDownLatch(1);
        private final CompletableFuture<GenerateReply> reply = new CompletableFuture<>();

        @Override
        public void onStart() {
            started.countDown();
        }

        @Override
        public void onText(String text) {
            firstText.countDown();
        }

        @Override
        public void onDone(GenerateReply whole) {
            reply.complete(whole);
        }

        @Override
        public void onError(HyperionException error) {
            reply.completeExceptionally(error);
        }
    }

    /** One step takes the whole prompt, which takes a second or so. */
    private static InProcessClient client(Path model, EngineListener listener) {
        return InProcessClient.open(
                HyperionConfiguration.of(Map.of(
                        "hyperion.models.slow.path", model.toString(),
                        "hyperion.models.slow.context-size", "16384",
                        "hyperion.models.slow.batch-size", "8192",
                        "hyperion.models.slow.threads", "1",
                        "hyperion.models.slow.slots", "2")),
                listener);
    }

    private static GenerateRequest story() {
        return GenerateRequest.builder()
                .prompt("abc")
                .temperature(0)
                .maxTokens(400)
                .build();
    }

    private static GenerateRequest longPrompt() {
        return GenerateRequest.builder()
                .prompt("xyz ".repeat(1900))
                .temperature(0)
                .maxTokens(5)
                .build();
    }

    @Test
    @DisplayName(
            "breaks its evaluation off when nobody waits for it any more, and others get the text that they get alone")
    void breaksOff(@TempDir Path directory) throws Exception {
        Path model =
                TinyModel.llama().exact().uint32("llama.context_length", 16_384).write(directory.resolve("slow.gguf"));
        CountDownLatch aborted = new CountDownLatch(1);
        CountDownLatch twoReleased = new CountDownLatch(2);
        EngineListener listener = new EngineListener() {
            @Override
            public void onAborted(String name) {
                aborted.countDown();
            }

            @Override
            public void onReleased(String name, int slot, long step) {
                twoReleased.countDown();
            }
        };
        String alone;
        try (InProcessClient client = client(model, EngineListener.NONE)) {
            alone = client.generate(story()).text();
        }
        try (InProcessClient client = client(model, listener)) {
            Heard other = new Heard();
            client.stream(story(), other);
            other.firstText.await();
            Heard cancelled = new Heard();
            Generation generation = client.stream(longPrompt(), cancelled);
            cancelled.started.await();
            awaitDecode();
            generation.cancel();
            assertThat(cancelled.reply.get().finishReason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(aborted.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(other.reply.get().text()).isEqualTo(alone);
            assertThat(twoReleased.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(client.figures("slow").busySequences()).isZero();
        }
    }

    /** Waits until the loop's thread is inside the step that evaluates the prompt. */
    private static void awaitDecode() {
        Thread loop = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("hyperion-slow"))
                .findFirst()
                .orElseThrow();
        while (Arrays.stream(loop.getStackTrace())
                .noneMatch(frame -> frame.getMethodName().equals("llama_decode"))) {
            Thread.onSpinWait();
        }
    }

    @Test
    @DisplayName("tells the Flight Recorder of each step and each request")
    void flightRecorder(@TempDir Path directory) throws IOException {
        Path model = TinyModel.llama().write(directory.resolve("slow.gguf"));
        Path file = directory.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("io.hyperion.Step");
            recording.enable("io.hyperion.Request");
            recording.start();
            // Closed before the end of the recording: the reply comes before the event of its last step.
            try (InProcessClient client = client(model, EngineListener.NONE)) {
                client.generate(GenerateRequest.builder()
                        .prompt("abc")
                        .temperature(0)
                        .maxTokens(7)
                        .build());
            }
            recording.stop();
            recording.dump(file);
        }
        int generated = 0;
        int requests = 0;
        for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
            if (event.getEventType().getName().equals("io.hyperion.Step")) {
                generated += event.getInt("generated");
            } else if (event.getEventType().getName().equals("io.hyperion.Request")) {
                requests++;
                assertThat(event.getString("outcome")).isEqualTo("LENGTH");
                assertThat(event.getInt("completionTokens")).isEqualTo(7);
            }
        }
        assertThat(generated).isEqualTo(7);
        assertThat(requests).isEqualTo(1);
    }
}
