package io.hyperion.api.server;

import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.RerankReply;
import io.hyperion.api.RerankRequest;
import io.hyperion.api.SlotInfo;
import io.hyperion.api.SlotReply;
import io.hyperion.api.TokenizeReply;
import io.hyperion.api.TokenizeRequest;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * A client whose default model is one that was chosen: requests that name no model go to that one, and all others where they name. Whether
 * there is such a model is seen when a request is made. Safe for use by many threads.
 *
 * <p>It can be serialised if the client below can, which that of CDI can: so it may be a field of a bean of a session.
 */
public final class SelectedClient implements HyperionClient, Serializable {
    private static final long serialVersionUID = 1L;

    private final HyperionClient models;
    private final String model;

    /**
     * @param models the way to the models
     * @param model the name of the one that is to be the default
     * @throws InvalidRequestException ({@link ErrorCode#MISSING_FIELD}, parameter {@code model}) if the name is blank
     */
    public SelectedClient(HyperionClient models, String model) {
        this.models = Objects.requireNonNull(models, "models");
        this.model = Objects.requireNonNull(model, "model");
        if (model.isBlank()) {
            throw new InvalidRequestException(
                    ErrorCode.MISSING_FIELD,
                    "model",
                    "The name of the model is blank; for the default model, name none");
        }
    }

    @Override
    public GenerateReply generate(GenerateRequest request) {
        return models.generate(named(request));
    }

    @Override
    public CompletionStage<GenerateReply> generateAsync(GenerateRequest request) {
        return models.generateAsync(named(request));
    }

    @Override
    public Flow.Publisher<GenerateEvent> stream(GenerateRequest request) {
        return models.stream(named(request));
    }

    @Override
    public Generation stream(GenerateRequest request, GenerateListener listener) {
        return models.stream(named(request), listener);
    }

    @Override
    public String render(GenerateRequest request) {
        return models.render(named(request));
    }

    @Override
    public TokenizeReply tokenize(TokenizeRequest request) {
        return models.tokenize(new TokenizeRequest(
                named(request.model()), request.text(), request.addSpecial(), request.parseSpecial()));
    }

    @Override
    public String detokenize(DetokenizeRequest request) {
        return models.detokenize(new DetokenizeRequest(named(request.model()), request.tokens()));
    }

    @Override
    public SlotReply saveSlot(Optional<String> wanted, int slot, String fileName) {
        return models.saveSlot(named(wanted), slot, fileName);
    }

    @Override
    public SlotReply restoreSlot(Optional<String> wanted, int slot, String fileName) {
        return models.restoreSlot(named(wanted), slot, fileName);
    }

    @Override
    public int eraseSlot(Optional<String> wanted, int slot) {
        return models.eraseSlot(named(wanted), slot);
    }

    @Override
    public List<SlotInfo> slots(Optional<String> wanted) {
        return models.slots(named(wanted));
    }

    @Override
    public EmbeddingReply embed(EmbeddingRequest request) {
        return models.embed(named(request));
    }

    @Override
    public CompletionStage<EmbeddingReply> embedAsync(EmbeddingRequest request) {
        return models.embedAsync(named(request));
    }

    @Override
    public RerankReply rerank(RerankRequest request) {
        return models.rerank(named(request));
    }

    @Override
    public CompletionStage<RerankReply> rerankAsync(RerankRequest request) {
        return models.rerankAsync(named(request));
    }

    /** {@return all models; the default is the chosen one, if it is there} */
    @Override
    public List<ModelInfo> models() {
        return models.models().stream().map(this::seenFromHere).toList();
    }

    @Override
    public ModelInfo model(String name) {
        return seenFromHere(models.model(name));
    }

    @Override
    public ModelFigures figures(String name) {
        return models.figures(name);
    }

    @Override
    public ModelProperties properties(Optional<String> wanted) {
        return models.properties(named(wanted));
    }

    private Optional<String> named(Optional<String> wanted) {
        return wanted.isPresent() ? wanted : Optional.of(model);
    }

    private GenerateRequest named(GenerateRequest request) {
        return request.model().isPresent()
                ? request
                : request.toBuilder().model(model).build();
    }

    private EmbeddingRequest named(EmbeddingRequest request) {
        return request.model().isPresent()
                ? request
                : request.toBuilder().model(model).build();
    }

    private RerankRequest named(RerankRequest request) {
        return request.model().isPresent()
                ? request
                : request.toBuilder().model(model).build();
    }

    private ModelInfo seenFromHere(ModelInfo info) {
        return info.asDefault(info.name().equals(model));
    }
}
