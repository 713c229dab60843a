package io.hyperion.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.ContextExceededException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.Prompt;
import io.hyperion.core.gguf.TinyModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A prompt that is pinned")
@Timeout(60)
class PinnedPrefixesTest {
    private static final int CELLS = 256;
    private static final int BATCH = 64;
    private static final TinyModel TINY = TinyModel.llama().exact().uint32("llama.context_length", 200);

    private static Path model;

    @TempDir
    Path directory;

    @BeforeAll
    static void writeModel(@TempDir Path directory) {
        model = TINY.write(directory.resolve("tiny.gguf"));
    }

    private static LoopRig rig() {
        return new LoopRig(model, CELLS, 2, 3, BATCH, 100, Duration.ZERO, OptionalLong.of(0), EngineListener.NONE);
    }

    /** Tokens that no other number gives. */
    private static int[] prompt(int number, int length) {
        int[] tokens = IntStream.range(0, length)
                .map(i -> 3 + (number * 37 + i * (number + 3)) % 250)
                .toArray();
        tokens[0] = 1;
        tokens[1] = 3 + number;
        return tokens;
    }

    private static int[] followed(int[] begin, int more) {
        int[] tokens = Arrays.copyOf(begin, begin.length + more);
        for (int i = begin.length; i < tokens.length; i++) {
            tokens[i] = 7 + i;
        }
        return tokens;
    }

    private static GenerateReply pin(LoopRig rig, int[] prompt) {
        LoopRig.Result result = new LoopRig.Result();
        rig.pin(prompt, result);
        return finished(rig, result);
    }

    private static GenerateReply generate(LoopRig rig, int[] prompt) {
        LoopRig.Result result = new LoopRig.Result();
        rig.submit(prompt, 4, EngineOptions.DEFAULTS, result);
        return finished(rig, result);
    }

    private static GenerateReply finished(LoopRig rig, LoopRig.Result result) {
        while (!result.hasEnded()) {
            rig.turn();
        }
        return result.reply();
    }

    private static void otherTraffic(LoopRig rig) {
        for (int i = 0; i < 20; i++) {
            LoopRig.Result one = new LoopRig.Result();
            LoopRig.Result two = new LoopRig.Result();
            rig.submit(prompt(10 + i, 110), 10, EngineOptions.DEFAULTS, one);
            rig.submit(prompt(50 + i, 110), 10, EngineOptions.DEFAULTS, two);
            finished(rig, one);
            finished(rig, two);
        }
    }

    @Test
    @DisplayName("is never evaluated again, however much else fills the cache, and gives the same texts")
    void survives() {
        int[] whole = followed(prompt(1, 90), 15);
        String expected;
        try (LoopRig rig = rig()) {
            expected = generate(rig, whole).text();
            otherTraffic(rig);
            // All begin with the same one.
            assertThat(generate(rig, whole).cachedTokens()).as("unpinned").isEqualTo(1);
        }
        try (LoopRig rig = rig()) {
            assertThat(pin(rig, prompt(1, 90)).completionTokens()).isZero();
            for (int i = 0; i < 3; i++) {
                otherTraffic(rig);
                GenerateReply reply = generate(rig, whole);
                assertThat(reply.cachedTokens()).isEqualTo(90);
                assertThat(reply.text()).isEqualTo(expected);
            }
        }
    }

    @Test
    @DisplayName("is taken by every request that begins with it, also if it is short or all that a request has")
    void taken() {
        try (LoopRig rig = rig()) {
            pin(rig, prompt(1, 5));
            pin(rig, prompt(2, 100));
            otherTraffic(rig);
            assertThat(generate(rig, followed(prompt(1, 5), 20)).cachedTokens()).isEqualTo(5);
            otherTraffic(rig);
            assertThat(generate(rig, prompt(2, 100)).cachedTokens()).isEqualTo(99);
            otherTraffic(rig);
            assertThat(generate(rig, followed(Arrays.copyOf(prompt(2, 100), 60), 20))
                            .cachedTokens())
                    .isEqualTo(60);
        }
    }

    @Test
    @DisplayName("takes no cells from requests that need all")
    void leavesRoom() {
        try (LoopRig rig = rig()) {
            pin(rig, prompt(1, 150));
            int[] large = prompt(2, 190);
            assertThat(generate(rig, large).completionTokens()).isEqualTo(4);
            assertThat(generate(rig, followed(prompt(1, 150), 40)).cachedTokens())
                    .isEqualTo(150);
        }
    }

