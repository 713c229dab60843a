package io.hyperion.war.it;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/** Makes the clients that people have, and checks what they are answered against OpenAI's description where that is there. */
final class OpenAiClients {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private OpenAiClients() {}

    /** Lets a client of OpenAI talk, which believes nothing that it is told without a check. */
    static void official(Wire wire, Consumer<OpenAIClient> talk) throws IOException {
        recorded(wire, base -> {
            OpenAIClient client = OpenAIOkHttpClient.builder()
                    .baseUrl(base)
                    .apiKey("none")
                    .responseValidation(true)
                    .checkJacksonVersionCompatibility(false)
                    .maxRetries(0)
                    .timeout(PATIENCE)
                    .build();
            try {
                talk.accept(client);
            } finally {
                client.close();
            }
        });
    }

    static OpenAiChatModel.OpenAiChatModelBuilder langChain(String base) {
        return OpenAiChatModel.builder()
                .baseUrl(base)
                .apiKey("none")
                .modelName(Fixture.SOUND)
                .temperature(0.0)
                .maxRetries(0)
                .timeout(PATIENCE);
    }

    static OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder langChainStreaming(String base) {
        return OpenAiStreamingChatModel.builder()
                .baseUrl(base)
                .apiKey("none")
                .modelName(Fixture.SOUND)
                .temperature(0.0)
                .timeout(PATIENCE);
    }

    /** Gives a client the base of the API to talk to, and then checks all that it was answered. */
    static void recorded(Wire wire, Consumer<String> talk) throws IOException {
        try (RecordingProxy proxy = new RecordingProxy(wire.base())) {
            talk.accept(proxy.base() + "/v1");
            OpenAiDescription.find().ifPresent(description -> description.check(proxy.exchanges()));
        }
    }
}
