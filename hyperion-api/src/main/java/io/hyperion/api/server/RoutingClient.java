package io.hyperion.api.server;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.RerankReply;
import io.hyperion.api.RerankRequest;
import io.hyperion.api.SlotInfo;
import io.hyperion.api.SlotReply;
import io.hyperion.api.TokenizeReply;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.api.client.EventPublisher;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.function.Supplier;

/**
 * Several clients as one: a request goes to the client that has the model of its name. The clients may come and go, and so may their
 * models: who has which is asked at each request. Of two models of the same name a pool's is used, and of two pools' the first one's, which
 * the log tells once.
 *
 * <p>The default model is the preferred one if it is there; else the default of the own client if that has models; else the pools' model
 * named {@code default}, and if there is none the first by name. A client that cannot tell its models does not hide those of the others;
 * who asks for a model that nobody else has is told that client's error.
 *
 * <p>Safe for use by many threads.
 */
public final class RoutingClient implements HyperionClient {
    private static final System.Logger LOG = System.getLogger(RoutingClient.class.getName());
    private static final String DEFAULT_NAME = "default";

    private final Optional<HyperionClient> own;
    private final Optional<String> preferred;
    private final Pools pools;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /** The clients that come and go. */
    public interface Pools {
        /** {@return those that are known, of the first importance first; without waiting for what another thread looks up} */
        List<HyperionClient> known();

        /** {@return the same, but after what other threads look up just now has been found, or has taken too long} */
        List<HyperionClient> settled();
    }

    /**
     * @param own the client that is always there, if there is one; the caller closes it
     * @param preferred the name of the default model, if it is there
     * @param pools the others
     */
    public RoutingClient(Optional<HyperionClient> own, Optional<String> preferred, Pools pools) {
        this.own = Objects.requireNonNull(own, "own");
        this.preferred = Objects.requireNonNull(preferred, "preferred");
        this.pools = Objects.requireNonNull(pools, "pools");
    }

    @Override
    public GenerateReply generate(GenerateRequest request) {
        return to(request.model()).generate(request);
    }

    @Override
    public CompletionStage<GenerateReply> generateAsync(GenerateRequest request) {
        Objects.requireNonNull(request, "request");
        return begin(() -> to(request.model()).generateAsync(request));
    }

    @Override
    public Flow.Publisher<GenerateEvent> stream(GenerateRequest request) {
        Objects.requireNonNull(request, "request");
        return new EventPublisher(listener -> stream(request, listener));
    }

    @Override
    public Generation stream(GenerateRequest request, GenerateListener listener) {
        return to(request.model()).stream(request, listener);
    }

    @Override
    public String render(GenerateRequest request) {
        return to(request.model()).render(request);
    }

    @Override
    public TokenizeReply tokenize(TokenizeRequest request) {
        return to(request.model()).tokenize(request);
    }

    @Override
    public String detokenize(DetokenizeRequest request) {
        return to(request.model()).detokenize(request);
    }

    @Override
    public SlotReply saveSlot(Optional<String> model, int slot, String fileName) {
        return to(model).saveSlot(model, slot, fileName);
    }

    @Override
    public SlotReply restoreSlot(Optional<String> model, int slot, String fileName) {
        return to(model).restoreSlot(model, slot, fileName);
    }

    @Override
    public int eraseSlot(Optional<String> model, int slot) {
        return to(model).eraseSlot(model, slot);
    }

    @Override
    public List<SlotInfo> slots(Optional<String> model) {
        return to(model).slots(model);
    }

    @Override
    public EmbeddingReply embed(EmbeddingRequest request) {
        return to(request.model()).embed(request);
    }

    @Override
    public CompletionStage<EmbeddingReply> embedAsync(EmbeddingRequest request) {
        Objects.requireNonNull(request, "request");
        return begin(() -> to(request.model()).embedAsync(request));
    }

    @Override
    public RerankReply rerank(RerankRequest request) {
        return to(request.model()).rerank(request);
    }

    @Override
    public CompletionStage<RerankReply> rerankAsync(RerankRequest request) {
        Objects.requireNonNull(request, "request");
        return begin(() -> to(request.model()).rerankAsync(request));
    }

