package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.ContextExceededException;
import io.hyperion.api.Conversation;
import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.JavaTool;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.Prompt;
import io.hyperion.api.RerankRequest;
import io.hyperion.api.SlotReply;
import io.hyperion.api.TokenProbability;
import io.hyperion.api.TokenizeReply;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.api.ToolChoice;
import io.hyperion.api.remote.Mode;
import io.hyperion.api.remote.RemoteClient;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A Java application elsewhere, which has the models by the same API. */
interface RemoteClientBehaviour extends Behaviour {
    /** The request of {@link Behaviour#SHORT}. */
    GenerateRequest STORY = GenerateRequest.builder()
            .prompt("Once upon a time")
            .maxTokens(24)
            .temperature(0)
            .build();

    /** The request of {@link Behaviour#ENDLESS}. */
    GenerateRequest WITHOUT_END = GenerateRequest.builder()
            .model(Fixture.SINGLE)
            .prompt("Once")
            .parameters(GenerateParameters.builder()
                    .maxTokens(1_000_000_000)
                    .ignoreEos(true)
                    .contextShift(true)
                    .build())
            .build();

    long PATIENCE_SECONDS = 60;

    default RemoteClient remote(Mode mode) {
        return HyperionClient.builder().uri(wire().base()).mode(mode).build();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("a remote client gets the reply that POST /generate gives, and all that belongs to it")
    default void remoteReply(Mode mode) {
        JsonObject told = wire().post("/generate", "{" + SHORT + "}").json();
        try (RemoteClient client = remote(mode)) {
            GenerateReply reply = client.generate(STORY);

            assertThat(reply.text()).isEqualTo(told.getString("output")).isNotEmpty();
            assertThat(reply.model()).isEqualTo(Fixture.SOUND);
            assertThat(reply.prompt()).isEqualTo(told.getString("prompt"));
            assertThat(reply.promptTokens()).isEqualTo(told.getInt("prompt_tokens"));
            assertThat(reply.completionTokens()).isEqualTo(told.getInt("completion_tokens"));
            assertThat(reply.finishReason().wireName()).isEqualTo(told.getString("finish_reason"));
            assertThat(reply.cachedTokens()).isPositive();
            assertThat(reply.slot()).isBetween(0, 7);
            assertThat(reply.timings().total()).isPositive();
            assertThat(client.generateAsync(STORY).toCompletableFuture().join().text())
                    .isEqualTo(reply.text());
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName(
            "a remote client gets probabilities, tokens, stop strings, progress and several completions, piece by piece and at once")
    default void remoteDetails(Mode mode) {
        GenerateRequest request = STORY.toBuilder()
                .parameters(GenerateParameters.builder()
                        .maxTokens(16)
                        .seed(1)
                        .n(2)
                        .logProbabilities(2)
                        .returnTokens(true)
                        .timingsPerToken(true)
                        .stop("zzz")
                        .build())
                .build();
        try (RemoteClient client = remote(mode)) {
            Heard heard = new Heard();
            client.stream(request, heard);
            GenerateReply reply = heard.reply();

            assertThat(reply.completions()).hasSize(2);
            for (int i = 0; i < 2; i++) {
                int index = i;
                List<GenerateEvent.Piece> pieces = heard.pieces.stream()
                        .filter(piece -> piece.completion() == index)
                        .toList();
                assertThat(pieces.stream().map(GenerateEvent.Piece::text).reduce("", String::concat))
                        .isEqualTo(reply.completions().get(i).text());
                assertThat(pieces.stream()
                                .flatMap(piece -> piece.tokens().stream())
                                .toList())
                        .isEqualTo(reply.completions().get(i).tokenIds())
                        .isNotEmpty();
                List<TokenProbability> probabilities =
                        reply.completions().get(i).probabilities();
                assertThat(pieces.stream()
                                .flatMap(piece -> piece.probabilities().stream())
                                .toList())
                        .isEqualTo(probabilities);
                assertThat(probabilities.get(0).top()).hasSize(2);
                assertThat(pieces).allMatch(piece -> piece.progress().isPresent() && piece.completions() == 2);
            }
            assertThat(client.generate(STORY.toBuilder().stop(",").build()).stopString())
                    .isEqualTo(
                            wire().post("/generate", "{" + SHORT + ",'stop':','}")
                                            .json()
                                            .containsKey("stop_string")
                                    ? Optional.of(",")
                                    : Optional.empty());
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("a remote client hears the first piece before the last one is made, and cancelling frees the model")
    default void remoteCancel(Mode mode) throws InterruptedException {
        try (RemoteClient client = remote(mode)) {
            Heard heard = new Heard();
            Generation generation = client.stream(WITHOUT_END, heard);
            assertThat(heard.next()).isNotEmpty();
            generation.cancel();

            if (mode == Mode.WEBSOCKET) {
                assertThat(heard.reply().finishReason()).isEqualTo(FinishReason.CANCELLED);
            } else {
                assertThat(heard.error()).isInstanceOf(GenerationCancelledException.class);
            }
            assertSingleIsFree();

            CompletableFuture<GenerateReply> future =
                    client.generateAsync(WITHOUT_END).toCompletableFuture();
            future.cancel(true);
            assertSingleIsFree();

            Subscriber subscriber = new Subscriber();
            client.stream(WITHOUT_END).subscribe(subscriber);
            subscriber.subscription.join().request(1);
            assertThat(subscriber.events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .isInstanceOf(GenerateEvent.Piece.class);
            subscriber.subscription.join().cancel();
            assertSingleIsFree();
        }
        RemoteClient closing = remote(mode);
        Heard closed = new Heard();
        closing.stream(WITHOUT_END, closed);
        assertThat(closed.next()).isNotEmpty();
        closing.close();
        assertThat(closed.error().code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
        assertSingleIsFree();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("a remote client has a hundred requests under way at once, more than one socket may have")
    default void remoteHundred(Mode mode) {
        try (RemoteClient client = remote(mode)) {
            String text = client.generate(STORY).text();
            List<CompletableFuture<GenerateReply>> replies = Stream.generate(
                            () -> client.generateAsync(STORY).toCompletableFuture())
                    .limit(100)
                    .toList();

            assertThat(replies).allSatisfy(reply -> assertThat(
                            reply.get(PATIENCE_SECONDS, TimeUnit.SECONDS).text())
                    .isEqualTo(text));
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("the server's errors reach a remote client as the API's own, with their code, field and message")
    default void remoteErrors(Mode mode) {
        try (RemoteClient client = remote(mode)) {
            ModelNotFoundException nobody = catchThrowableOfType(
                    ModelNotFoundException.class,
                    () -> client.generate(STORY.toBuilder().model("nobody").build()));
            assertThat(nobody.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
            assertThat(nobody).hasMessageContaining("'nobody'");

            GenerateRequest wrongTemplate = GenerateRequest.builder()
                    .user("Hello")
                    .template("{% nonsense %}")
                    .build();
            InvalidRequestException template =
                    catchThrowableOfType(InvalidRequestException.class, () -> client.generate(wrongTemplate));
            assertThat(template.code()).isEqualTo(ErrorCode.UNSUPPORTED_TEMPLATE);
            assertThat(template.parameter()).hasValue("template");
            assertThat(catchThrowableOfType(InvalidRequestException.class, () -> client.render(wrongTemplate))
                            .code())
                    .isEqualTo(ErrorCode.UNSUPPORTED_TEMPLATE);

            Heard refused = new Heard();
            client.stream(STORY.toBuilder().model("missing").build(), refused);
            assertThat(refused.error()).isInstanceOf(ModelUnavailableException.class);
            assertThat(refused.error().code()).isEqualTo(ErrorCode.MODEL_FAILED);

            assertThat(catchThrowableOfType(
                                    ContextExceededException.class,
                                    () -> client.generate(STORY.toBuilder()
                                            .prompt("once upon a time ".repeat(12_000))
                                            .build()))
                            .code())
                    .isEqualTo(ErrorCode.CONTEXT_EXCEEDED);
            assertThat(catchThrowableOfType(
                                    InvalidRequestException.class,
                                    () -> client.generate(STORY.toBuilder()
                                            .prompt("once upon a time ".repeat(30_000))
                                            .build()))
                            .code())
                    .isEqualTo(ErrorCode.TOO_LARGE);

            // The paths of other protocols, whose errors have no place for a code.
            InvalidRequestException token = catchThrowableOfType(
                    InvalidRequestException.class, () -> client.detokenize(DetokenizeRequest.of(List.of(1_000_000))));
            assertThat(token.code()).isEqualTo(ErrorCode.OUT_OF_RANGE);
            assertThat(token.parameter()).hasValue("tokens");
            assertThat(catchThrowableOfType(
                                    InvalidRequestException.class,
                                    () -> client.saveSlot(Optional.empty(), 0, "../escaped"))
                            .code())
                    .isEqualTo(ErrorCode.INVALID_FILE_NAME);
            assertThat(catchThrowableOfType(
                                    InvalidRequestException.class,
                                    () -> client.rerank(RerankRequest.builder()
                                            .query("a")
                                            .document("b")
                                            .build()))
                            .code())
                    .isEqualTo(ErrorCode.NOT_SUPPORTED);
        }
        try (RemoteClient astray = HyperionClient.builder()
                .uri(URI.create(wire().base() + "/astray"))
                .mode(mode)
                .build()) {
            assertThat(catchThrowableOfType(HyperionException.class, () -> astray.generate(STORY)))
                    .isInstanceOfAny(EngineException.class, InvalidRequestException.class);
        }
    }

    /** Arguments of a tool. */
    record Place(boolean indoors) {}

    /** What a model is asked to write. */
    record Verdict(boolean good, Mood mood) {
        /** How a text sounds. */
        enum Mood {
            GLAD,
            SAD
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("a remote client lets the model call tools, and gets objects")
    default void remoteTools(Mode mode) {
        List<Place> asked = new ArrayList<>();
        JavaTool weather = JavaTool.of("weather", "Tells the weather", Place.class, place -> {
            asked.add(place);
            return "rain";
        });
        GenerateRequest question = GenerateRequest.builder()
                .user("How is the weather?")
                .temperature(0)
                .maxTokens(64)
                .toolChoice(ToolChoice.REQUIRED)
                .tools(List.of(weather.tool()))
                .build();
        try (RemoteClient client = remote(mode)) {
            Conversation conversation = client.converse(question, List.of(weather), 1);
            assertThat(asked).isNotEmpty();
            assertThat(conversation.messages().stream().flatMap(message -> message.toolCalls().stream()))
                    .hasSameSizeAs(asked);

            Heard heard = new Heard();
            client.stream(question, heard);
            GenerateReply reply = heard.reply();
            assertThat(reply.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
            assertThat(heard.arguments).hasToString(reply.toolCalls().get(0).arguments());

            Verdict verdict = client.generate(
                    GenerateRequest.builder().user("Good?").temperature(0).build(), Verdict.class);
            assertThat(verdict.mood()).isNotNull();
        }
    }

    @Test
    @DisplayName("a remote client turns texts into tokens and back, and prompts of tokens into the same reply")
    default void remoteTokens() {
        String text = "Once upon a time, in Zürich 🐕";
        try (RemoteClient client = remote(Mode.WEBSOCKET)) {
            TokenizeReply tokens = client.tokenize(new TokenizeRequest(Optional.of(Fixture.SOUND), text, true, true));
            assertThat(tokens.model()).isEqualTo(Fixture.SOUND);
            assertThat(tokens.ids())
                    .isEqualTo(wire().post("/tokenize", "{'content':'" + text + "','add_special':true}")
                            .json()
                            .getJsonArray("tokens")
                            .getValuesAs(jakarta.json.JsonNumber::intValue));
            List<Integer> plain = client.tokenize(TokenizeRequest.of(text)).ids();
            assertThat(client.detokenize(DetokenizeRequest.of(plain)).strip()).isEqualTo(text);

            Prompt.Mixed prompt = new Prompt.Mixed(List.of(new Prompt.Part.Tokens(tokens.ids())));
            assertThat(client.generate(STORY.toBuilder().prompt(prompt).build()).text())
                    .isEqualTo(client.generate(STORY.toBuilder()
                                    .prompt(new Prompt.Raw(text))
                                    .build())
                            .text());
        }
    }

    @Test
    @DisplayName("a remote client gets the very vectors that there are")
    default void remoteVectors() {
        try (RemoteClient client = remote(Mode.REST)) {
            EmbeddingReply reply = client.embed(EmbeddingRequest.builder()
                    .model(Fixture.VECTORS)
                    .text("A dog barks.")
                    .tokens(List.of(1, 5, 6))
                    .timeout(java.time.Duration.ofSeconds(PATIENCE_SECONDS))
                    .build());
            JsonArray told = wire().post(
                            "/v1/embeddings", "{'model':'" + Fixture.VECTORS + "','input':['A dog barks.']}")
                    .json()
                    .getJsonArray("data")
                    .getJsonObject(0)
                    .getJsonArray("embedding");

            assertThat(reply.model()).isEqualTo(Fixture.VECTORS);
            assertThat(reply.embeddings()).hasSize(2);
            assertThat(reply.embeddings().get(1).tokens()).isEqualTo(3);
            float[] vector = reply.embeddings().get(0).vector();
            assertThat(vector).hasSize(told.size());
            for (int i = 0; i < vector.length; i++) {
                assertThat(vector[i]).isEqualTo((float) told.getJsonNumber(i).doubleValue());
            }
        }
    }

    @Test
    @DisplayName("a remote client sees the models, what is set for them, what they do, and their slots")
    default void remoteModels() {
        try (RemoteClient client = remote(Mode.REST)) {
            String text = client.generate(STORY).text();
            List<ModelInfo> models = client.models();
            JsonArray told = wire().get("/models").json().getJsonArray("models");
            assertThat(models.stream().map(ModelInfo::name))
                    .isEqualTo(told.getValuesAs(model -> model.asJsonObject().getString("name")));
            assertThat(models).allMatch(model -> model.equals(client.model(model.name())));
            ModelInfo sound = client.model(Fixture.SOUND);
            assertThat(sound.isDefault()).isTrue();
            assertThat(sound.details()).isPresent();
            assertThat(client.model("text").reason()).isPresent();

            assertThat(client.properties(Optional.empty()))
                    .isEqualTo(client.properties(Optional.of(Fixture.SOUND)))
                    .matches(properties -> properties.contextSize() == sound.contextSize()
                            && properties.slots() == sound.slots()
                            && properties.pooling().isEmpty());
            assertThat(client.properties(Optional.of(Fixture.VECTORS)).pooling())
                    .isPresent();

            long before = client.figures(Fixture.SOUND).endedRequests();
            GenerateReply reply = client.generate(STORY);
            assertThat(client.figures(Fixture.SOUND).endedRequests()).isGreaterThan(before);
            assertThat(client.figures(Fixture.SOUND).promptTime()).isPositive();

            assertThat(client.slots(Optional.empty())).hasSize(sound.slots());
            SlotReply saved = client.saveSlot(Optional.empty(), reply.slot(), "remote.bin");
            assertThat(saved.tokens()).isPositive();
            assertThat(client.eraseSlot(Optional.empty(), reply.slot())).isPositive();
            SlotReply restored = client.restoreSlot(Optional.of(Fixture.SOUND), reply.slot(), "remote.bin");
            assertThat(restored.tokens()).isEqualTo(saved.tokens());
            assertThat(restored.bytes()).isPositive();
            assertThat(restored.model()).isEqualTo(Fixture.SOUND);
            assertThat(client.generate(STORY).text()).isEqualTo(text);
            assertThat(client.render(GenerateRequest.builder().user("Hello").build()))
                    .isEqualTo(wire().post("/apply-template", "{'messages':[{'role':'user','content':'Hello'}]}")
                            .json()
                            .getString("prompt"));
        }
    }

    /** What a listener heard. */
    final class Heard implements GenerateListener {
        private final List<GenerateEvent.Piece> pieces = new ArrayList<>();
        private final StringBuilder arguments = new StringBuilder();
        private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
        private final CompletableFuture<GenerateReply> reply = new CompletableFuture<>();

        String next() throws InterruptedException {
            return Optional.ofNullable(texts.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .orElse("");
        }

        GenerateReply reply() {
            return reply.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        }

        HyperionException error() {
            return (HyperionException) reply.handle((done, error) -> error)
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .join();
        }

        @Override
        public void onPiece(GenerateEvent.Piece piece) {
            pieces.add(piece);
            texts.add(piece.text());
        }

        @Override
        public void onText(String text) {
            throw new AssertionError("onPiece hears of it");
        }

        @Override
        public void onToolCall(GenerateEvent.ToolCallPiece piece) {
            if (piece.index() == 0) {
                arguments.append(piece.arguments());
            }
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

    /** Takes what it asks for. */
    final class Subscriber implements Flow.Subscriber<GenerateEvent> {
        private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
        private final BlockingQueue<GenerateEvent> events = new LinkedBlockingQueue<>();

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription.complete(given);
        }

        @Override
        public void onNext(GenerateEvent event) {
            events.add(event);
        }

        @Override
        public void onError(Throwable error) {
            throw new AssertionError(error);
        }

        @Override
        public void onComplete() {
            throw new AssertionError("It has no end");
        }
    }
}
