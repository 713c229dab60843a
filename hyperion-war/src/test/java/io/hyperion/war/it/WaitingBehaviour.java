package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import io.hyperion.api.remote.Mode;
import io.hyperion.api.remote.RemoteClient;
import io.hyperion.war.it.Wire.Answer;
import io.hyperion.war.it.Wire.Event;
import io.hyperion.war.it.Wire.Events;
import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests for models that are being downloaded. */
interface WaitingBehaviour extends Behaviour {
    @Test
    @DisplayName("a stream tells how far the download is that it waits for, and goes on when that is done")
    default void waitingEvents() throws IOException {
        try (Events stream =
                wire().stream("/generate", "{'model':'slow-events','prompt':'Once','max_tokens':4,'stream':true}")) {
            JsonObject progress = downloading(stream);
            assertThat(progress.getString("model")).isEqualTo("slow-events");
            assertThat(progress.getJsonNumber("total_bytes").longValue())
                    .isGreaterThan(progress.getJsonNumber("bytes").longValue());
            assertThat(wire().get("/models/slow-events").json().getString("state"))
                    .isEqualTo("downloading");
            SlowModels.release("slow-events");

            List<Event> rest = stream.all();
            assertThat(rest.get(0).name()).isEqualTo("token");
            assertThat(rest.get(rest.size() - 1).name()).isEqualTo("done");
        }
        JsonObject model = wire().get("/models/slow-events").json();
        assertThat(model.getString("state")).isEqualTo("loaded");
        assertThat(model.containsKey("progress")).isFalse();
    }

    /** The first event that tells that half of the file is there. */
    private static JsonObject downloading(Events stream) throws IOException {
        Event event = stream.any();
        while (event.data().getJsonNumber("bytes").longValue() == 0) {
            assertThat(event.name()).isEqualTo("progress");
            event = stream.any();
        }
        assertThat(event.data().getString("state")).isEqualTo("downloading");
        return event.data();
    }

    @Test
    @DisplayName("a request for a whole reply waits, and has it in the end")
    default void waitingWhole() throws IOException {
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(
                () -> wire().post("/generate", "{'model':'slow-whole','prompt':'Once','max_tokens':4}"));
        try (Events stream = wire().stream("/models/slow-whole/pull", "{'stream':true}")) {
            downloading(stream);
            assertThat(answer).isNotDone();
            SlowModels.release("slow-whole");
        }

        assertThat(answer.orTimeout(60, TimeUnit.SECONDS).join().json().getString("model"))
                .isEqualTo("slow-whole");
    }

    @Test
    @DisplayName("OpenAI's client for Java streams from a model that is downloaded first, and skips the comments")
    default void waitingOpenAi() {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(wire().base() + "/v1")
                .apiKey("none")
                .responseValidation(true)
                .checkJacksonVersionCompatibility(false)
                .maxRetries(0)
                .build();
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        // It returns with the head of the answer, which comes with the first comment.
        try (StreamResponse<ChatCompletionChunk> stream = client.chat()
                .completions()
                .createStreaming(ChatCompletionCreateParams.builder()
                        .model("slow-openai")
                        .addUserMessage("Count to 5.")
                        .temperature(0)
                        .maxCompletionTokens(40)
                        .build())) {
            assertThat(wire().get("/models/slow-openai").json().getString("state"))
                    .isEqualTo("downloading");
            SlowModels.release("slow-openai");
            stream.stream().map(ChatCompletionChunk::validate).forEach(accumulator::accumulate);
        } finally {
            client.close();
        }
        assertThat(accumulator.chatCompletion().choices().get(0).message().content())
                .hasValueSatisfying(text -> assertThat(text).isNotEmpty());
    }

