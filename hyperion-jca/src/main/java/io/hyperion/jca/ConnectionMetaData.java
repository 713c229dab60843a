package io.hyperion.jca;

import jakarta.resource.spi.ManagedConnectionMetaData;

/**
 * What a connection is to.
 *
 * @param model the name of the model
 * @param engine what runs it, and its version
 * @param slots how many connections it can have
 */
record ConnectionMetaData(String model, String engine, int slots) implements ManagedConnectionMetaData {
    @Override
    public String getEISProductName() {
        return "Hyperion model " + model;
    }

    @Override
    public String getEISProductVersion() {
        return engine;
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
