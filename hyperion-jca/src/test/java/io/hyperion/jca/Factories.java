package io.hyperion.jca;

import jakarta.resource.ResourceException;

/** Factories of the demo model. */
final class Factories {
    static final String DEMO_MODEL = System.getProperty("hyperion.demo.model");

    private Factories() {}

    /** A small one: it loads at once. */
    static HyperionManagedConnectionFactory demo() {
        HyperionManagedConnectionFactory factory = new HyperionManagedConnectionFactory();
        factory.setModel("demo");
        factory.setModelPath(DEMO_MODEL);
        factory.setContextSize(512);
        factory.setThreads(1);
        factory.setSlots(2);
        return factory;
    }

    static HyperionManagedConnectionFactory demo(HyperionResourceAdapter adapter) throws ResourceException {
        HyperionManagedConnectionFactory factory = demo();
        factory.setResourceAdapter(adapter);
        return factory;
    }
}
