package io.hyperion.war.access;

import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import io.hyperion.api.admin.ModelAdministration;
import io.hyperion.api.admin.ServerStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Writes down what it is asked for, and does nothing. */
final class RehearsedAdministration implements ModelAdministration {
    final List<String> done = new ArrayList<>();

    @Override
    public CompletableFuture<ModelInfo> load(String model, Consumer<ModelProgress> progress) {
        return CompletableFuture.completedFuture(did("load " + model));
    }

    @Override
    public CompletableFuture<ModelInfo> pull(String model, Consumer<ModelProgress> progress) {
        return CompletableFuture.completedFuture(did("pull " + model));
    }

    @Override
    public CompletableFuture<ModelInfo> unload(String model) {
        return CompletableFuture.completedFuture(did("unload " + model));
    }

    @Override
    public ModelInfo pin(String model, boolean pinned) {
        return did("pin " + model + " " + pinned);
    }

    @Override
    public ModelInfo add(String name, SortedMap<String, String> settings) {
        return did("add " + name + " " + settings);
    }

    @Override
    public CompletableFuture<ModelInfo> remove(String model, boolean deleteFile) {
        return CompletableFuture.completedFuture(did("remove " + model + " " + deleteFile));
    }

    @Override
    public ServerStatus status() {
        return new ServerStatus("1", "llama.cpp", Duration.ZERO, List.of(), List.of(), Optional.empty());
    }

    private ModelInfo did(String what) {
        done.add(what);
        return new ModelInfo("x", false, ModelState.READY, Optional.empty(), 0, 1, Optional.empty(), Optional.empty());
    }
}