    @Test
    @DisplayName("LangChain4j streams from a model that is downloaded first")
    default void waitingLangChain() throws IOException {
        CompletableFuture<ChatResponse> end = new CompletableFuture<>();
        OpenAiClients.langChainStreaming(wire().base() + "/v1")
                .modelName("slow-langchain")
                .build()
                .chat("Count to 5.", new StreamingChatResponseHandler() {
                    @Override
                    public void onPartialResponse(String piece) {}

                    @Override
                    public void onCompleteResponse(ChatResponse response) {
                        end.complete(response);
                    }

                    @Override
                    public void onError(Throwable error) {
                        end.completeExceptionally(error);
                    }
                });
        // Another one that waits, later, for what comments are to be seen.
        try (Events stream = wire().stream(
                        "/v1/chat/completions",
                        "{'model':'slow-langchain','messages':[{'role':'user','content':'a'}],'max_tokens':1,'stream':true}");
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(stream.response().body(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).startsWith(": downloading");
            assertThat(end).isNotDone();
            SlowModels.release("slow-langchain");
        }
        assertThat(end.orTimeout(60, TimeUnit.SECONDS).join().aiMessage().text())
                .isNotEmpty();
    }

    @Test
    @DisplayName("a socket tells how far the download is, and stays free for others meanwhile")
    default void waitingSocket() throws InterruptedException {
        try (Socket socket = new Socket(wire().base())) {
            socket.send("{'id':1,'method':'generate','params':{'model':'slow-socket','prompt':'Once','max_tokens':4}}");
            JsonObject frame = socket.any();
            while (frame.getJsonNumber("bytes").longValue() == 0) {
                frame = socket.any();
            }
            assertThat(frame.getString("event")).isEqualTo("progress");
            assertThat(frame.getString("state")).isEqualTo("downloading");
            assertThat(frame.getInt("id")).isEqualTo(1);
            socket.send("{'id':2,'method':'generate','params':{'prompt':'Once','max_tokens':1}}");
            assertThat(socket.end().getInt("id")).isEqualTo(2);
            SlowModels.release("slow-socket");

            JsonObject end = socket.end();
            assertThat(end.getInt("id")).isEqualTo(1);
            assertThat(end.getString("event")).isEqualTo("done");
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("a remote client hears how far the download is, and then that its request has started")
    default void waitingRemoteClient(Mode mode) {
        String model = mode == Mode.REST ? "slow-rest" : "slow-websocket";
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<GenerateReply> end = new CompletableFuture<>();
        try (RemoteClient client =
                HyperionClient.builder().uri(wire().base()).mode(mode).build()) {
            client.stream(
                    GenerateRequest.builder()
                            .model(model)
                            .prompt("Once")
                            .maxTokens(4)
                            .build(),
                    new GenerateListener() {
                        @Override
                        public void onWaiting(ModelProgress progress) {
                            heard.add("waiting");
                            if (progress.state() == ModelState.DOWNLOADING && progress.bytes() > 0) {
                                SlowModels.release(model);
                            }
                        }

                        @Override
                        public void onStart() {
                            heard.add("start");
                        }

                        @Override
                        public void onText(String text) {
                            heard.add("text");
                        }

                        @Override
                        public void onDone(GenerateReply reply) {
                            end.complete(reply);
                        }

                        @Override
                        public void onError(HyperionException error) {
                            end.completeExceptionally(error);
                        }
                    });
            assertThat(end.orTimeout(60, TimeUnit.SECONDS).join().model()).isEqualTo(model);
        }
        assertThat(heard.get(0)).isEqualTo("waiting");
        assertThat(heard.subList(heard.indexOf("start"), heard.size())).doesNotContain("waiting");
    }

    @Test
    @DisplayName("who hangs up ends his waiting, and not the download")
    default void waitingHangUp() throws IOException {
        try (Events stream = wire().stream("/models/slow-pull/pull", "{'stream':true}")) {
            downloading(stream);
        }
        CompletableFuture<Answer> pulled =
                CompletableFuture.supplyAsync(() -> wire().post("/models/slow-pull/pull", ""));
        assertThat(wire().get("/models/slow-pull").json().getString("state")).isEqualTo("downloading");
        SlowModels.release("slow-pull");

        assertThat(pulled.orTimeout(60, TimeUnit.SECONDS).join().json().getString("state"))
                .isEqualTo("ready");
    }

    @Test
    @DisplayName("a model that is not where it should come from is refused with the reason, also to who wants a stream")
    default void waitingInVain() {
        for (String stream : List.of("false", "true")) {
            Answer refused = wire().post("/generate", "{'model':'gone','prompt':'Once','stream':" + stream + "}");
            assertThat(refused.status()).as(refused.response().body()).isEqualTo(503);
            assertThat(refused.error().getString("code")).isEqualTo("HYP-6007");
            assertThat(refused.error().getString("message")).contains("404");
        }
        assertThat(wire().get("/models/gone").json().getString("state")).isEqualTo("failed");
    }
}