    private static <R> CompletionStage<R> begin(Supplier<CompletionStage<R>> start) {
        try {
            return start.get();
        } catch (HyperionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public List<ModelInfo> models() {
        Catalog catalog = catalog(pools.known());
        Optional<String> byDefault = catalog.defaultModel(preferred);
        return catalog.models().values().stream()
                .map(entry -> entry.info()
                        .asDefault(byDefault.equals(Optional.of(entry.info().name()))))
                .toList();
    }

    @Override
    public ModelInfo model(String name) {
        Route route = route(Optional.of(name));
        return route.entry().info().asDefault(route.isDefault());
    }

    @Override
    public ModelFigures figures(String model) {
        return to(Optional.of(model)).figures(model);
    }

    @Override
    public ModelProperties properties(Optional<String> model) {
        return to(model).properties(model);
    }

    /** The client of a model, which serves requests without a name by it: its own default may be another one. */
    private HyperionClient to(Optional<String> name) {
        Entry entry = route(name).entry();
        return new SelectedClient(entry.client(), entry.info().name());
    }

    private Route route(Optional<String> name) {
        return catalog(pools.known()).route(name, preferred).orElseGet(() -> {
            // It may be what another thread is looking up just now.
            Catalog all = catalog(pools.settled());
            return all.route(name, preferred).orElseThrow(() -> all.notFound(name));
        });
    }

    private Catalog catalog(List<HyperionClient> others) {
        SortedMap<String, Entry> models = new TreeMap<>();
        Optional<HyperionException> failure = Optional.empty();
        Optional<String> ownDefault = Optional.empty();
        for (HyperionClient pool : others) {
            try {
                for (ModelInfo info : pool.models()) {
                    if (models.putIfAbsent(info.name(), new Entry(pool, info)) != null) {
                        tell("Two pools serve a model named {0}; the first of them is used", info.name());
                    }
                }
            } catch (HyperionException e) {
                LOG.log(DEBUG, "A pool does not tell its models", e);
                failure = Optional.of(e);
            }
        }
        if (own.isPresent()) {
            for (ModelInfo info : own.get().models()) {
                if (models.putIfAbsent(info.name(), new Entry(own.get(), info)) != null) {
                    tell("A pool serves a model named {0}; the configured one of that name is not used", info.name());
                }
                if (info.isDefault()) {
                    ownDefault = Optional.of(info.name());
                }
            }
        }
        return new Catalog(models, ownDefault, failure);
    }

    private void tell(String message, String model) {
        if (told.add(model)) {
            LOG.log(WARNING, message, model);
        }
    }

    private record Entry(HyperionClient client, ModelInfo info) {}

    private record Route(Entry entry, boolean isDefault) {}

    /** Who has which model at one moment. */
    private record Catalog(
            SortedMap<String, Entry> models, Optional<String> ownDefault, Optional<HyperionException> failure) {
        Optional<String> defaultModel(Optional<String> preferred) {
            return preferred
                    .flatMap(this::find)
                    .map(entry -> entry.info().name())
                    .or(() -> ownDefault)
                    .or(() -> Optional.of(DEFAULT_NAME).filter(models::containsKey))
                    .or(() -> models.isEmpty() ? Optional.empty() : Optional.of(models.firstKey()));
        }

        Optional<Route> route(Optional<String> name, Optional<String> preferred) {
            Optional<String> byDefault = defaultModel(preferred);
            return name.or(() -> byDefault)
                    .flatMap(this::find)
                    .map(entry -> new Route(
                            entry, byDefault.equals(Optional.of(entry.info().name()))));
        }

        /** A name is looked for before an alias: what is configured under a name is what it means. */
        private Optional<Entry> find(String called) {
            return Optional.ofNullable(models.get(called)).or(() -> models.values().stream()
                    .filter(entry -> entry.info().isCalled(called))
                    .findFirst());
        }

        HyperionException notFound(Optional<String> name) {
            return failure.orElseGet(() -> new ModelNotFoundException(
                    ErrorCode.MODEL_NOT_FOUND,
                    models.isEmpty()
                            ? "There is no model: set hyperion.models.default.path to a GGUF file, or make a connection"
                                    + " pool of the resource adapter"
                            : "There is no model '" + Excerpts.of(name.orElse(DEFAULT_NAME)) + "'; the models are "
                                    + String.join(", ", models.keySet())));
        }
    }
}
