package io.hyperion.servers;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A model as a connection pool of a server: what its administrator does, with the server's own tools. */
interface Pool {
    /** Deploys the resource adapter and makes the pool, by the files in {@code examples/servers} as they stand. */
    void create() throws Exception;

    /** Undeploys the resource adapter; what was set of the pool stays, where the server keeps it. */
    void undeployAdapter() throws Exception;

    /** Deploys the resource adapter again, so that the pool is there as it was. */
    void deployAdapter() throws Exception;

    /** Does both, one after the other. */
    default void redeployAdapter() throws Exception {
        undeployAdapter();
        deployAdapter();
    }

    /** {@return why the server keeps the classes of each adapter that was redeployed; empty if it does not} */
    default Optional<String> keepsAdapters() {
        return Optional.empty();
    }

    /** Changes how many requests are served at once, the way the server does it: in the running pool where it can. */
    void resize(int maximum) throws Exception;

    /** {@return how many connections the pool has at most, as the example has it} */
    int maximum();

    /** {@return how long a request waits for a connection, as the example has it} */
    Duration maximumWait();

    /** Closes all idle connections. */
    void flush() throws Exception;

    /** {@return what the server counts} */
    Use use() throws Exception;

    /**
     * Makes a further pool {@code eis/hyperion-broken} with wrong properties, has the server try it, and takes it away again.
     *
     * @param properties the properties of its connection factory, those of one of {@link SettingsBehaviour.Wrong}
     * @return what the administrator sees of it: the answer of the command and what came into the log
     */
    String tryBroken(Map<String, String> properties) throws Exception;

    /**
     * The server's own statistics of a pool.
     *
     * @param inUse connections that requests have now
     * @param open connections that are open now, in use or idle
     * @param borrowed how often a connection was borrowed so far, or for how many milliseconds; empty where the server counts neither
     */
    record Use(int inUse, int open, OptionalLong borrowed) {}
}
