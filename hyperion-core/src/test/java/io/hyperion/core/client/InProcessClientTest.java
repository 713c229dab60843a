package io.hyperion.core.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.BusyException;
import io.hyperion.api.ContextExceededException;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.GenerationTimeoutException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.LogitBias;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.Prompt;
import io.hyperion.api.RequestOutcome;
import io.hyperion.api.TokenProbability;
import io.hyperion.core.TestModels;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.model.HyperionConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The in-process client")
@Timeout(60)
class InProcessClientTest {
    /** Random weights: it babbles to the end of its context, so that there is something to cancel. */
    private static Path babbler;

    private static InProcessClient client;

    @BeforeAll
    static void openClient(@TempDir Path directory) throws IOException {
        babbler = TinyModel.llama().uint32("llama.context_length", 2048).write(directory.resolve("babbler.gguf"));
        client = client(Map.of());
    }

    @AfterAll
    static void closeClient() {
        client.close();
    }

    private static InProcessClient client(Map<String, String> more) {
        Map<String, String> properties = new HashMap<>(more);
        properties.put("hyperion.models.default.path", TestModels.demo().toString());
        properties.put("hyperion.models.babbler.path", babbler.toString());
        return InProcessClient.open(HyperionConfiguration.of(properties));
    }

    private static GenerateRequest greeting() {
        return GenerateRequest.builder()
                .user("Hello, my name is Constantin")
                .temperature(0)
                .maxTokens(40)
                .build();
    }

    private static GenerateRequest.Builder babble() {
        return GenerateRequest.builder().model("babbler").prompt("abc").temperature(0);
    }

    @Nested
    @DisplayName("in plain Java SE")
    class InPlainJava {
        @Test
        @DisplayName("takes prompts of tokens and gaps to fill, as the first request of all too, and renders them")
        void otherPrompts(@TempDir Path directory) throws Exception {
            Path file = TinyModel.llama().fillsGaps().write(directory.resolve("a.gguf"));
            Prompt tokens = new Prompt.Mixed(List.of(
                    new Prompt.Part.Text("once"), new Prompt.Part.Tokens(List.of(288)), new Prompt.Part.Text("a")));
            Prompt gap = new Prompt.Infill("once", "time", "", List.of());
            for (Prompt prompt : List.of(tokens, gap)) {
                GenerateRequest request =
                        GenerateRequest.builder().prompt(prompt).maxTokens(2).build();
                try (InProcessClient own = InProcessClient.open(file)) {
                    RecordingListener cancelled = new RecordingListener();
                    own.stream(request, cancelled).cancel();
                    GenerateReply reply = own.generate(request);
                    assertThat(reply.prompt()).contains("once").isEqualTo(own.render(request));
                    assertThat(cancelled.reply.get(30, SECONDS).finishReason()).isEqualTo(FinishReason.CANCELLED);
                }
                try (InProcessClient own = InProcessClient.open(file)) {
                    assertThat(own.render(request))
                            .startsWith(prompt == gap ? "[repository] myproject" : "<s> once the");
                    GenerateRequest withTemplate =
                            request.toBuilder().template("chatml").build();
                    assertThatThrownBy(() -> own.generate(withTemplate))
                            .hasMessageContaining("'template' needs 'messages'");
                }
            }
        }

        @Test
        @DisplayName("tells the kind of probabilities and the number of texts that a model's defaults ask for")
        void defaultsOfAModel(@TempDir Path directory) {
            Map<String, String> keys = Map.of(
                    "hyperion.models.a.path",
                            TinyModel.llama().write(directory.resolve("a.gguf")).toString(),
                    "hyperion.models.a.defaults.post_sampling_probs", "true",
                    "hyperion.models.a.defaults.n_probs", "1",
                    "hyperion.models.a.defaults.ignore_eos", "true",
                    "hyperion.models.a.defaults.n", "2");
            List<GenerateEvent.Piece> told = new CopyOnWriteArrayList<>();
            try (InProcessClient own = InProcessClient.open(HyperionConfiguration.of(keys))) {
                RecordingListener listener = new RecordingListener() {
                    @Override
                    public void onPiece(GenerateEvent.Piece piece) {
                        told.add(piece);
                    }
                };
                own.stream(GenerateRequest.builder().prompt("a").maxTokens(3).build(), listener);
                assertThat(listener.reply.join().completions()).hasSize(2).allSatisfy(completion -> assertThat(
                                completion.probabilities())
                        .isNotEmpty()
                        .allMatch(TokenProbability::afterSampling));
            }
            assertThat(told).isNotEmpty().allMatch(piece -> piece.completions() == 2);
        }

