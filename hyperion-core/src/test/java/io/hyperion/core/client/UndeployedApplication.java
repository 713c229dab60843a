package io.hyperion.core.client;

import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.admin.ModelAdministration;
import io.hyperion.core.model.HyperionConfiguration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** What an application does with models of its own between its deployment and the end of it. */
public final class UndeployedApplication implements Callable<String> {
    private final HyperionConfiguration configuration;

    /**
     * @param text the file of a model that generates text
     * @param vectors the file of one that makes vectors
     * @param source where a model is downloaded from
     * @param directory the directory of models
     */
    public UndeployedApplication(String text, String vectors, String source, String directory) {
        configuration = HyperionConfiguration.of(Map.of(
                "hyperion.models.default.path", text,
                "hyperion.models.default.idle-timeout", "PT1H",
                "hyperion.models.vectors.path", vectors,
                "hyperion.models.vectors.idle-timeout", "PT0S",
                "hyperion.models.elsewhere.source", source,
                "hyperion.download.retries", "0",
                "hyperion.models-dir", directory));
    }

    /** {@return what it was told, and when it was streamed was told again} */
    @Override
    public String call() {
        String told = useClient();
        InProcessClient.releaseClassLoader();
        return told;
    }

    private String useClient() {
        Optional<String> model = Optional.empty();
        try (InProcessClient client = InProcessClient.open(configuration)) {
            GenerateRequest request = GenerateRequest.builder()
                    .user("Hello")
                    .temperature(0)
                    .maxTokens(8)
                    .build();
            String reply = client.generate(request).text();
            client.unload(model);
            client.load(model);
            RecordingListener streamed = new RecordingListener();
            client.stream(request, streamed);
            GenerateReply whole = streamed.reply.join();
            client.embed(EmbeddingRequest.builder()
                    .model("vectors")
                    .text("a ".repeat(20))
                    .build());
            ModelAdministration administration = client.administration();
            administration.pull("elsewhere", progress -> {}).join();
            // Under way when it is closed, or done by then.
            client.generateAsync(request.toBuilder().maxTokens(1000).build());
            return reply + "|" + String.join("", streamed.pieces) + "|" + whole.text();
        }
    }
}
