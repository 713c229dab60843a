package io.hyperion.core.download;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How the network is used.
 *
 * @param hub the base address of Hugging Face, or of a mirror of it, without a slash at its end
 * @param token what gets the gated repositories there; empty if there are none. Sent to the origin of {@code hub} alone
 * @param connectTimeout how long a connection may take to be made
 * @param readTimeout how long a server may be silent, before it answers and between any two pieces of its answer
 */
public record HttpSettings(URI hub, Optional<String> token, Duration connectTimeout, Duration readTimeout) {
    /** Hugging Face itself, without a token, with 10 seconds to connect and 30 for each piece. */
    public static final HttpSettings DEFAULT = new HttpSettings(
            URI.create("https://huggingface.co"), Optional.empty(), Duration.ofSeconds(10), Duration.ofSeconds(30));

    public HttpSettings {
        Objects.requireNonNull(hub, "hub");
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(connectTimeout, "connectTimeout");
        Objects.requireNonNull(readTimeout, "readTimeout");
    }

    /** {@return the settings without the token, for logs} */
    @Override
    public String toString() {
        return "HttpSettings[hub=" + hub + ", token=" + (token.isPresent() ? "given" : "none") + ", connectTimeout="
                + connectTimeout + ", readTimeout=" + readTimeout + "]";
    }
}
