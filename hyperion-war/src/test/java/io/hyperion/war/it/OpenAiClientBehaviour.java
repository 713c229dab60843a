package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.core.RequestOptions;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.output.FinishReason;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Clients that were written for OpenAI. */
interface OpenAiClientBehaviour extends Behaviour {
    private static ChatCompletionCreateParams.Builder count() {
        return ChatCompletionCreateParams.builder()
                .model(Fixture.SOUND)
                .addSystemMessage("You are a helpful assistant.")
                .addUserMessage("Count to 5.")
                .temperature(0)
                .maxCompletionTokens(40);
    }

    @Test
    @DisplayName("OpenAI's client for Java chats")
    default void officialChat() throws IOException {
        OpenAiClients.official(wire(), client -> {
            ChatCompletion reply = client.chat()
                    .completions()
                    .create(count().n(2).logprobs(true).topLogprobs(2).build());

            assertThat(reply.choices()).hasSize(2);
            assertThat(reply.choices().get(0).message().content())
                    .hasValueSatisfying(text -> assertThat(text).isNotEmpty());
            assertThat(reply.choices().get(0).logprobs()).isPresent();
            assertThat(reply.usage())
                    .hasValueSatisfying(usage -> assertThat(usage.totalTokens()).isPositive());
        });
    }

    @Test
    @DisplayName("OpenAI's client for Java streams the same text")
    default void officialStream() throws IOException {
        OpenAiClients.official(wire(), client -> {
            ChatCompletion whole = client.chat().completions().create(count().build());
            ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
            ChatCompletionCreateParams params = count().streamOptions(ChatCompletionStreamOptions.builder()
                            .includeUsage(true)
                            .build())
                    .build();
            try (StreamResponse<ChatCompletionChunk> stream =
                    client.chat().completions().createStreaming(params)) {
                stream.stream().map(ChatCompletionChunk::validate).forEach(accumulator::accumulate);
            }
            ChatCompletion streamed = accumulator.chatCompletion();
            assertThat(streamed.choices().get(0).message().content())
                    .isEqualTo(whole.choices().get(0).message().content());
            assertThat(streamed.choices().get(0).finishReason())
                    .isEqualTo(whole.choices().get(0).finishReason());
            assertThat(streamed.usage().orElseThrow().completionTokens())
                    .isEqualTo(whole.usage().orElseThrow().completionTokens());
        });
    }

    @Test
    @DisplayName("OpenAI's client for Java completes texts and tokens, as a whole and as a stream")
    default void officialCompletions() throws IOException {
        OpenAiClients.official(wire(), client -> {
            CompletionCreateParams.Builder params = CompletionCreateParams.builder()
                    .model(Fixture.SOUND)
                    .prompt("Once upon a time")
                    .temperature(0)
                    .maxTokens(8)
                    .echo(true);
            Completion reply = client.completions().create(params.build());
            String text = reply.choices().get(0).text();
            assertThat(text).startsWith("Once upon a time");

            // With null as the reason until the end, as OpenAI streams it, a stream does not pass this client's own
            // validation.
            RequestOptions unchecked =
                    RequestOptions.builder().responseValidation(false).build();
            try (StreamResponse<Completion> stream = client.completions().createStreaming(params.build(), unchecked)) {
                assertThat(stream.stream()
                                .flatMap(event -> event.choices().stream())
                                .map(choice -> choice.text())
                                .collect(Collectors.joining()))
                        .isEqualTo(text);
            }
            Completion tokens = client.completions()
                    .create(params.promptOfArrayOfTokens(List.of(5L, 6L))
                            .echo(false)
                            .logprobs(2)
                            .build());
            assertThat(tokens.usage().orElseThrow().promptTokens()).isEqualTo(2);
            assertThat(tokens.choices().get(0).logprobs()).isPresent();
        });
    }

    @Test
    @DisplayName("OpenAI's client for Java gets embeddings and models")
    default void officialEmbeddingsAndModels() throws IOException {
        OpenAiClients.official(wire(), client -> {
            CreateEmbeddingResponse reply = client.embeddings()
                    .create(EmbeddingCreateParams.builder()
                            .model(Fixture.VECTORS)
                            .inputOfArrayOfStrings(List.of("A dog barks.", "A cat meows."))
                            .dimensions(16)
                            .build());
            assertThat(reply.data()).hasSize(2);
            assertThat(reply.data().get(1).embedding()).hasSize(16);

            assertThat(client.models().list().data())
                    .extracting(model -> model.id())
                    .contains(Fixture.SOUND);
            assertThat(client.models().retrieve(Fixture.SOUND).id()).isEqualTo(Fixture.SOUND);
        });
    }

    @Test
    @DisplayName("OpenAI's client for Java is told what is wrong")
    default void officialErrors() throws IOException {
        OpenAiClients.official(wire(), client -> {
            assertThatThrownBy(() ->
                            client.chat().completions().create(count().n(1000).build()))
                    .isInstanceOfSatisfying(BadRequestException.class, refusal -> assertThat(refusal.param())
                            .hasValue("n"));
            assertThatThrownBy(() -> client.models().retrieve("none"))
                    .isInstanceOfSatisfying(NotFoundException.class, refusal -> assertThat(refusal.code())
                            .hasValue("model_not_found"));
        });
    }

    @Test
    @DisplayName("LangChain4j chats, and streams the same text")
    default void langChain() throws IOException {
        OpenAiClients.recorded(wire(), base -> {
            ChatResponse reply = OpenAiClients.langChain(base).build().chat(UserMessage.from("Count to 5."));
            assertThat(reply.aiMessage().text()).isNotEmpty();
            assertThat(reply.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(reply.tokenUsage().totalTokenCount()).isPositive();

            StringBuilder pieces = new StringBuilder();
            CompletableFuture<ChatResponse> end = new CompletableFuture<>();
            OpenAiClients.langChainStreaming(base).build().chat("Count to 5.", new StreamingChatResponseHandler() {
                @Override
                public void onPartialResponse(String piece) {
                    pieces.append(piece);
                }

                @Override
                public void onCompleteResponse(ChatResponse response) {
                    end.complete(response);
                }

                @Override
                public void onError(Throwable error) {
                    end.completeExceptionally(error);
                }
            });
            ChatResponse streamed = end.orTimeout(60, TimeUnit.SECONDS).join();
            assertThat(streamed.aiMessage().text()).isEqualTo(reply.aiMessage().text());
            assertThat(pieces).hasToString(reply.aiMessage().text());
            assertThat(streamed.tokenUsage().outputTokenCount())
                    .isEqualTo(reply.tokenUsage().outputTokenCount());
        });
    }

    @Test
    @DisplayName("LangChain4j gets embeddings")
    default void langChainEmbeddings() throws IOException {
        OpenAiClients.recorded(wire(), base -> {
            Embedding embedding = OpenAiEmbeddingModel.builder()
                    .baseUrl(base)
                    .apiKey("none")
                    .modelName(Fixture.VECTORS)
                    .build()
                    .embed("A dog barks.")
                    .content();
            assertThat(embedding.dimension()).isGreaterThan(16);
        });
    }
}
