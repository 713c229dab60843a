package io.hyperion.examples.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The server's output")
class ServerOutputTests {
    private final ServerOutput output = new ServerOutput();

    @Test
    @DisplayName("is shown without the logger's name")
    void shown() {
        assertThat(output.show("10:00:00 INFO [io.hyperion.war.HyperionRuntime] Model default is ready"))
                .contains("10:00:00 INFO Model default is ready");
        assertThat(output.show("10:00:00 SEVERE [jakarta.x] Broken")).contains("10:00:00 SEVERE Broken");
        assertThat(output.show("10:00:00 WARNING [jakarta.x] Odd")).contains("10:00:00 WARNING Odd");
        assertThat(output.show("java.lang.IllegalStateException: x")).contains("java.lang.IllegalStateException: x");
        assertThat(output.show("# A fatal error has been detected by the Java Runtime Environment"))
                .isNotEmpty();
        assertThat(output.show("")).isEmpty();
        assertThat(output.show("JdbcRuntimeExtension,  getAllSystemRAResourcesAndPools = []"))
                .isEmpty();
    }

    @Test
    @DisplayName("is not shown where the server praises itself, all lines of it")
    void hidden() {
        assertThat(output.show("10:00:00 INFO [jakarta.enterprise.web] Created virtual server"))
                .isEmpty();
        assertThat(output.show("10:00:00 WARNING [PayaraMicro] The directory is temporary"))
                .isEmpty();
        assertThat(output.show("10:00:00 INFO [PayaraMicro] ")).isEmpty();
        assertThat(output.show("{")).isEmpty();
        assertThat(output.show("  \"Instance Configuration\": {")).isEmpty();
        assertThat(output.isReady()).isFalse();
        assertThat(output.show("10:00:00 INFO [PayaraMicro] Payara Micro 6 (build 42) ready in 19,705 (ms)"))
                .isEmpty();
        assertThat(output.isReady()).isTrue();
        assertThat(output.show("10:00:00 SEVERE [PayaraMicro] Failed to start, exiting"))
                .isNotEmpty();
        assertThat(output.show("java.net.BindException: Address already in use"))
                .isNotEmpty();
    }
}
