package io.hyperion.core.model;

import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.admin.ModelAdministration;
import io.hyperion.api.admin.ServerStatus;
import io.hyperion.core.engine.EngineThreads;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Brings the models of a catalog in and out of memory, adds them and takes them away. Safe for use by many threads. */
public final class CatalogAdministration implements ModelAdministration {
    private final ModelCatalog catalog;

    /**
     * @param catalog the models
     */
    public CatalogAdministration(ModelCatalog catalog) {
        this.catalog = Objects.requireNonNull(catalog, "catalog");
    }

    @Override
    public CompletableFuture<ModelInfo> load(String model, Consumer<ModelProgress> progress) {
        return bring(model, true, progress);
    }

    @Override
    public CompletableFuture<ModelInfo> pull(String model, Consumer<ModelProgress> progress) {
        return bring(model, false, progress);
    }

    private CompletableFuture<ModelInfo> bring(String model, boolean toMemory, Consumer<ModelProgress> progress) {
        Objects.requireNonNull(progress, "progress");
        CatalogModel found = catalog.find(Optional.of(model));
        CompletableFuture<Arrived> there = found.bring(toMemory, progress);
        CompletableFuture<ModelInfo> done = new CompletableFuture<>();
        there.whenComplete((arrived, error) -> {
            if (error == null) {
                done.complete(catalog.info(found));
            } else {
                done.completeExceptionally(error);
            }
        });
        done.whenComplete((info, error) -> there.cancel(false));
        return done;
    }

    @Override
    public CompletableFuture<ModelInfo> unload(String model) {
        CatalogModel found = catalog.find(Optional.of(model));
        found.requireOtherThread();
        return inBackground("unload", found, () -> {
            found.unload();
            return catalog.info(found);
        });
    }

    private CompletableFuture<ModelInfo> inBackground(String what, CatalogModel model, Supplier<ModelInfo> work) {
        CompletableFuture<ModelInfo> done = new CompletableFuture<>();
        EngineThreads.create(
                        () -> {
                            try {
                                done.complete(work.get());
                            } catch (HyperionException e) {
                                done.completeExceptionally(e);
                            } catch (RuntimeException | Error e) {
                                done.completeExceptionally(new EngineException(
                                        ErrorCode.ENGINE_FAILURE,
                                        "Model '" + model.name() + "': the " + what + " failed: " + e,
                                        e));
                            }
                        },
                        "hyperion-" + what + "-" + model.name())
                .start();
        return done;
    }

    @Override
    public ModelInfo pin(String model, boolean pinned) {
        CatalogModel found = catalog.find(Optional.of(model));
        found.life().pin(pinned);
        return catalog.info(found);
    }

    @Override
    public ModelInfo add(String name, SortedMap<String, String> settings) {
        return catalog.info(catalog.add(name, settings));
    }

    @Override
    public CompletableFuture<ModelInfo> remove(String model, boolean deleteFile) {
        CatalogModel found = catalog.find(Optional.of(model));
        ModelInfo info = catalog.info(found);
        ModelInfo.Origin origin = info.description().origin();
        if (origin == ModelInfo.Origin.FILE && !deleteFile) {
            throw new InvalidRequestException(
                    ErrorCode.KEPT_ELSEWHERE,
                    "file",
                    "The model '" + found.name()
                            + "' is a file in the directory of models, and is removed only with it");
        }
        if (origin == ModelInfo.Origin.CONFIGURATION || origin == ModelInfo.Origin.POOL) {
            throw new InvalidRequestException(
                    ErrorCode.KEPT_ELSEWHERE,
                    "model",
                    "The model '" + found.name() + "' stands in the configuration, and is removed there");
        }
        found.requireOtherThread();
        return inBackground("remove", found, () -> {
            catalog.remove(found, deleteFile);
            return info;
        });
    }

    @Override
    public ServerStatus status() {
        return catalog.status();
    }
}
