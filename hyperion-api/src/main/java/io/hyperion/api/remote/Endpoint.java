package io.hyperion.api.remote;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Where a server is, and the key that it wants. */
final class Endpoint {
    private static final String AUTHORIZATION = "Authorization";
    private static final String BEARER = "Bearer ";

    private final String base;
    private final Optional<String> key;

    Endpoint(URI address, Optional<String> key) {
        this.base = address.toString().replaceAll("/+$", "");
        this.key = key;
    }

    static void requireValid(URI address) {
        String scheme = Optional.ofNullable(address.getScheme()).orElse("").toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https") || address.getHost() == null) {
            throw new InvalidRequestException(
                    ErrorCode.UNKNOWN_VALUE,
                    "uri",
                    "'uri' must be like https://host:port/hyperion, with http or https and a host");
        }
        if (address.getRawUserInfo() != null || address.getRawQuery() != null || address.getRawFragment() != null) {
            throw new InvalidRequestException(
                    ErrorCode.UNKNOWN_VALUE, "uri", "'uri' must have no user information, no query and no fragment");
        }
    }

    HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        key.ifPresent(secret -> request.header(AUTHORIZATION, BEARER + secret));
        return request;
    }

    WebSocket.Builder withKey(WebSocket.Builder socket) {
        key.ifPresent(secret -> socket.header(AUTHORIZATION, BEARER + secret));
        return socket;
    }

    URI socket() {
        // http becomes ws, and https wss.
        return URI.create("ws" + base.substring("http".length()) + "/ws");
    }

    static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The text without the key, should somebody have repeated it. */
    String withoutKey(String text) {
        return key.map(secret -> text.replace(secret, "…")).orElse(text);
    }

    /** {@return where the server is; never the key} */
    @Override
    public String toString() {
        return base;
    }
}
