package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.war.it.Wire.Answer;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.WebSocketHandshakeException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where requests may come from as long as nothing is said about it. */
interface OriginBehaviour extends Behaviour {
    @Test
    @DisplayName("a web page of this machine may use the server, and its browser is told so")
    default void allowedPage() {
        Answer asked = wire().send(wire().request("/generate")
                .header("Origin", "http://localhost:5173")
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type")
                .method("OPTIONS", BodyPublishers.noBody()));
        assertThat(asked.status()).isEqualTo(204);
        assertThat(asked.header("Access-Control-Allow-Origin")).isEqualTo("http://localhost:5173");
        assertThat(asked.header("Access-Control-Allow-Methods")).contains("POST");
        assertThat(asked.header("Access-Control-Allow-Headers")).isEqualTo("authorization,content-type");

        Answer answer = wire().send(post("http://localhost:5173"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("http://localhost:5173");
        assertThat(answer.header("Access-Control-Allow-Credentials"))
                .as("for the cookie of a session")
                .isEqualTo("true");
        assertThat(answer.header("Vary")).contains("Origin");
        try (Socket socket =
                new Socket(wire().base(), "", handshake -> handshake.header("Origin", "http://localhost:5173"))) {
            socket.send("{'id':1,'method':'models'}");
            assertThat(socket.next().getString("event")).isEqualTo("done");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"https://evil.example.com", "null"})
    @DisplayName("a web page of anywhere else may neither send requests nor open a socket")
    default void foreignPage(String origin) {
        Answer refused = wire().send(post(origin));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.error().getString("code")).isEqualTo("HYP-4002");
        assertThat(refused.error().getString("message")).contains("hyperion.http.allowed-origins");
        assertThat(refused.header("Access-Control-Allow-Origin")).isEmpty();

        Answer completion = wire().send(wire().request("/completion")
                .header("Origin", origin)
                .POST(BodyPublishers.ofString("{\"prompt\":\"x\"}")));
        assertThat(completion.status()).isEqualTo(403);
        assertThat(completion.json().getJsonObject("error").getString("type")).isEqualTo("permission_error");

        assertThatThrownBy(() -> new Socket(wire().base(), "", handshake -> handshake.header("Origin", origin)))
                .cause()
                .isInstanceOfSatisfying(WebSocketHandshakeException.class, failure -> assertThat(
                                failure.getResponse().statusCode())
                        .isEqualTo(403));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"Host: models.example.com", "Host: localhost\nX-Forwarded-For: 192.168.1.2"})
    @DisplayName(
            "what came through a proxy, or to a name of elsewhere, is refused, and told by which key that is changed")
    default void notThisMachine(String headers) throws IOException {
        for (String path : new String[] {"/hyperion/models", "/hyperion/ws"}) {
            try (RawConnection client = RawConnection.to(wire().base())) {
                client.get(path, headers);

                assertThat(client.line()).contains("401");
                assertThat(client.body()).contains("HYP-4001", "hyperion.security.mode");
            }
        }
        try (RawConnection client = RawConnection.to(wire().base())) {
            client.get("/hyperion/health", headers);
            assertThat(client.line()).contains("200");
        }
    }

    private HttpRequest.Builder post(String origin) {
        return wire().request("/generate")
                .header("Origin", origin)
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString(("{" + SHORT + "}").replace('\'', '"')));
    }
}
