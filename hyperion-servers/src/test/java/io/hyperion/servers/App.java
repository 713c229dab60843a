package io.hyperion.servers;

import io.hyperion.servers.consumer.Assistant;
import java.io.File;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The web applications that are deployed. */
enum App {
    /** Hyperion itself. */
    HYPERION("hyperion"),

    /** Another application in the same server, which has nothing of Hyperion but the jar of the API. */
    CONSUMER("consumer"),

    /** One more of them. */
    SECOND_CONSUMER("second-consumer");

    private final String path;

    App(String path) {
        this.path = path;
    }

    /** {@return the name of the application, which is its context path without the slash and its file name without {@code .war}} */
    String path() {
        return path;
    }

    /** {@return what is deployed} */
    WebArchive archive() {
        if (this == HYPERION) {
            return ShrinkWrap.createFromZipFile(WebArchive.class, new File(System.getProperty("hyperion.war")));
        }
        return ShrinkWrap.create(WebArchive.class, path + ".war")
                .addPackage(Assistant.class.getPackage())
                .addAsLibrary(new File(System.getProperty("hyperion.api")))
                .addAsWebInfResource(
                        new StringAsset("<beans xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"3.0\""
                                + " bean-discovery-mode=\"annotated\"/>"),
                        "beans.xml");
    }
}