        @Test
        @DisplayName(
                "tells the slots of a model that is not loaded, too, and of one that makes vectors that it has none")
        void slots(@TempDir Path directory) {
            Map<String, String> keys = Map.of(
                    "hyperion.models.text.path",
                            TinyModel.llama().write(directory.resolve("a.gguf")).toString(),
                    "hyperion.models.text.slots", "3",
                    "hyperion.models.vectors.path",
                            TinyModel.bert().write(directory.resolve("b.gguf")).toString(),
                    "hyperion.models.broken.path",
                            directory.resolve("none.gguf").toString());
            try (InProcessClient own = InProcessClient.open(HyperionConfiguration.of(keys))) {
                assertThat(own.slots(Optional.of("text"))).hasSize(3).allMatch(slot -> slot.work()
                        .isEmpty());
                assertThat(own.model("text").state()).isEqualTo(ModelState.READY);
                assertThat(own.slots(Optional.of("vectors"))).isEmpty();
                assertThat(own.slots(Optional.of("broken"))).isEmpty();
                own.generate(GenerateRequest.builder()
                        .model("text")
                        .prompt("a")
                        .maxTokens(1)
                        .build());
                assertThat(own.slots(Optional.of("text"))).hasSize(3);
            }
        }

        @Test
        @DisplayName("answers from a model file, with no server at all")
        void answers() {
            try (InProcessClient plain = InProcessClient.open(TestModels.demo())) {
                GenerateReply reply = plain.generate(GenerateRequest.builder()
                        .user("What do you know about dogs?")
                        .temperature(0)
                        .build());
                assertThat(reply.text()).containsIgnoringCase("bark");
                assertThat(reply.finishReason()).isEqualTo(FinishReason.STOP);
                assertThat(reply.prompt())
                        .isEqualTo("<|im_start|>user\nWhat do you know about dogs?<|im_end|>\n<|im_start|>assistant\n");
                assertThat(reply.promptTokens()).isBetween(8, 40);
                assertThat(reply.completionTokens()).isBetween(5, 100);
                assertThat(reply.model()).isEqualTo("default");
                assertThat(reply.timings().total()).isPositive();
            }
        }

        @Test
        @DisplayName("goes on with a story as the real model does")
        void realModel() {
            try (InProcessClient plain = InProcessClient.open(TestModels.stories())) {
                GenerateReply reply = plain.generate(GenerateRequest.builder()
                        .prompt("Once upon a time")
                        .temperature(0)
                        .maxTokens(40)
                        .build());
                assertThat(reply.text()).startsWith(", there was a little girl named Lily.");
                assertThat(reply.finishReason()).isEqualTo(FinishReason.LENGTH);
                assertThat(reply.completionTokens()).isEqualTo(40);
            }
        }
    }

    @Nested
    @DisplayName("with parameters")
    class WithParameters {
        @Test
        @DisplayName("gives the same text for the same seed, and another for another")
        void seeds() {
            List<String> texts = new ArrayList<>();
            for (long seed : new long[] {1, 1, 2, 3}) {
                texts.add(client.generate(
                                babble().temperature(1).seed(seed).maxTokens(30).build())
                        .text());
            }
            assertThat(texts.get(0)).isEqualTo(texts.get(1));
            assertThat(texts.subList(1, 4)).doesNotHaveDuplicates();
        }

        @Test
        @DisplayName("takes the most probable tokens if sampling is off, top_k is 1 or the temperature is 0")
        void greedy() {
            String greedy = client.generate(babble().maxTokens(30).build()).text();
            assertThat(client.generate(babble().temperature(2)
                                    .topK(1)
                                    .maxTokens(30)
                                    .build())
                            .text())
                    .isEqualTo(greedy);
            assertThat(client.generate(babble().temperature(1e-30).maxTokens(30).build())
                            .text())
                    .isEqualTo(greedy);
        }

