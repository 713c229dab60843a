package io.hyperion.jca;

import io.hyperion.core.llama.LlamaLibrary;
import jakarta.resource.spi.ManagedConnectionMetaData;

/**
 * What a connection is to.
 *
 * @param model the name of the model
 * @param slots how many connections it can have
 */
record ConnectionMetaData(String model, int slots) implements ManagedConnectionMetaData {
    @Override
    public String getEISProductName() {
        return "Hyperion model " + model;
    }

    @Override
    public String getEISProductVersion() {
        return "llama.cpp " + LlamaLibrary.VERSION;
    }

    @Override
    public int getMaxConnections() {
        return slots;
    }

    /** {@return nothing: models have no users} */
    @Override
    public String getUserName() {
        return "";
    }
}
