package io.hyperion.war.access;

import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ForbiddenException;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.RerankReply;
import io.hyperion.api.RerankRequest;
import io.hyperion.api.SlotInfo;
import io.hyperion.api.SlotReply;
import io.hyperion.api.TokenizeReply;
import io.hyperion.api.TokenizeRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** The models as somebody may use them: the one place that keeps him from others. */
final class PermittedClient implements HyperionClient {
    private final HyperionClient models;
    private final Permission permission;

    PermittedClient(Permission permission) {
        this.models = permission.models();
        this.permission = permission;
    }

    @Override
    public GenerateReply generate(GenerateRequest request) {
        return models.generate(permitted(request));
    }

    @Override
    public CompletionStage<GenerateReply> generateAsync(GenerateRequest request) {
        try {
            return models.generateAsync(permitted(request));
        } catch (ForbiddenException forbidden) {
            return CompletableFuture.failedFuture(forbidden);
        }
    }

    @Override
    public Flow.Publisher<GenerateEvent> stream(GenerateRequest request) {
        return models.stream(permitted(request));
    }

    @Override
    public Generation stream(GenerateRequest request, GenerateListener listener) {
        return models.stream(permitted(request), listener);
    }

    @Override
    public String render(GenerateRequest request) {
        return models.render(permitted(request));
    }

    @Override
    public TokenizeReply tokenize(TokenizeRequest request) {
        require(request.model());
        return models.tokenize(request);
    }

    @Override
    public String detokenize(DetokenizeRequest request) {
        require(request.model());
        return models.detokenize(request);
    }

    @Override
    public SlotReply saveSlot(Optional<String> model, int slot, String fileName) {
        require(model);
        return models.saveSlot(model, slot, fileName);
    }

    @Override
    public SlotReply restoreSlot(Optional<String> model, int slot, String fileName) {
        require(model);
        return models.restoreSlot(model, slot, fileName);
    }

    @Override
    public int eraseSlot(Optional<String> model, int slot) {
        require(model);
        return models.eraseSlot(model, slot);
    }

    @Override
    public List<SlotInfo> slots(Optional<String> model) {
        require(model);
        return models.slots(model);
    }

    @Override
    public EmbeddingReply embed(EmbeddingRequest request) {
        require(request.model());
        return models.embed(request);
    }

    @Override
    public CompletionStage<EmbeddingReply> embedAsync(EmbeddingRequest request) {
        try {
            require(request.model());
        } catch (ForbiddenException forbidden) {
            return CompletableFuture.failedFuture(forbidden);
        }
        return models.embedAsync(request);
    }

    @Override
    public RerankReply rerank(RerankRequest request) {
        require(request.model());
        return models.rerank(request);
    }

    @Override
    public CompletionStage<RerankReply> rerankAsync(RerankRequest request) {
        try {
            require(request.model());
        } catch (ForbiddenException forbidden) {
            return CompletableFuture.failedFuture(forbidden);
        }
        return models.rerankAsync(request);
    }

    /** {@return the models that he may use} */
    @Override
    public List<ModelInfo> models() {
        return permission.permitted();
    }

    @Override
    public ModelInfo model(String name) {
        require(Optional.of(name));
        return models.model(name);
    }

    @Override
    public ModelFigures figures(String model) {
        require(Optional.of(model));
        return models.figures(model);
    }

    @Override
    public ModelProperties properties(Optional<String> model) {
        require(model);
        return models.properties(model);
    }

    private GenerateRequest permitted(GenerateRequest request) {
        require(request.model());
        return request.toBuilder().caller(permission.identity().name()).build();
    }

    private void require(Optional<String> model) {
        permission.require(model);
    }
}
