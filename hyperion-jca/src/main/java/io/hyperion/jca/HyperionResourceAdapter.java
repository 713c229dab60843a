package io.hyperion.jca;

import io.hyperion.core.client.InProcessClient;
import jakarta.resource.NotSupportedException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.BootstrapContext;
import jakarta.resource.spi.ResourceAdapter;
import jakarta.resource.spi.ResourceAdapterInternalException;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import javax.transaction.xa.XAResource;

/**
 * The resource adapter: the models of all of its factories, and their threads. Connections can be made before it is started, as WildFly
 * does, and no more once it is stopped, until it is started again. Safe for use by many threads.
 */
public final class HyperionResourceAdapter implements ResourceAdapter, Serializable {
    private static final long serialVersionUID = 1L;
    private static final System.Logger LOG = System.getLogger(HyperionResourceAdapter.class.getName());

    private volatile String modelDir;
    private transient SharedModels models = new SharedModels();

    /** {@return the directory of models; null if there is none} */
    public String getModelDir() {
        return modelDir;
    }

    /**
     * @param directory of models, to which relative paths of factories belong; null or blank for none: they are relative to the server's
     *     working directory then
     */
    public void setModelDir(String directory) {
        modelDir = directory == null || directory.isBlank() ? null : directory.strip();
    }

    Optional<String> modelDir() {
        return Optional.ofNullable(modelDir);
    }

    synchronized SharedModels models() {
        if (models == null) {
            // Deserialised.
            models = new SharedModels();
        }
        return models;
    }

    /**
     * Checks the properties. Nothing is loaded until there is a connection.
     *
     * @param context is not used: threads of the adapter wait in the server's pools, and the server's own must not
     * @throws ResourceAdapterInternalException if a property is wrong, which the message names
     */
    @Override
    public void start(BootstrapContext context) throws ResourceAdapterInternalException {
        Optional<String> directory = modelDir();
        if (directory.filter(path -> !isDirectory(path)).isPresent()) {
            throw new ResourceAdapterInternalException(AdapterMessage.NO_MODEL_DIR.text(directory.get()));
        }
        models().start();
        LOG.log(
                System.Logger.Level.INFO,
                AdapterMessage.STARTED.text(
                        directory.map(path -> "; models are in " + path).orElse("")));
    }

    private static boolean isDirectory(String path) {
        try {
            return Files.isDirectory(Path.of(path));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Ends all requests, unloads all models, ends all threads and lets the class loader go; returns when that is done. */
    @Override
    public void stop() {
        models().stop();
        InProcessClient.releaseClassLoader();
        LOG.log(System.Logger.Level.INFO, AdapterMessage.ENDED.text());
    }

    /**
     * @throws NotSupportedException always: models send no messages
     */
    @Override
    public void endpointActivation(MessageEndpointFactory factory, ActivationSpec spec) throws ResourceException {
        throw new NotSupportedException(AdapterMessage.NO_ENDPOINTS.text());
    }

    @Override
    public void endpointDeactivation(MessageEndpointFactory factory, ActivationSpec spec) {
        // None is ever activated.
    }

    @Override
    public XAResource[] getXAResources(ActivationSpec[] specs) {
        return new XAResource[0];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HyperionResourceAdapter adapter && modelDir().equals(adapter.modelDir());
    }

    @Override
    public int hashCode() {
        return modelDir().hashCode();
    }

    @Override
    public String toString() {
        return "Hyperion[modelDir=" + modelDir().orElse("") + "]";
    }
}
