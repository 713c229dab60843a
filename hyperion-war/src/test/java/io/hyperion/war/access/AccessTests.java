package io.hyperion.war.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.UnauthorisedException;
import io.hyperion.war.config.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Access")
class AccessTests {
    private static final Arrival LOCAL = arrival("127.0.0.1", "localhost", false);
    private static final Arrival OUTSIDE = arrival("192.168.1.2", "models.example.com", false);

    /** printf %s secret | sha256sum */
    private static final String SECRET_HASH = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

    /** printf %s other | sha256sum */
    private static final String OTHER_HASH = "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa";

    private static final Security KEYS = new Security.Keys(List.of(
            new Security.Key("hr", SECRET_HASH, Optional.of(Set.of("tiny")), false),
            new Security.Key("it", OTHER_HASH, Optional.empty(), true)));

    @Test
    @DisplayName("by keys knows who has which, and what he may use")
    void keys() {
        Access access = access(KEYS);

        assertThat(access.identify(OUTSIDE, Optional.of("secret")))
                .isEqualTo(new Identity("hr", Optional.of(Set.of("tiny")), false));
        assertThat(access.identify(LOCAL, Optional.of(" other ")))
                .isEqualTo(new Identity("it", Optional.empty(), true));
    }

    @ParameterizedTest(name = "''{0}''")
    @NullSource
    @ValueSource(strings = {"", " ", "Secret", "secre", "secret2", "hr", SECRET_HASH, "sha256:" + SECRET_HASH})
    @DisplayName("by keys refuses whatever is none of them, and does not repeat it")
    void wrongKey(String key) {
        Access access = access(KEYS);

        assertThatThrownBy(() -> access.identify(LOCAL, Optional.ofNullable(key)))
                .isInstanceOfSatisfying(UnauthorisedException.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.UNAUTHORISED);
                    if (key != null && !key.isBlank()) {
                        assertThat(error.getMessage()).doesNotContainIgnoringCase(key);
                    }
                });
    }

    @Test
    @DisplayName("by keys that are none lets nobody in")
    void noKeys() {
        Access access = access(new Security.Keys(List.of()));

        assertThatThrownBy(() -> access.identify(LOCAL, Optional.of("secret")))
                .isInstanceOf(UnauthorisedException.class);
        assertThatThrownBy(() -> access.identify(LOCAL, Optional.empty())).isInstanceOf(UnauthorisedException.class);
    }

    @Test
    @DisplayName("by token tells the token once, another one at each start, and accepts no other")
    void token() {
        List<String> first = told(new Security.Token(), access -> {});
        Access[] started = new Access[1];
        List<String> second = told(new Security.Token(), access -> started[0] = access);

        assertThat(first).singleElement().asString().matches("Access token: [A-Za-z0-9_-]{43}");
        assertThat(second).isNotEqualTo(first);
        String token = second.get(0).substring("Access token: ".length());
        assertThat(started[0].identify(OUTSIDE, Optional.of(token)))
                .isEqualTo(new Identity("token", Optional.empty(), true));
        String other = first.get(0).substring("Access token: ".length());
        assertThatThrownBy(() -> started[0].identify(LOCAL, Optional.of(other)))
                .isInstanceOf(UnauthorisedException.class);
    }

    @ParameterizedTest(name = "at {0} for {1}")
    @CsvSource({
        "127.0.0.1,localhost",
        "127.0.0.1,127.0.0.1",
        "127.3.2.1,LOCALHOST",
        "0:0:0:0:0:0:0:1,[::1]",
        "::1,::1",
        "::ffff:127.0.0.1,app.localhost"
    })
    @DisplayName("that nothing is said of is open to this machine")
    void openHere(String localAddress, String host) {
        Access access = access(new Security.Open(false, List.of()));

        assertThat(access.identify(arrival(localAddress, host, false), Optional.of("whatever")))
                .isEqualTo(Identity.NEIGHBOUR);
    }

    @ParameterizedTest(name = "at {0} for {1}, through a proxy: {2}")
    @CsvSource({
        "192.168.1.2,localhost,false",
        "0:0:0:0:0:0:0:2,localhost,false",
        "127.0.0.1,models.example.com,false",
        "127.0.0.1,127.0.0.1.example.com,false",
        "127.0.0.1,localhost.example.com,false",
        "127.0.0.1,localhost,true"
    })
    @DisplayName("that nothing is said of is closed to others, proxies and foreign names, and says which key opens it")
    void closedToOthers(String localAddress, String host, boolean forwarded) {
        Access access = access(new Security.Open(false, List.of()));

        assertThatThrownBy(() -> access.identify(arrival(localAddress, host, forwarded), Optional.of("x")))
                .isInstanceOf(UnauthorisedException.class)
                .hasMessageContaining("hyperion.security.mode");
    }

    @Test
    @DisplayName("that is open on purpose warns at the start, and once more when somebody outside comes")
    void openOnPurpose() {
        List<String> warnings = told(new Security.Open(true, List.of()), access -> {
            for (int i = 0; i < 3; i++) {
                assertThat(access.identify(LOCAL, Optional.empty())).isEqualTo(Identity.ANYBODY);
            }
            for (int i = 0; i < 3; i++) {
                assertThat(access.identify(OUTSIDE, Optional.empty())).isEqualTo(Identity.ANYBODY);
            }
        });

        assertThat(warnings).hasSize(2);
        assertThat(warnings).allMatch(warning -> warning.contains("hyperion.security.mode is open"));
        assertThat(warnings.get(1)).contains("192.168.1.2");
    }

    @Test
    @DisplayName("says nothing at the start where there is nothing to say")
    void silent() {
        assertThat(told(new Security.Open(false, List.of()), access -> {})).isEmpty();
        assertThat(told(KEYS, access -> access.identify(LOCAL, Optional.of("secret"))))
                .isEmpty();
    }

    @Test
    @DisplayName("that nothing is said of makes no administrator of who sends a request by a page of elsewhere")
    void foreignPage() {
        Arrival ofPage = new Arrival("127.0.0.1", "localhost", false, true, Optional.empty());

        assertThat(access(new Security.Open(false, List.of())).identify(ofPage, Optional.empty()))
                .isEqualTo(Identity.ANYBODY);
    }

    @ParameterizedTest(name = "Origin {0}, Sec-Fetch-Site {1}")
    @CsvSource(
            nullValues = "-",
            value = {
                "-,-,false",
                "-,none,false",
                "-,same-origin,false",
                "http://localhost:3000,same-site,false",
                "https://models.example.com,same-origin,false",
                "https://chat.example.com,-,true",
                "https://chat.example.com,same-site,true",
                "-,cross-site,true",
                "http://localhost:3000,cross-site,true",
                "null,-,true",
                "nonsense,-,true"
            })
    @DisplayName("knows a page of elsewhere by what browsers say of it")
    void foreign(String origin, String site, boolean foreign) {
        assertThat(Arrival.isOfForeignPage(
                        Optional.ofNullable(origin), Optional.ofNullable(site), "models.example.com"))
                .isEqualTo(foreign);
    }

    @Test
    @DisplayName("that is open on purpose makes administrators only of who has the key of one")
    void openToAdministrators() {
        Access access =
                access(new Security.Open(true, List.of(new Security.Key("it", OTHER_HASH, Optional.empty(), true))));

        assertThat(access.identify(LOCAL, Optional.empty()).administrator()).isFalse();
        assertThat(access.identify(OUTSIDE, Optional.of("whatever"))).isEqualTo(Identity.ANYBODY);
        assertThat(access.identify(OUTSIDE, Optional.of("other")))
                .isEqualTo(new Identity("it", Optional.empty(), true));
    }

    @Test
    @DisplayName("knows the server's own administrators, but not in what pages of elsewhere have their browsers send")
    void role() {
        Arrival ops = new Arrival("192.168.1.2", "models.example.com", false, false, Optional.of("ops"));
        Arrival page = new Arrival("192.168.1.2", "models.example.com", false, true, Optional.of("ops"));

        for (Security security : List.of(KEYS, new Security.Token(), new Security.Open(true, List.of()))) {
            assertThat(access(security).identify(ops, Optional.empty()))
                    .isEqualTo(new Identity("ops", Optional.empty(), true));
            assertThat(access(security).identify(page, Optional.empty()))
                    .isEqualTo(new Identity("ops", Optional.empty(), false));
        }
        assertThat(access(KEYS).identify(ops, Optional.of("secret")).name()).isEqualTo("hr");
        assertThatThrownBy(() -> access(KEYS).identify(ops, Optional.of("wrong")))
                .isInstanceOf(UnauthorisedException.class);
        assertThatThrownBy(() -> access(new Security.Open(false, List.of())).identify(ops, Optional.empty()))
                .isInstanceOf(UnauthorisedException.class);
    }

    @ParameterizedTest(name = "{0} and {1}")
    @CsvSource(
            nullValues = "-",
            value = {
                "Bearer k,-,k",
                "bearer  k ,-,k",
                "-,k,k",
                "Basic dTpw,k,k",
                "Bearer k,other,k",
                "Bearer ,k,k",
                "Bearer,-,-",
                "Basic dTpw,-,-",
                "-,' ',-",
                "-,-,-"
            })
    @DisplayName("finds the key in the headers")
    void headers(String authorization, String apiKey, String key) {
        assertThat(Credentials.of(authorization, apiKey)).isEqualTo(Optional.ofNullable(key));
    }

    private static Access access(Security security) {
        return new Access(security, null, null);
    }

    private static Arrival arrival(String localAddress, String host, boolean forwarded) {
        return new Arrival(localAddress, host, forwarded, false, Optional.empty());
    }

    /** What is logged while a server with this security starts, and does something. */
    private static List<String> told(Security security, java.util.function.Consumer<Access> use) {
        Logger logger = Logger.getLogger(Access.class.getName());
        List<String> messages = new ArrayList<>();
        Handler handler = new Handler() {
            private final SimpleFormatter formatter = new SimpleFormatter();

            @Override
            public void publish(LogRecord message) {
                messages.add(formatter.formatMessage(message));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.setLevel(Level.ALL);
        logger.addHandler(handler);
        try {
            Access access = access(security);
            access.announce();
            use.accept(access);
        } finally {
            logger.removeHandler(handler);
        }
        return messages;
    }
}
