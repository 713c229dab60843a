package io.hyperion.core.download;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * How the network is used.
 *
 * @param hub the base address of Hugging Face, or of a mirror of it: {@code https:} or {@code http:}, a host, and perhaps a path; slashes at
 *     its end are dropped
 * @param token what gets the gated repositories there; empty if there are none. Sent to the origin of {@code hub} alone
 * @param connectTimeout how long a connection may take to be made; above zero
 * @param readTimeout how long a server may be silent, before it answers and between any two pieces of its answer; above zero
 */
public record HttpSettings(URI hub, Optional<String> token, Duration connectTimeout, Duration readTimeout) {
    /** Hugging Face itself, without a token, with 10 seconds to connect and 30 for each piece. */
    public static final HttpSettings DEFAULT = new HttpSettings(
            URI.create("https://huggingface.co"), Optional.empty(), Duration.ofSeconds(10), Duration.ofSeconds(30));

    /**
     * @throws IllegalArgumentException if the address is none, the token has characters that a header cannot hold, or a time is not above
     *     zero. The message does not show the token
     */
    public HttpSettings {
        String scheme = String.valueOf(hub.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")
                || hub.getHost() == null
                || hub.getRawUserInfo() != null
                || hub.getRawQuery() != null
                || hub.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "The address of Hugging Face must be https: or http: with a host, and have no user, query"
                            + " and fragment");
        }
        hub = URI.create(hub.toString().replaceAll("/+$", ""));
        if (!token.map(text -> text.matches("[!-~]+")).orElse(true)) {
            throw new IllegalArgumentException(
                    "The token of Hugging Face must be of visible ASCII characters without blanks");
        }
        requirePositive("connectTimeout", connectTimeout);
        requirePositive("readTimeout", readTimeout);
    }

    private static void requirePositive(String name, Duration time) {
        if (Objects.requireNonNull(time, name).isNegative() || time.isZero()) {
            throw new IllegalArgumentException(name + " must be above zero, but is " + time);
        }
    }

    /** {@return the settings without the token, for logs} */
    @Override
    public String toString() {
        return "HttpSettings[hub=" + hub + ", token=" + (token.isPresent() ? "given" : "none") + ", connectTimeout="
                + connectTimeout + ", readTimeout=" + readTimeout + "]";
    }
}
