package io.hyperion.core.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
                        "169.253.255.255",
                "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0",
                        "198.17.255.255", "198.20.0.0",
                "223.255.255.255", "2600::1", "2a00:1450:4001:800::200e", "2001:200::1", "64:ff9b::101:101"
            })
    void publicAddressesArePublic(String address) throws UnknownHostException {
        assertThat(AddressPolicy.isPublic(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.255.255.255",
                "10.0.0.0",
                "10.255.255.255",
                "100.64.0.0",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.255",
                "169.254.0.0",
                "169.254.169.254",
                "172.16.0.0",
                "172.31.255.255",
                "192.0.0.8",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.0.0",
                "192.168.255.255",
                "198.18.0.0",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.9",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::ffff:10.0.0.1",
                "::ffff:1.1.1.1%0",
                "::127.0.0.1",
                "fe80::1",
                "fec0::1",
                "fc00::1",
                "fd12:3456::1",
                "ff02::1",
                "2001::1",
                "2001:1ff::1",
                "2001:db8::1",
                "2002:7f00:1::1",
                "2002:101:101::1",
                "3fff::1",
                "3fff:fff::1",
                "4000::1",
                "5f00::1",
                "64:ff9b::7f00:1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::101:101",
                "100::1"
            })
    void allOthersAreNot(String address) throws UnknownHostException {
        InetAddress parsed = InetAddress.getByName(address.replace("%0", ""));
        if (address.startsWith("::ffff:1.1")) {
            // As the JDK makes it of bytes that a resolver gives, it would be one of IPv4.
            byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 1, 1, 1, 1};
            parsed = Inet6Address.getByAddress("mapped.example", mapped, 0);
        }

        assertThat(AddressPolicy.isPublic(parsed)).isFalse();
    }

    @Test
    void aHostWithPublicAddressesAloneIsLetThrough() {
        assertThatCode(() -> policy("1.1.1.1", "2600::1").check(URI.create("https://example.com/a.gguf")))
                .doesNotThrowAnyException();
    }

    @Test
    void oneAddressThatIsNotPublicIsEnoughToRefuseAHost() {
        DownloadException error = refusal(policy("1.1.1.1", "10.0.0.1"), "https://example.com/a.gguf");

        assertThat(error).hasMessageContaining("example.com").hasMessageNotContaining("10.0.0.1");
        assertThat(error.isRetryable()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.com/a.gguf",
                "HTTP://example.com/a.gguf",
                "ftp://example.com/a.gguf",
                "file:///etc/passwd",
                "a.gguf"
            })
    void nothingButHttpsIsLetThrough(String address) {
        assertThat(refusal(policy("1.1.1.1"), address).isRetryable()).isFalse();
    }

    @Test
    void aHostThatIsNotKnownMayBeKnownLater() {
        AddressPolicy policy = new AddressPolicy(host -> {
            throw new UnknownHostException(host);
        });

        assertThat(refusal(policy, "https://example.invalid/a.gguf").isRetryable())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.1",
                "2130706433",
                "0",
                "localhost",
                "[::1]",
                "[::ffff:127.0.0.1]",
                "[::ffff:a9fe:a9fe]",
                "[fe80::1]",
                "169.254.169.254",
                "LOCALHOST",
                "192.168.1.1"
            })
    void noSpellingOfAPrivateAddressIsLetThrough(String host) {
        assertThat(refusal(new AddressPolicy(), "https://" + host + "/a.gguf").isRetryable())
                .isFalse();
    }

    private static DownloadException refusal(AddressPolicy policy, String address) {
        return catchThrowableOfType(DownloadException.class, () -> policy.check(URI.create(address)));
    }

    private static AddressPolicy policy(String... addresses) {
        return new AddressPolicy(host -> {
            InetAddress[] known = new InetAddress[addresses.length];
            for (int i = 0; i < addresses.length; i++) {
                known[i] = InetAddress.getByName(addresses[i]);
            }
            return known;
        });
    }
}
