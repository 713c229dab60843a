package io.hyperion.jca;

import io.hyperion.api.BusyException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelUnavailableException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionManager;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.InvalidPropertyException;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionFactory;
import jakarta.resource.spi.ResourceAdapter;
import jakarta.resource.spi.ResourceAdapterAssociation;
import jakarta.resource.spi.ResourceAllocationException;
import jakarta.resource.spi.ValidatingManagedConnectionFactory;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.Subject;

/**
 * One model, as a pool of an application server. Its properties say which, and how it is loaded; they are checked when the first
 * connection factory or connection is made, and what is set later does not count. Factories with equal properties share one loaded model
 * within their adapter. One without an adapter has its models for itself. Safe for use by many threads.
 */
public final class HyperionManagedConnectionFactory
        implements ManagedConnectionFactory, ValidatingManagedConnectionFactory, ResourceAdapterAssociation {
    private static final long serialVersionUID = 1L;
    private static final int KEPT = 16;

    private final FactoryProperties properties = new FactoryProperties();

    // What follows is not serialised, and guarded by this: a copy makes its own.
    private transient HyperionResourceAdapter adapter;
    private transient SharedModels ownModels;
    private transient Pool pool;
    /** The last ones: Payara and TomEE make one at every look-up, and who found it may hold it weakly. */
    private transient Deque<PooledConnectionFactory> made;

    private transient PrintWriter log;

    /** {@return the name that requests use; null for the file's name without {@code .gguf}} */
    public String getModel() {
        return properties.text("model").orElse(null);
    }

    /**
     * @param value the name that requests use; null for the file's name without {@code .gguf}
     */
    public void setModel(String value) {
        properties.set("model", value);
    }

    /** {@return the GGUF file; relative ones are below the adapter's {@code modelDir}; null for the file of the model's name there} */
    public String getModelPath() {
        return properties.text("modelPath").orElse(null);
    }

    /**
     * @param value the GGUF file; relative ones are below the adapter's {@code modelDir}; null for the file of the model's name there
     */
    public void setModelPath(String value) {
        properties.set("modelPath", value);
    }

    /** {@return tokens that all requests under way share, prompts and completions together; 0 for the trained context times the slots, at most 16384} */
    public Integer getContextSize() {
        return properties.number("contextSize").orElse(null);
    }

    /**
     * @param value tokens that all requests under way share, prompts and completions together; 0 for the trained context times the slots, at most 16384; null for the default
     */
    public void setContextSize(Integer value) {
        properties.set("contextSize", value);
    }

    /** {@return how many requests the model serves at once, and how many connections it can have: 1 to 256} */
    public Integer getSlots() {
        return properties.number("slots").orElse(null);
    }

    /**
     * @param value how many requests the model serves at once, and how many connections it can have: 1 to 256; null for the default
     */
    public void setSlots(Integer value) {
        properties.set("slots", value);
    }

    /** {@return how many tokens one step evaluates at most: 1 to 65536} */
    public Integer getBatchSize() {
        return properties.number("batchSize").orElse(null);
    }

    /**
     * @param value how many tokens one step evaluates at most: 1 to 65536; null for the default
     */
    public void setBatchSize(Integer value) {
        properties.set("batchSize", value);
    }

    /** {@return how many threads compute: 1 to 512; null for all cores but one, at most 16} */
    public Integer getThreads() {
        return properties.number("threads").orElse(null);
    }

    /**
     * @param value how many threads compute: 1 to 512; null for all cores but one, at most 16
     */
    public void setThreads(Integer value) {
        properties.set("threads", value);
    }

    /** {@return how many layers are on the GPU, where the library has one; 0 for none} */
    public Integer getGpuLayers() {
        return properties.number("gpuLayers").orElse(null);
    }

    /**
     * @param value how many layers are on the GPU, where the library has one; 0 for none; null for the default
     */
    public void setGpuLayers(Integer value) {
        properties.set("gpuLayers", value);
    }

    /** {@return how many MiB finished requests may take outside the cache; 0 for none; null for a quarter of the file} */
    public Integer getPrefixMemory() {
        return properties.number("prefixMemory").orElse(null);
    }

    /**
     * @param value how many MiB finished requests may take outside the cache; 0 for none; null for a quarter of the file
     */
    public void setPrefixMemory(Integer value) {
        properties.set("prefixMemory", value);
    }

    /** {@return files of LoRA adapters with commas between them, each with its scale behind a {@code =} if that is not 1; null for none} */
    public String getLora() {
        return properties.text("lora").orElse(null);
    }

    /**
     * @param value files of LoRA adapters with commas between them, each with its scale behind a {@code =} if that is not 1; null for none
     */
    public void setLora(String value) {
        properties.set("lora", value);
    }

    /** {@return the directory that sequences are saved to; null if they are not to be saved} */
    public String getSlotSavePath() {
        return properties.text("slotSavePath").orElse(null);
    }

    /**
     * @param value the directory that sequences are saved to; null if they are not to be saved
     */
    public void setSlotSavePath(String value) {
        properties.set("slotSavePath", value);
    }

    /** {@return the name of a chat template, or one as Jinja text; null for the model's own} */
    public String getChatTemplate() {
        return properties.text("chatTemplate").orElse(null);
    }

    /**
     * @param value the name of a chat template, or one as Jinja text; null for the model's own
     */
    public void setChatTemplate(String value) {
        properties.set("chatTemplate", value);
    }

    /** {@return what the model is for; null if nothing is said} */
    public String getDescription() {
        return properties.text("description").orElse(null);
    }

    /**
     * @param value what the model is for; null if nothing is said
     */
    public void setDescription(String value) {
        properties.set("description", value);
    }

    /** {@return words to find the model by, with commas between them; null if nothing is said} */
    public String getTags() {
        return properties.text("tags").orElse(null);
    }

    /**
     * @param value words to find the model by, with commas between them; null if nothing is said
     */
    public void setTags(String value) {
        properties.set("tags", value);
    }

    /** {@return who runs the model; null if nothing is said} */
    public String getOperator() {
        return properties.text("operator").orElse(null);
    }

    /**
     * @param value who runs the model; null if nothing is said
     */
    public void setOperator(String value) {
        properties.set("operator", value);
    }

    /** {@return whether it makes vectors of texts instead of generating; null for what its file is made for} */
    public Boolean getEmbeddings() {
        return properties.flag("embeddings").orElse(null);
    }

    /**
     * @param value whether it makes vectors of texts instead of generating; null for what its file is made for
     */
    public void setEmbeddings(Boolean value) {
        properties.set("embeddings", value);
    }

    /** {@return what such a model gives for a text: {@code mean}, {@code cls}, {@code last}, {@code none} or {@code rank}; null for the model's own} */
    public String getPooling() {
        return properties.text("pooling").orElse(null);
    }

    /**
     * @param value what such a model gives for a text: {@code mean}, {@code cls}, {@code last}, {@code none} or {@code rank}; null for the model's own
     */
    public void setPooling(String value) {
        properties.set("pooling", value);
    }

    /** {@return parameters of requests that do not say, such as {@code temperature=0.7,top_k=40}; null for none} */
    public String getDefaults() {
        return properties.text("defaults").orElse(null);
    }

    /**
     * @param value parameters of requests that do not say, such as {@code temperature=0.7,top_k=40}; null for none
     */
    public void setDefaults(String value) {
        properties.set("defaults", value);
    }

    /** {@return how long the model stays loaded without connections, as an ISO 8601 duration; {@code PT0S} unloads it with the last one} */
    public String getIdleTimeout() {
        return properties.text("idleTimeout").orElse(null);
    }

    /**
     * @param value how long the model stays loaded without connections, as an ISO 8601 duration of at most 365 days; {@code PT0S} unloads it with the last one; null for the default
     */
    public void setIdleTimeout(String value) {
        properties.set("idleTimeout", value);
    }

    /** {@return how many requests may wait for a connection; 0: none waits beyond the model's slots} */
    public Integer getQueueCapacity() {
        return properties.number("queueCapacity").orElse(null);
    }

    /**
     * @param value how many requests may wait for a connection; 0: none waits beyond the model's slots; null for the default
     */
    public void setQueueCapacity(Integer value) {
        properties.set("queueCapacity", value);
    }

    /** {@return the adapter; null as long as there is none, as the specification has it} */
    @Override
    public synchronized ResourceAdapter getResourceAdapter() {
        return adapter;
    }

    /**
     * @param value the adapter whose models these are
     * @throws ResourceException if it is none of this kind, or the factory has another one already
     */
    @Override
    public synchronized void setResourceAdapter(ResourceAdapter value) throws ResourceException {
        if (!(value instanceof HyperionResourceAdapter wanted)) {
            throw new ResourceException(AdapterMessage.NO_ADAPTER.text(value));
        }
        if (adapter != null && adapter != wanted) {
            throw new jakarta.resource.spi.IllegalStateException(AdapterMessage.OTHER_ADAPTER.text());
        }
        adapter = wanted;
    }

    /**
     * A connection factory over a server's pool.
     *
     * @param manager the server's
     * @return a {@link HyperionConnectionFactory}; the same one again if it is for the same pool
     * @throws InvalidPropertyException if a property is wrong, which the message names
     */
    @Override
    public synchronized Object createConnectionFactory(ConnectionManager manager) throws ResourceException {
        if (manager == null) {
            throw new ResourceException(AdapterMessage.NO_MANAGER.text());
        }
        requirePool();
        if (made == null) {
            made = new ArrayDeque<>();
        }
        for (PooledConnectionFactory earlier : made) {
            if (earlier.manager().equals(manager)) {
                return earlier;
            }
        }
        if (made.size() == KEPT) {
            made.removeFirst();
        }
        made.addLast(new PooledConnectionFactory(this, manager));
        return made.getLast();
    }

    /**
     * A connection factory where there is no server: each connection is made when it is asked for and destroyed when it is closed. Set
     * {@code idleTimeout}, so that the model stays loaded between them.
     *
     * @return a {@link HyperionConnectionFactory}
     * @throws InvalidPropertyException if a property is wrong, which the message names
     */
    @Override
    public Object createConnectionFactory() throws ResourceException {
        return createConnectionFactory(new UnpooledConnectionManager());
    }

    /**
     * A connection: a sequence of the model. The first one loads the model and waits for that, whatever interrupts.
     *
     * @param subject is not looked at: models have no users
     * @param info what it is for
     * @return a {@link HyperionManagedConnection}
     * @throws InvalidPropertyException if a property is wrong, which the message names
     * @throws ResourceAllocationException if the model cannot be loaded, with the reason, or all of its slots have a connection
     */
    @Override
    public ManagedConnection createManagedConnection(Subject subject, ConnectionRequestInfo info)
            throws ResourceException {
        Pool own = requirePool();
        try {
            return new HyperionManagedConnection(own, infoOf(info), Optional.ofNullable(getLogWriter()));
        } catch (HyperionException e) {
            // Some servers tell no cause.
            own.failed(e);
            throw new ResourceAllocationException(
                    e instanceof BusyException
                            ? e.getMessage()
                            : AdapterMessage.NOT_LOADED.text(own.model().name(), e.getMessage()),
                    e);
        }
    }

    private static HyperionConnectionRequestInfo infoOf(ConnectionRequestInfo info) {
        return info instanceof HyperionConnectionRequestInfo own ? own : HyperionConnectionRequestInfo.ANY;
    }

    /**
     * Picks, of idle connections, the one whose last request began most like this one.
     *
     * @param connections those to choose from
     * @param subject is not looked at: models have no users
     * @param info what it is for
     * @return one of them; null if none of them is this factory's and can serve, as the specification has it
     */
    @Override
    @SuppressWarnings("rawtypes") // The specification's signature.
    public ManagedConnection matchManagedConnections(Set connections, Subject subject, ConnectionRequestInfo info) {
        HyperionConnectionRequestInfo wanted = infoOf(info);
        HyperionManagedConnection best = null;
        int most = -1;
        for (Object candidate : connections) {
            if (candidate instanceof HyperionManagedConnection connection && isOwn(connection)) {
                int common = connection.fitness(wanted);
                if (common > most) {
                    most = common;
                    best = connection;
                }
            }
        }
        return best;
    }

    private synchronized boolean isOwn(HyperionManagedConnection connection) {
        return pool != null && connection.model() == pool.model();
    }

    /**
     * Tells which connections cannot serve any more: destroyed ones, and those of a model whose engine has failed.
     *
     * @param connections those to look at
     * @return those of them that the server should destroy
     */
    @Override
    @SuppressWarnings("rawtypes") // The specification's signature.
    public Set<ManagedConnection> getInvalidConnections(Set connections) {
        Set<ManagedConnection> invalid = new HashSet<>();
        for (Object candidate : connections) {
            if (candidate instanceof HyperionManagedConnection connection && !connection.isSound()) {
                invalid.add(connection);
            }
        }
        return invalid;
    }

    /**
     * The pool of this factory, which is made once its properties are found to be right, and again if the adapter was stopped and started.
     *
     * @throws InvalidPropertyException if a property is wrong, which the message names
     * @throws HyperionException if the adapter is stopped
     */
    synchronized Pool pool() throws InvalidPropertyException {
        if (pool == null || pool.model().isClosed()) {
            Optional<String> directory = adapter == null ? Optional.empty() : adapter.modelDir();
            pool = new Pool(models().model(ModelConfiguration.of(properties, directory)));
        }
        return pool;
    }

    private Pool requirePool() throws ResourceException {
        try {
            return pool();
        } catch (ModelUnavailableException e) {
            throw new ResourceAllocationException(e.getMessage(), e);
        }
    }

    private SharedModels models() {
        if (adapter != null) {
            return adapter.models();
        }
        if (ownModels == null) {
            ownModels = new SharedModels();
        }
        return ownModels;
    }

    @Override
    public synchronized void setLogWriter(PrintWriter writer) {
        log = writer;
    }

    /** {@return what is told of new connections goes there; null for nowhere, as the specification has it} */
    @Override
    public synchronized PrintWriter getLogWriter() {
        return log;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HyperionManagedConnectionFactory factory && properties.equals(factory.properties);
    }

    @Override
    public int hashCode() {
        return properties.hashCode();
    }

    @Override
    public String toString() {
        return "Hyperion" + properties;
    }
}