        @Test
        @DisplayName("chooses by them: biases, bans, penalties of the prompt")
        void sampling() {
            GenerateParameters open =
                    GenerateParameters.builder().temperature(0).maxTokens(8).build();
            String plain = generate(open);
            assertThat(generate(open.toBuilder()
                            .logitBias(List.of(LogitBias.of(plain.strip().substring(0, 1), LogitBias.BANNED)))
                            .repeatPenalty(50)
                            .build()))
                    .isNotEqualTo(plain);
            assertThat(generate(open.toBuilder().ignoreEos(true).maxTokens(100).build()))
                    .hasSizeGreaterThan(plain.length());
        }

        private String generate(GenerateParameters parameters) {
            return client.generate(GenerateRequest.builder()
                            .user("Hello!")
                            .parameters(parameters)
                            .build())
                    .text();
        }

        @Test
        @DisplayName("refuses a bias of a token that the model does not have")
        void unknownToken() {
            GenerateRequest request = GenerateRequest.builder()
                    .prompt("Once")
                    .parameters(GenerateParameters.builder()
                            .logitBias(List.of(LogitBias.of(1_000_000, 1)))
                            .build())
                    .build();
            assertThatThrownBy(() -> client.generate(request))
                    .isInstanceOfSatisfying(InvalidRequestException.class, error -> assertThat(error.parameter())
                            .contains("logit_bias"));
        }

        @Test
        @DisplayName("ends at the token limit, and at once if that is 0")
        void maxTokens() {
            GenerateReply three = client.generate(babble().maxTokens(3).build());
            assertThat(three.completionTokens()).isEqualTo(3);
            assertThat(three.finishReason()).isEqualTo(FinishReason.LENGTH);
            GenerateReply none = client.generate(babble().maxTokens(0).build());
            assertThat(none.completionTokens()).isZero();
            assertThat(none.text()).isEmpty();
            assertThat(none.promptTokens()).isPositive();
        }

        @Test
        @DisplayName("ends before a stop string")
        void stopStrings() {
            GenerateReply whole = client.generate(greeting());
            String stop = whole.text().substring(6, 9);
            GenerateReply stopped = client.generate(GenerateRequest.builder()
                    .prompt(whole.prompt())
                    .temperature(0)
                    .stop("never this", stop)
                    .build());
            assertThat(stopped.text())
                    .isEqualTo(whole.text().substring(0, whole.text().indexOf(stop)));
            assertThat(stopped.stopString()).contains(stop);
            assertThat(stopped.finishReason()).isEqualTo(FinishReason.STOP);
        }

        @Test
        @DisplayName("goes on to the end of the context if nothing ends it")
        void endOfContext() {
            GenerateReply reply = client.generate(babble().build());
            assertThat(reply.finishReason()).isEqualTo(FinishReason.LENGTH);
            assertThat(reply.promptTokens() + reply.completionTokens())
                    .isEqualTo(client.model("babbler").details().orElseThrow().trainedContextLength());
        }
    }

    @Nested
    @DisplayName("with many requests at once")
    class WithManyRequests {
        @Test
        @DisplayName("gives each the text that it gets alone")
        void concurrentTextsAreEqual() {
            List<String> prompts = List.of("abc", "a much longer prompt than that ".repeat(4), "x", "hello world");
            List<String> alone = prompts.stream()
                    .map(prompt -> client.generate(
                                    babble().prompt(prompt).maxTokens(50).build())
                            .text())
                    .toList();
            List<CompletableFuture<GenerateReply>> together = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                together.add(client.generateAsync(babble().prompt(prompts.get(i % 4))
                                .maxTokens(50)
                                .build())
                        .toCompletableFuture());
            }
            for (int i = 0; i < 40; i++) {
                assertThat(together.get(i).join().text()).isEqualTo(alone.get(i % 4));
            }
        }

