package io.hyperion.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hyperion.bench.load.Protocol;
import java.net.URI;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The settings of the benchmarks")
class BenchSettingsTest {
    @Test
    @DisplayName("are the properties that begin with hyperion.bench and are not empty")
    void properties() {
        Properties properties = new Properties();
        properties.setProperty("hyperion.bench.run", " a, b ,,c ");
        properties.setProperty("hyperion.bench.runs", "");
        properties.setProperty("hyperion.other", "x");
        BenchSettings settings = BenchSettings.of(properties);

        assertThat(settings.list("run")).containsExactly("a", "b", "c");
        assertThat(settings.whole("runs", 5, 1)).isEqualTo(5);
        assertThat(settings.properties()).containsOnlyKeys("run");
    }

    @Test
    @DisplayName("name servers with their addresses, in their order")
    void servers() {
        BenchSettings settings =
                settings("servers", "hyperion=http://127.0.0.1:8080/hyperion/, peer=http://127.0.0.1:8081");

        assertThat(settings.servers())
                .containsExactly(
                        Map.entry("hyperion", URI.create("http://127.0.0.1:8080/hyperion")),
                        Map.entry("peer", URI.create("http://127.0.0.1:8081")));
    }

    @Test
    @DisplayName("know two protocols, and refuse others by their name")
    void protocols() {
        assertThat(new BenchSettings(Map.of()).protocol()).isEqualTo(Protocol.COMPLETION);
        assertThat(settings("protocol", "openai").protocol()).isEqualTo(Protocol.OPENAI);
        assertThatIllegalArgumentException()
                .isThrownBy(settings("protocol", "gopher")::protocol)
                .withMessageContaining("hyperion.bench.protocol")
                .withMessageContaining("gopher");
    }

    @Test
    @DisplayName("name what is wrong")
    void wrong() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("runs", "many").whole("runs", 5, 1))
                .withMessage("hyperion.bench.runs must be a whole number, but is 'many'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("runs", "0").whole("runs", 5, 1))
                .withMessage("hyperion.bench.runs must be at least 1, but is '0'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("start", "yes").flag("start", false))
                .withMessage("hyperion.bench.start must be true or false, but is 'yes'");
        assertThatIllegalArgumentException()
                .isThrownBy(settings("servers", "http://127.0.0.1")::servers)
                .withMessageContaining("hyperion.bench.servers");
    }

    private static BenchSettings settings(String name, String value) {
        return new BenchSettings(Map.of(name, value));
    }
}
