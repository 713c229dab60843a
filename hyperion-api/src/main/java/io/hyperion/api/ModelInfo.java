package io.hyperion.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A model of the catalog.
 *
 * @param name the name that requests use
 * @param isDefault whether requests that name no model get this one
 * @param state where it stands
 * @param reason why it failed; empty unless the state is {@link ModelState#FAILED}
 * @param contextSize the tokens that all sequences of an instance share, prompt and completion together; 0 if not known yet
 * @param slots how many requests an instance serves at once
 * @param fileName the name of its file, without the directories; empty if that is not known yet
 * @param details what its file says; empty if the file is not there or could not be read
 * @param description what is said about it
 * @param life when it is loaded and unloaded
 * @param memory what it needs in memory, as an estimate; empty if its file is not there or could not be read
 * @param progress how far it is with what the state says; empty unless it is being downloaded or loaded
 * @param defaults the parameters of requests that do not say
 */
public record ModelInfo(
        String name,
        boolean isDefault,
        ModelState state,
        Optional<String> reason,
        int contextSize,
        int slots,
        Optional<String> fileName,
        Optional<Details> details,
        Description description,
        Life life,
        Optional<Memory> memory,
        Optional<ModelProgress> progress,
        GenerateParameters defaults) {
    public ModelInfo {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(fileName, "fileName");
        Objects.requireNonNull(details, "details");
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(life, "life");
        Objects.requireNonNull(memory, "memory");
        Objects.requireNonNull(progress, "progress");
        Objects.requireNonNull(defaults, "defaults");
    }

    /**
     * A model of which nothing is said and that stays as it is.
     *
     * @param name the name that requests use
     * @param isDefault whether requests that name no model get this one
     * @param state where it stands
     * @param reason why it failed
     * @param contextSize the tokens that all its sequences share
     * @param slots how many requests it serves at once
     * @param fileName the name of its file
     * @param details what its file says
     */
    public ModelInfo(
            String name,
            boolean isDefault,
            ModelState state,
            Optional<String> reason,
            int contextSize,
            int slots,
            Optional<String> fileName,
            Optional<Details> details) {
        this(
                name,
                isDefault,
                state,
                reason,
                contextSize,
                slots,
                fileName,
                details,
                Description.NONE,
                Life.NONE,
                Optional.empty(),
                Optional.empty(),
                GenerateParameters.none());
    }

    /**
     * The same model as the default one, or as another one.
     *
     * @param truth whether requests that name no model get this one
     * @return the model
     */
    public ModelInfo asDefault(boolean truth) {
        return new ModelInfo(
                name,
                truth,
                state,
                reason,
                contextSize,
                slots,
                fileName,
                details,
                description,
                life,
                memory,
                progress,
                defaults);
    }

    /**
     * The same model, failed.
     *
     * @param why the reason
     * @return the model
     */
    public ModelInfo failed(String why) {
        return new ModelInfo(
                name,
                isDefault,
                ModelState.FAILED,
                Optional.of(why),
                contextSize,
                slots,
                fileName,
                details,
                description,
                life,
                memory,
                Optional.empty(),
                defaults);
    }

    /**
     * The same model, declared by somebody else.
     *
     * @param origin who has declared it
     * @return the model
     */
    public ModelInfo declaredBy(Origin origin) {
        return new ModelInfo(
                name,
                isDefault,
                state,
                reason,
                contextSize,
                slots,
                fileName,
                details,
                new Description(
                        description.text(),
                        description.tags(),
                        description.aliases(),
                        description.operator(),
                        description.source(),
                        origin),
                life,
                memory,
                progress,
                defaults);
    }

    /**
     * Whether requests may call the model so.
     *
     * @param called a name
     * @return whether it is the model's name or one of its aliases
     */
    public boolean isCalled(String called) {
        return name.equals(called) || description.aliases().contains(called);
    }

    /**
     * What is said about a model.
     *
     * @param text what it is for, in a sentence or two; empty if nothing is said
     * @param tags words to find it by
     * @param aliases other names that requests may use
     * @param operator who runs it; empty if nothing is said
     * @param source where its file comes from, without secrets; empty if it is a file of the administrator's
     * @param origin who has declared it
     */
    public record Description(
            Optional<String> text,
            List<String> tags,
            List<String> aliases,
            Optional<String> operator,
            Optional<String> source,
            Origin origin) {
        /** Of a model that is configured, and of which nothing is said. */
        public static final Description NONE = new Description(
                Optional.empty(), List.of(), List.of(), Optional.empty(), Optional.empty(), Origin.CONFIGURATION);

        public Description {
            Objects.requireNonNull(text, "text");
            tags = List.copyOf(tags);
            aliases = List.copyOf(aliases);
            Objects.requireNonNull(operator, "operator");
            Objects.requireNonNull(source, "source");
            Objects.requireNonNull(origin, "origin");
        }
    }

    /** Who has declared a model. */
    public enum Origin {
        /** The configuration. */
        CONFIGURATION,
        /** A file in the directory of models, which brought its own name. */
        FILE,
        /** Somebody at run time, or a properties file in the directory of models. */
        ADDED,
        /** A connection pool of the application server. */
        POOL;

        /** {@return the name on the wire, in lower case} */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * When a model is loaded and unloaded.
     *
     * @param instances how many contexts it has in memory now
     * @param minInstances how many it keeps, however long nobody asks it
     * @param maxInstances how many it may have
     * @param idleTimeout after how long without requests it is unloaded; zero for at once; empty for never
     * @param pinned whether it stays in memory, whatever else says so, until somebody unloads it
     * @param activeRequests how many requests it has, those that wait for it included
     * @param lastUsed when its last request came or ended; empty if it had none yet
     */
    public record Life(
            int instances,
            int minInstances,
            int maxInstances,
            Optional<Duration> idleTimeout,
            boolean pinned,
            int activeRequests,
            Optional<Instant> lastUsed) {
        /** Of a model of one instance at most, that stays loaded once it is. */
        public static final Life NONE = new Life(0, 0, 1, Optional.empty(), false, 0, Optional.empty());

        public Life {
            Objects.requireNonNull(idleTimeout, "idleTimeout");
            Objects.requireNonNull(lastUsed, "lastUsed");
        }
    }

    /**
     * What a model needs in memory, in bytes.
     *
     * @param weights its weights, which all its instances share
     * @param cache the keys and values of one instance
     * @param compute the buffers of one instance that steps are evaluated in, and what goes with it
     * @param device the device that has most of its weights, such as {@code CPU}
     */
    public record Memory(long weights, long cache, long compute, String device) {
        public Memory {
            Objects.requireNonNull(device, "device");
        }

        /**
         * {@return what so many instances need}
         *
         * @param instances how many
         */
        public long total(int instances) {
            return weights + instances * (cache + compute);
        }
    }

    /**
     * What the header of a model's file says.
     *
     * @param architecture the architecture, such as {@code llama}
     * @param title the model's own name; empty if it has none
     * @param quantization the type of most of its weights, such as {@code Q4_K_M}
     * @param parameters the number of weights
     * @param trainedContextLength the context it was trained with, in tokens
     * @param vocabularySize the number of tokens it knows
     * @param fileSize the size of its file in bytes
     * @param hasChatTemplate whether it brings a chat template
     */
    public record Details(
            String architecture,
            Optional<String> title,
            String quantization,
            long parameters,
            int trainedContextLength,
            int vocabularySize,
            long fileSize,
            boolean hasChatTemplate) {
        public Details {
            Objects.requireNonNull(architecture, "architecture");
            Objects.requireNonNull(title, "title");
            Objects.requireNonNull(quantization, "quantization");
        }
    }
}