        @Test
        @DisplayName("serves them all when the cells do not suffice for all at once")
        void scarceCells() {
            String alone = client.generate(babble().maxTokens(150).build()).text();
            try (InProcessClient scarce = client(
                    Map.of("hyperion.models.babbler.context-size", "256", "hyperion.models.babbler.slots", "6"))) {
                List<CompletableFuture<GenerateReply>> together = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    together.add(scarce.generateAsync(babble().maxTokens(150).build())
                            .toCompletableFuture());
                }
                assertThat(together).allSatisfy(reply -> {
                    assertThat(reply.join().text()).isEqualTo(alone);
                    assertThat(reply.join().completionTokens()).isEqualTo(150);
                });
            }
        }

        @Test
        @DisplayName("refuses what does not fit the queue, and serves the others")
        void queueFull() throws InterruptedException {
            try (InProcessClient small =
                    client(Map.of("hyperion.models.babbler.slots", "1", "hyperion.queue.capacity", "2"))) {
                RecordingListener running = new RecordingListener();
                Generation generation = small.stream(babble().build(), running);
                assertThat(running.firstPiece.await(30, SECONDS)).isTrue();
                List<CompletableFuture<GenerateReply>> waiting = new ArrayList<>();
                BusyException busy = null;
                for (int i = 0; busy == null; i++) {
                    assertThat(i).isLessThan(10);
                    try {
                        RecordingListener listener = new RecordingListener();
                        small.stream(babble().maxTokens(1).build(), listener);
                        waiting.add(listener.reply);
                    } catch (BusyException e) {
                        busy = e;
                    }
                }
                assertThat(busy.code()).isEqualTo(ErrorCode.QUEUE_FULL);
                assertThat(busy.retryAfter().orElseThrow()).isPositive();
                assertThat(waiting).hasSize(2);
                generation.cancel();
                assertThat(waiting).allSatisfy(reply -> assertThat(reply.join().completionTokens())
                        .isEqualTo(1));
            }
        }
    }

    @Nested
    @DisplayName("counts")
    class Counts {
        @Test
        @DisplayName("what waited too long for a slot as busy, and what was done also after the model is unloaded")
        void figures() throws Exception {
            InProcessClient narrow =
                    client(Map.of("hyperion.models.babbler.slots", "1", "hyperion.queue.timeout", "PT0.1S"));
            ModelFigures figures;
            try (narrow) {
                RecordingListener running = new RecordingListener();
                Generation endless = narrow.stream(
                        babble().parameters(GenerateParameters.builder()
                                        .temperature(0)
                                        .ignoreEos(true)
                                        .contextShift(true)
                                        .maxTokens(1_000_000)
                                        .build())
                                .build(),
                        running);
                assertThat(running.firstPiece.await(30, SECONDS)).isTrue();
                HyperionException error = catchThrowableOfType(
                        HyperionException.class,
                        () -> narrow.generate(babble().maxTokens(1).build()));
                assertThat(error.code()).isEqualTo(ErrorCode.QUEUE_TIMEOUT);
                assertThat(narrow.figures("babbler").busySequences()).isOne();
                assertThat(narrow.figures("babbler").queued()).isZero();
                endless.cancel();
                assertThat(running.reply.get(30, SECONDS).finishReason()).isEqualTo(FinishReason.CANCELLED);
                figures = narrow.figures();
                assertThat(figures.requests())
                        .containsEntry(RequestOutcome.BUSY, 1L)
                        .containsEntry(RequestOutcome.CANCELLED, 1L);
                assertThat(figures.endedRequests()).isEqualTo(2);
                assertThat(figures.completionTokens()).isPositive();
                assertThat(figures.promptTime()).isPositive();
                assertThat(figures.generationTime()).isPositive();
            }
            ModelFigures past = narrow.figures();
            assertThat(past.requests()).isEqualTo(figures.requests());
            assertThat(past.promptTokens()).isEqualTo(figures.promptTokens());
            assertThat(past.generationTime()).isEqualTo(figures.generationTime());
            assertThat(past.busySequences() + past.queued() + past.slots() + past.cells() + past.usedCells())
                    .isZero();
        }
    }

    @Nested
    @DisplayName("when a generation is to end early")
    class WhenEndingEarly {
        @Test
        @DisplayName("gives what there was when it is cancelled")
        void cancel() throws Exception {
            RecordingListener listener = new RecordingListener();
            Generation generation = client.stream(babble().build(), listener);
            assertThat(listener.firstPiece.await(30, SECONDS)).isTrue();
            generation.cancel();
            generation.cancel();
            GenerateReply reply = listener.reply.get(30, SECONDS);
            assertThat(reply.finishReason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(reply.text()).isEqualTo(String.join("", listener.pieces)).isNotEmpty();
        }

        @Test
        @DisplayName("cancels it with the future")
        void cancelFuture() {
            try (InProcessClient single = client(Map.of("hyperion.models.babbler.slots", "1"))) {
                CompletableFuture<GenerateReply> first =
                        single.generateAsync(babble().build()).toCompletableFuture();
                CompletableFuture<GenerateReply> second =
                        single.generateAsync(babble().maxTokens(1).build()).toCompletableFuture();
                first.cancel(true);
                assertThat(second.join().completionTokens()).isEqualTo(1);
            }
        }

        @Test
        @DisplayName("cancels it when the waiting thread is interrupted")
        void interrupt() {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> client.generate(babble().build()))
                    .isInstanceOf(GenerationCancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
        }

        @Test
        @DisplayName("ends it when its time is over, whether it runs or waits")
        void timeout() {
            try (InProcessClient single = client(Map.of("hyperion.models.babbler.slots", "1"))) {
                // Loaded first: what is measured here is the generation's time.
                single.generate(babble().maxTokens(1).build());
                GenerateRequest brief = babble().timeout(Duration.ofMillis(5)).build();
                assertThatThrownBy(() -> single.generate(brief)).isInstanceOf(GenerationTimeoutException.class);
                assertThat(single.generate(babble().maxTokens(1).build()).completionTokens())
                        .isEqualTo(1);
            }
        }

        @Test
        @DisplayName("ends it when its listener fails, and tells the listener so")
        void listenerFails() throws Exception {
            RecordingListener failing = new RecordingListener() {
                @Override
                public void onText(String piece) {
                    throw new IllegalStateException("full");
                }
            };
            client.stream(babble().build(), failing);
            assertThatThrownBy(() -> failing.reply.get(30, SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(EngineException.class);
            assertThat(client.generate(babble().maxTokens(2).build()).completionTokens())
                    .isEqualTo(2);
        }

        @Test
        @DisplayName("fails those under way when it is closed")
        void close() throws Exception {
            InProcessClient closing = client(Map.of("hyperion.models.babbler.slots", "1"));
            RecordingListener running = new RecordingListener();
            RecordingListener waiting = new RecordingListener();
            closing.stream(babble().build(), running);
            assertThat(running.firstPiece.await(30, SECONDS)).isTrue();
            closing.stream(babble().build(), waiting);
            closing.close();
            closing.close();
            for (RecordingListener listener : List.of(running, waiting)) {
                assertThatThrownBy(() -> listener.reply.get(30, SECONDS))
                        .cause()
                        .isInstanceOfSatisfying(ModelUnavailableException.class, error -> assertThat(error.code())
                                .isEqualTo(ErrorCode.SHUTTING_DOWN));
            }
            assertThatThrownBy(() -> closing.generate(greeting())).isInstanceOf(ModelUnavailableException.class);
        }
    }

    @Nested
    @DisplayName("as a publisher")
    class AsPublisher {
        /** Requests one event at a time, when the test says so. */
        private static class SlowSubscriber implements Flow.Subscriber<GenerateEvent> {
            final List<GenerateEvent> events = new ArrayList<>();
            final CountDownLatch ended = new CountDownLatch(1);
            final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
            volatile Throwable error;

            @Override
            public void onSubscribe(Flow.Subscription given) {
                subscription.complete(given);
            }

            @Override
            public void onNext(GenerateEvent event) {
                events.add(event);
            }

            @Override
            public void onError(Throwable cause) {
                error = cause;
                ended.countDown();
            }

            @Override
            public void onComplete() {
                ended.countDown();
            }
        }

        @Test
        @DisplayName("gives pieces and then the reply, whose text they are")
        void piecesThenReply() throws Exception {
            SlowSubscriber subscriber = new SlowSubscriber();
            client.stream(greeting()).subscribe(subscriber);
            subscriber.subscription.join().request(Long.MAX_VALUE);
            assertThat(subscriber.ended.await(30, SECONDS)).isTrue();
            StringBuilder text = new StringBuilder();
            for (GenerateEvent event : subscriber.events.subList(0, subscriber.events.size() - 1)) {
                text.append(((GenerateEvent.Piece) event).text());
            }
            GenerateEvent last = subscriber.events.get(subscriber.events.size() - 1);
            assertThat(last).isInstanceOfSatisfying(GenerateEvent.Done.class, done -> assertThat(
                            done.reply().text())
                    .isEqualTo(text.toString()));
            assertThat(subscriber.events).hasSizeGreaterThan(3);
        }

        @Test
        @DisplayName("joins what a slow subscriber has not asked for into one piece")
        void joinsForSlowSubscriber() throws Exception {
            SlowSubscriber subscriber = new SlowSubscriber();
            client.stream(babble().maxTokens(60).build()).subscribe(subscriber);
            String whole = client.generate(babble().maxTokens(60).build()).text();
            // The same request made later is done, so the first one is too.
            assertThat(subscriber.events).isEmpty();
            subscriber.subscription.join().request(1);
            assertThat(subscriber.events).containsExactly(new GenerateEvent.Piece(whole));
            subscriber.subscription.join().request(1);
            assertThat(subscriber.ended.await(30, SECONDS)).isTrue();
            assertThat(subscriber.events).hasSize(2);
        }

        @Test
        @DisplayName("ends the generation with the subscription")
        void cancel() {
            try (InProcessClient single = client(Map.of("hyperion.models.babbler.slots", "1"))) {
                SlowSubscriber subscriber = new SlowSubscriber();
                single.stream(babble().build()).subscribe(subscriber);
                subscriber.subscription.join().cancel();
                assertThat(single.generate(babble().maxTokens(1).build()).completionTokens())
                        .isEqualTo(1);
                assertThat(subscriber.events).isEmpty();
            }
        }

        @Test
        @DisplayName("tells errors after the subscription, and refuses a demand of none")
        void errors() throws Exception {
            SlowSubscriber unknown = new SlowSubscriber();
            client.stream(GenerateRequest.builder().model("nobody").prompt("a").build())
                    .subscribe(unknown);
            assertThat(unknown.ended.await(30, SECONDS)).isTrue();
            assertThat(unknown.subscription).isDone();
            assertThat(unknown.error).isInstanceOf(ModelNotFoundException.class);

            SlowSubscriber wrong = new SlowSubscriber();
            client.stream(babble().build()).subscribe(wrong);
            wrong.subscription.join().request(0);
            assertThat(wrong.ended.await(30, SECONDS)).isTrue();
            assertThat(wrong.error).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested
    @DisplayName("with requests that it cannot serve")
    class WithBadRequests {
        @Test
        @DisplayName("names the models it knows when it does not know the one asked for")
        void unknownModel() {
            assertThatThrownBy(() -> client.generate(GenerateRequest.builder()
                            .model("gpt-17")
                            .prompt("a")
                            .build()))
                    .isInstanceOf(ModelNotFoundException.class)
                    .hasMessageContaining("'gpt-17'")
                    .hasMessageContaining("babbler, default");
            assertThatThrownBy(() -> client.model("gpt-17")).isInstanceOf(ModelNotFoundException.class);
        }

        @Test
        @DisplayName("tells how long the prompt is and how long it may be")
        void promptTooLong() {
            ContextExceededException error = catchThrowableOfType(
                    ContextExceededException.class,
                    () -> client.generate(babble().prompt("word ".repeat(2000)).build()));
            assertThat(error).hasMessageMatching("The prompt has \\d+ tokens, but the context .* holds \\d+.*");
        }

        @Test
        @DisplayName("refuses a template that it does not know, and one for a raw prompt")
        void templates() {
            assertThatThrownBy(() -> client.generate(GenerateRequest.builder()
                            .user("a")
                            .template("unheard-of")
                            .build()))
                    .isInstanceOf(InvalidRequestException.class);
            assertThatThrownBy(() -> client.generate(babble().template("chatml").build()))
                    .isInstanceOf(InvalidRequestException.class);
        }

        @Test
        @DisplayName("shows models that cannot be served with the reason, and serves the others")
        void failedModels(@TempDir Path directory) throws IOException {
            Path garbage = Files.writeString(directory.resolve("garbage.gguf"), "not a model at all");
            try (InProcessClient mixed = client(Map.of(
                    "hyperion.models.missing.path",
                            directory.resolve("nowhere.gguf").toString(),
                    "hyperion.models.garbage.path", garbage.toString(),
                    "hyperion.models.wrong.path", babbler.toString(),
                    "hyperion.models.wrong.slots", "0"))) {
                for (String name : List.of("missing", "garbage", "wrong")) {
                    assertThat(mixed.model(name).state()).isEqualTo(ModelState.FAILED);
                    String reason = mixed.model(name).reason().orElseThrow();
                    assertThatThrownBy(() -> mixed.generate(GenerateRequest.builder()
                                    .model(name)
                                    .prompt("a")
                                    .build()))
                            .isInstanceOf(ModelUnavailableException.class)
                            .hasMessageContaining(reason);
                }
                assertThat(mixed.generate(greeting()).text()).isNotEmpty();
            }
        }

        @Test
        @DisplayName("does not load a file that was damaged after it was found sound")
        void damagedLater(@TempDir Path directory) throws IOException {
            Path file = Files.copy(babbler, directory.resolve("changing.gguf"));
            try (InProcessClient changing = client(Map.of("hyperion.models.changing.path", file.toString()))) {
                assertThat(changing.model("changing").state()).isEqualTo(ModelState.READY);
                Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 5000));
                assertThatThrownBy(() -> changing.generate(GenerateRequest.builder()
                                .model("changing")
                                .prompt("a")
                                .build()))
                        .isInstanceOf(ModelUnavailableException.class)
                        .hasMessageContaining("changing.gguf: at offset");
                assertThat(changing.model("changing").state()).isEqualTo(ModelState.FAILED);
            }
        }

        @Test
        @DisplayName("tells of damaged weights instead of sampling from what they give")
        void damagedWeights(@TempDir Path directory) throws IOException {
            byte[] bytes = Files.readAllBytes(babbler);
            // The weights fill the end of the file; all bits set is not a number.
            Arrays.fill(bytes, bytes.length - bytes.length / 2, bytes.length, (byte) 0xFF);
            Path damaged = Files.write(directory.resolve("damaged.gguf"), bytes);
            try (InProcessClient mixed = client(Map.of("hyperion.models.damaged.path", damaged.toString()))) {
                for (double temperature : new double[] {0, 1}) {
                    assertThatThrownBy(() -> mixed.generate(GenerateRequest.builder()
                                    .model("damaged")
                                    .prompt("abc")
                                    .temperature(temperature)
                                    .build()))
                            .isInstanceOf(EngineException.class)
                            .hasMessageContaining("weights are damaged");
                }
                assertThat(mixed.generate(greeting()).text()).isNotEmpty();
            }
        }

        @Test
        @DisplayName("serves a failed model once its file is right")
        void recovers(@TempDir Path directory) throws IOException {
            Path late = directory.resolve("late.gguf");
            try (InProcessClient hopeful = client(Map.of("hyperion.models.late.path", late.toString()))) {
                GenerateRequest request = GenerateRequest.builder()
                        .model("late")
                        .prompt("a")
                        .maxTokens(1)
                        .build();
                assertThatThrownBy(() -> hopeful.generate(request)).isInstanceOf(HyperionException.class);
                Files.copy(babbler, late);
                assertThat(hopeful.generate(request).completionTokens()).isEqualTo(1);
                assertThat(hopeful.model("late").state()).isEqualTo(ModelState.LOADED);
            }
        }
    }
}