    @Test
    @DisplayName("comes back for each of two requests at once, beside a third that takes the rest of the cells")
    void inFullCache() {
        try (LoopRig rig = rig()) {
            pin(rig, prompt(1, 90));
            otherTraffic(rig);
            LoopRig.Result large = new LoopRig.Result();
            LoopRig.Result one = new LoopRig.Result();
            rig.submit(prompt(3, 150), 10, EngineOptions.DEFAULTS, large);
            rig.turn();
            rig.submit(followed(prompt(1, 90), 10), 4, EngineOptions.DEFAULTS, one);
            LoopRig.Result two = new LoopRig.Result();
            rig.submit(followed(prompt(1, 90), 12), 4, EngineOptions.DEFAULTS, two);
            assertThat(finished(rig, one).cachedTokens()).isEqualTo(90);
            assertThat(finished(rig, two).cachedTokens()).isGreaterThanOrEqualTo(90);
            assertThat(finished(rig, large).completionTokens()).isEqualTo(10);
        }
    }

    private static ModelRequest words(int count) {
        return new ModelRequest(new Prompt.Mixed(List.of(tokens(count))), GenerateParameters.none());
    }

    private static Prompt.Part tokens(int count) {
        return new Prompt.Part.Tokens(
                IntStream.range(0, count).mapToObj(i -> 3 + (i * 7) % 250).toList());
    }

    @Test
    @DisplayName("is refused, with the numbers, if it or all of them together do not fit the context")
    void tooLong() {
        try (LoadedModelRig rig = new LoadedModelRig(TINY, directory, CELLS, 2)) {
            assertThat(catchThrowableOfType(
                            ContextExceededException.class, () -> rig.model().pin(words(200))))
                    .hasMessageContaining("200 tokens, but the context of model 'tiny' holds 200");
            int first = rig.model().pin(words(150));
            assertThat(first).isEqualTo(150);
            assertThat(catchThrowableOfType(ContextExceededException.class, () -> rig.model()
                            .pin(new ModelRequest(new Prompt.Raw("x".repeat(110)), GenerateParameters.none()))))
                    .hasMessageContaining("holds 256, and prompts of 150 tokens are kept already");
        }
    }

    @Test
    @DisplayName("counts as cached for requests of the model, and is evaluated once however often it is pinned")
    void once() {
        try (LoadedModelRig rig = new LoadedModelRig(TINY, directory, CELLS, 2)) {
            ModelRequest begin =
                    new ModelRequest(new Prompt.Raw("once upon a time there was"), GenerateParameters.none());
            int tokens = rig.model().pin(begin);
            // Returns when the step is counted, and gives up what the cache has.
            assertThat(rig.model().eraseSlot(0)).isEqualTo(tokens);
            long steps = rig.model().figures().steps();
            assertThat(steps).isPositive();
            assertThat(rig.model().pin(begin)).isEqualTo(tokens);
            rig.model().eraseSlot(0);
            assertThat(rig.model().figures().steps()).isEqualTo(steps);
            GenerateReply reply = rig.generate(new ModelRequest(
                    new Prompt.Raw("once upon a time there was a"),
                    GenerateParameters.builder().maxTokens(1).build()));
            assertThat(reply.cachedTokens()).isEqualTo(tokens);
        }
    }

    @Test
    @DisplayName("is refused if it has no tokens, in the thread of a listener, and by a model that is closed")
    void refused() {
        LoadedModelRig rig = new LoadedModelRig(TinyModel.llama(), directory, 64, 1);
        try (rig) {
            assertThat(catchThrowableOfType(InvalidRequestException.class, () -> rig.model()
                                    .pin(new ModelRequest(
                                            new Prompt.Mixed(List.of(new Prompt.Part.Tokens(List.of(1_000_000)))),
                                            GenerateParameters.none())))
                            .code())
                    .isEqualTo(ErrorCode.OUT_OF_RANGE);
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            rig.model().submit(words(5), new GenerateListener() {
                @Override
                public void onText(String text) {}

                @Override
                public void onDone(GenerateReply reply) {
                    try {
                        rig.model().pin(words(6));
                    } catch (IllegalStateException e) {
                        thrown.complete(e);
                    }
                }

                @Override
                public void onError(HyperionException error) {
                    thrown.completeExceptionally(error);
                }
            });
            assertThat(thrown.orTimeout(30, TimeUnit.SECONDS).join()).hasMessageContaining("cannot wait");
        }
        assertThatThrownBy(() -> rig.model().pin(words(5))).isInstanceOf(ModelUnavailableException.class);
    }

    @Test
    @DisplayName("is nothing to a recurrent model, whose requests share nothing")
    void recurrent() {
        try (LoadedModelRig rig = new LoadedModelRig(TinyModel.mamba(), directory, 64, 1)) {
            assertThat(rig.model().pin(words(20))).isZero();
            assertThat(rig.model().figures().steps()).isZero();
        }
    }

    @Test
    @DisplayName("is left out where a request does not share, or wants other adapters")
    void notShared() {
        EngineOptions alone = new EngineOptions(1, 1, false, false, 0, 0, -1, -1, List.of());
        try (LoopRig rig = rig()) {
            pin(rig, prompt(1, 90));
            LoopRig.Result result = new LoopRig.Result();
            rig.submit(followed(prompt(1, 90), 5), 4, alone, result);
            assertThat(finished(rig, result).cachedTokens()).isZero();
        }
    }
}
