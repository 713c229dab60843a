package io.hyperion.api.admin;

import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProgress;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Brings models in and out of memory, adds them and takes them away, while they are used. All methods take a model's name or an alias of
 * it, and throw {@link io.hyperion.api.ModelNotFoundException} if there is none. Who may do that, the caller has to know.
 *
 * <p>What takes its time gives a future: it completes with what is known of the model then, or with a {@link HyperionException}.
 * Cancelling it ends the waiting and nothing else; {@link #unload} ends what is under way. Safe for use by many threads.
 */
public interface ModelAdministration {
    /**
     * Brings a model into memory, downloads it first if need be, and makes room for it if need be. Does nothing if it is loaded.
     *
     * @param model its name
     * @param progress hears at the beginning and about once a second how far it is; in a thread that must not be held up
     * @return completes when it is loaded
     */
    CompletableFuture<ModelInfo> load(String model, Consumer<ModelProgress> progress);

    /**
     * Downloads the file of a model. Does nothing if it is there.
     *
     * @param model its name
     * @param progress hears at the beginning and about once a second how far it is; in a thread that must not be held up
     * @return completes when the file is there and was found sound
     */
    CompletableFuture<ModelInfo> pull(String model, Consumer<ModelProgress> progress);

    /**
     * Takes a model out of memory: its requests fail with {@link io.hyperion.api.ErrorCode#SHUTTING_DOWN}. One that is being loaded or
     * downloaded is not loaded or downloaded any further; what is there of its file stays, for the next time. It is no longer pinned.
     *
     * @param model its name
     * @return completes when its memory is free
     */
    CompletableFuture<ModelInfo> unload(String model);

    /**
     * Keeps a model in memory once it is there, however long nobody asks it and whoever needs the room; or no longer.
     *
     * @param model its name
     * @param pinned whether it is kept
     * @return what is known of it then
     */
    ModelInfo pin(String model, boolean pinned);

    /**
     * Adds a model, and keeps it in the directory of models, so that it is there after a restart too. It is not downloaded yet. As who adds
     * it may be anybody whom an administrator has let do it over the wire, its file can come from public addresses and Hugging Face only,
     * and settings that name files of this machine are refused.
     *
     * @param name its name
     * @param settings what would stand behind {@code hyperion.models.<name>.} in the configuration, such as {@code source}
     * @return what is known of it
     * @throws io.hyperion.api.InvalidRequestException if the name or a setting is wrong, or there is a model of that name
     * @throws io.hyperion.api.ModelUnavailableException if no directory is configured, or it cannot be written to
     */
    ModelInfo add(String name, SortedMap<String, String> settings);

    /**
     * Takes a model away that was added: unloads it as {@link #unload} does, and forgets it.
     *
     * @param model its name
     * @param deleteFile whether its file is deleted too, unless another model has the same one; only files in the directory of models are
     * @return completes when that is done, with what was known of it
     * @throws io.hyperion.api.InvalidRequestException if it was not added at run time: one of the configuration or of a pool is not
     *     removed; one that is a file in the directory is removed only with its file
     */
    CompletableFuture<ModelInfo> remove(String model, boolean deleteFile);

    /** {@return how the engine is} */
    ServerStatus status();
}
