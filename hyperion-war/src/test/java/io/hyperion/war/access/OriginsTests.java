package io.hyperion.war.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The origins of web pages")
class OriginsTests {
    private static final List<String> CONFIGURED = List.of("https://chat.example.com");

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "http://models.example.com",
        "https://MODELS.example.com:3000",
        "http://localhost:5173",
        "http://127.0.0.1",
        "http://[::1]:8080",
        "https://chat.example.com",
        "https://Chat.Example.com"
    })
    @DisplayName("are allowed if they are the server's own host, this machine, or configured")
    void allowed(String origin) {
        assertThat(Origins.isAllowed(origin, "models.example.com", CONFIGURED)).isTrue();
    }

    @ParameterizedTest(name = "''{0}''")
    @CsvSource({
        "null",
        "''",
        "https://evil.example.com",
        "https://example.com",
        "http://chat.example.com",
        "https://chat.example.com:444",
        "https://chat.example.com.evil.com",
        "http://localhost.evil.com",
        "http://127.0.0.1.evil.com",
        "http://evil.com/http://localhost",
        "chrome-extension://abc",
        "http://a b",
        "//"
    })
    @DisplayName("are refused if they are others, or none at all")
    void refused(String origin) {
        assertThat(Origins.isAllowed(origin, "models.example.com", CONFIGURED)).isFalse();
        assertThat(Origins.isAllowed(origin, "models.example.com", List.of("*")))
                .isTrue();
    }
}
