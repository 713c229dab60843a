package io.hyperion.servers;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/**
 * An application server that runs, as a process of its own: started for one class of tests in a directory of its own, bound to 127.0.0.1,
 * and ended by whoever started it. What it does returns when it is done, and throws what went wrong.
 */
interface Server {
    /** {@return what the table calls it} */
    String name();

    /** {@return its directory} */
    Instance instance();

    /** {@return how Hyperion is deployed in it} */
    default Mode mode() {
        return instance().mode();
    }

    /** {@return where its web applications are, without a slash at the end} */
    URI url();

    /** {@return the process of the server itself, not that of a script that started it} */
    ProcessHandle process();

    /** {@return what it and what runs in it have told so far: its log and its console} */
    String log() throws IOException;

    /** {@return where it and what runs in it make temporary files} */
    default Path temporaryDirectory() {
        return instance().temporaryDirectory();
    }

    /** {@return the model file of its pools or its configuration, as the process opens it} */
    default Path modelFile() {
        return instance().modelFile();
    }

    /** {@return whether it lets go of the classes of applications that are undeployed, as it does not do everywhere of its own accord} */
    default boolean releasesClasses() {
        return true;
    }

    /** Deploys an application at {@code /<its path>}. */
    void deploy(App app) throws Exception;

    /** Undeploys an application. */
    void undeploy(App app) throws Exception;

    /** {@return what an administrator does with pools; only in a server with the resource adapter} */
    Pool pool();

    /** Ends the process, and waits until it has ended. */
    void stop() throws Exception;
}
