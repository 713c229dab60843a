package io.hyperion.servers;

/** How Hyperion is deployed. */
enum Mode {
    /** {@code hyperion.war} alone, which runs the models of the configuration. */
    WAR_ONLY("WAR"),

    /** {@code hyperion.war} and the resource adapter, with a pool that the administrator has made. */
    RAR("RAR");

    private final String title;

    Mode(String title) {
        this.title = title;
    }

    /** {@return what the table calls it} */
    String title() {
        return title;
    }
}
