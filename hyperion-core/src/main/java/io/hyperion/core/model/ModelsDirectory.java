package io.hyperion.core.model;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.core.engine.EngineThreads;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The models that are found in the directory of models, right in it and not below: GGUF files that somebody has put there, and properties
 * files of models that were added. It is watched, and looked at every few seconds, since not every file system tells what happens in it.
 *
 * <p>A file is a model named like it, without the ending, the number of a part and the quantisation; with the quantisation it is an alias,
 * or the name, if there is another model of the shorter one: one that is configured or was added, or a file that is older. Files of models
 * that are configured are none of their own. A file counts when it is whole: it was left alone for two seconds, and is a GGUF file, or was
 * left alone for 30. One that is none, or a split one of which a part is missing, is a model that has failed. Links are followed: who can put
 * one there can put the file there.
 *
 * <p>A directory that is not there has no models; it may come, and go, and come again. One that just cannot be read keeps those it had.
 *
 * <p>Safe for use by many threads.
 */
public final class ModelsDirectory implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(ModelsDirectory.class.getName());
    private static final Duration END_OF_THREAD = Duration.ofSeconds(10);

    /**
     * What is in the directory.
     *
     * @param models its models by their names, none of which is that of a configured model; they can have failed
     * @param warnings what is left out, and why
     */
    public record Contents(SortedMap<String, ModelSettings> models, List<String> warnings) {
        /** Of an empty directory. */
        public static final Contents NONE = new Contents(Collections.emptySortedMap(), List.of());

        public Contents {
            models = Collections.unmodifiableSortedMap(new TreeMap<>(models));
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * How long things take.
     *
     * @param settled how long a file must be left alone
     * @param patience how long one that is no whole model must
     * @param interval how long after a look the next one comes at the latest
     * @param together how long changes that come together are waited for
     */
    record Timing(Duration settled, Duration patience, Duration interval, Duration together) {
        static final Timing DEFAULT = new Timing(
                Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofMillis(200));
    }

    private final Path directory;
    private final Consumer<Contents> onChange;
    private final Timing timing;
    private final AddedModels added;
    private final DirectoryWatch watch;
    private final Thread thread;

    /** Guards looks, so that changes are told one after the other. */
    private final Object lock = new Object();

    private final DirectoryLook look;
    private final Set<String> told = new HashSet<>();
    private volatile DirectoryLook.Found found = DirectoryLook.Found.NONE;
    private volatile boolean closed;

    /**
     * Does nothing yet.
     *
     * @param directory the directory; it need not be there
     * @param configuration what else is configured: its models go before those of the directory
     * @param onChange hears what is in the directory when that has become something else, and also when a file was replaced by another one
     *     of the same name: then the settings can be the same as before. Hears of one change after the other, in a thread of this class or in
     *     that which calls {@link #start}, {@link #add} or {@link #remove}; whatever locks it takes must not be held by those
     */
    public ModelsDirectory(Path directory, HyperionConfiguration configuration, Consumer<Contents> onChange) {
        this(directory, configuration, onChange, Timing.DEFAULT);
    }

    ModelsDirectory(Path directory, HyperionConfiguration configuration, Consumer<Contents> onChange, Timing timing) {
        this.directory = directory.toAbsolutePath();
        this.onChange = Objects.requireNonNull(onChange, "onChange");
        this.timing = timing;
        this.added = new AddedModels(this.directory, configuration.queue());
        this.look = new DirectoryLook(
                this.directory, configuration, added, new DroppedFiles(timing.settled(), timing.patience()));
        this.watch = new DirectoryWatch(this.directory);
        this.thread = EngineThreads.create(this::run, "hyperion-models-directory");
    }

    /**
     * Looks what is there, which the listener hears before this returns, and goes on looking until it is closed. To be called once.
     */
    public void start() {
        look(true);
        thread.start();
    }

    /** {@return what was there at the last look} */
    public Contents contents() {
        return found.contents();
    }

    /**
     * Adds a model, and keeps it in a properties file; the directory is made if it is not there. The listener hears of it before this
     * returns. The model's source is not trusted: it must be at Hugging Face or a public address.
     *
     * @param name its name: letters, digits, {@code .}, {@code :}, {@code _} and {@code -}, at most 128, the first a letter, a digit or
     *     {@code _}
     * @param settings what would stand behind {@code hyperion.models.<name>.} in the configuration, without keys that name files of this
     *     machine
     * @return its settings
     * @throws InvalidRequestException if the name or a setting is wrong, or one of those that the configuration and the directory have is
     *     called so, in upper or lower case
     * @throws ModelUnavailableException if the directory cannot be written to, or this is closed
     */
    public ModelSettings add(String name, SortedMap<String, String> settings) {
        ModelSettings model = added.check(name, settings);
        synchronized (lock) {
            requireOpen();
            look(false);
            look.requireFree(found, model);
            try {
                added.write(name, settings);
            } catch (FileAlreadyExistsException e) {
                throw DirectoryLook.exists(name, "name");
            } catch (IOException e) {
                throw new ModelUnavailableException(
                        ErrorCode.MODEL_FAILED,
                        "The model '" + name + "' cannot be kept in " + directory + " ("
                                + HyperionConfiguration.MODELS_DIRECTORY + "): " + e,
                        e);
            }
            look(false);
            return model;
        }
    }

    /**
     * Takes a model away: deletes the properties file of one that was added, and the file of one that was put there, with all its parts; of
     * a link the link, and not what it leads to. The listener hears of it before this returns.
     *
     * @param name its name, and no alias
     * @throws InvalidRequestException ({@link ErrorCode#KEPT_ELSEWHERE}) if no model of the directory is called so
     * @throws ModelUnavailableException if a file cannot be deleted, or this is closed
     */
    public void remove(String name) {
        synchronized (lock) {
            requireOpen();
            look(false);
            ModelSettings model = found.contents().models().get(name);
            if (model == null) {
                throw new InvalidRequestException(
                        ErrorCode.KEPT_ELSEWHERE, "model", "The model '" + name + "' is none of those in " + directory);
            }
            List<Path> files = model.description().origin() == ModelInfo.Origin.ADDED
                    ? List.of(added.file(name))
                    : found.files().get(name).stream().map(directory::resolve).toList();
            try {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                throw new ModelUnavailableException(
                        ErrorCode.MODEL_FAILED, "The files of the model '" + name + "' cannot be deleted: " + e, e);
            } finally {
                look(false);
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new ModelUnavailableException(ErrorCode.SHUTTING_DOWN, "The models are shutting down");
        }
    }

    private void run() {
        try {
            do {
                watch.renew();
                look(false);
            } while (watch.await(
                            look.isWaiting() ? shorter(timing.settled(), timing.interval()) : timing.interval(),
                            timing.together())
                    && !closed);
        } catch (InterruptedException e) {
            // Nobody but the end of the server interrupts it.
            LOGGER.log(WARNING, "The directory {0} is not watched any more", directory);
        }
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private void look(boolean tellAnyway) {
        synchronized (lock) {
            if (closed) {
                return;
            }
            DirectoryLook.Found before = found;
            DirectoryLook.Found now = look.look(before);
            for (String warning : now.contents().warnings()) {
                if (told.add(warning)) {
                    LOGGER.log(WARNING, warning);
                }
            }
            told.retainAll(now.contents().warnings());
            found = now;
            if (tellAnyway || !now.equals(before)) {
                tell(now.contents());
            }
        }
    }

    private void tell(Contents contents) {
        try {
            onChange.accept(contents);
        } catch (RuntimeException | Error e) {
            // It is the listener's fault, and must not end the watching.
            LOGGER.log(ERROR, "What has changed in " + directory + " could not be taken over", e);
        }
    }

    /**
     * Ends the watching. The listener hears nothing any more once this returns, which it may call itself. What is in the directory stays. Does
     * nothing if that is done already.
     */
    @Override
    public void close() {
        closed = true;
        watch.close();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(END_OF_THREAD.toMillis());
            if (thread.isAlive()) {
                LOGGER.log(
                        ERROR,
                        "The thread that watches {0} has not ended in {1} s",
                        directory,
                        END_OF_THREAD.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
