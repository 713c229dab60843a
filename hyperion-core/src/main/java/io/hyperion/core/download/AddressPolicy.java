package io.hyperion.core.download;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Where a download may go that somebody has asked for over the wire: to public addresses, by HTTPS. Otherwise a caller could make the server
 * fetch for him what only the server can reach (server-side request forgery). Safe for use by many threads.
 */
public final class AddressPolicy {
    /** Who knows the addresses of a host. */
    @FunctionalInterface
    interface Lookup {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    /** IPv4 addresses that begin with the same bits. */
    private record Block(int first, int bits) {
        static Block of(int a, int b, int c, int bits) {
            return new Block(a << 24 | b << 16 | c << 8, bits);
        }

        boolean contains(int address) {
            return (address ^ first) >>> (32 - bits) == 0;
        }
    }

    /** What is not public of IPv4, by the IANA's registry of special-purpose addresses (RFC 6890), and all from 224.0.0.0 on. */
    private static final List<Block> NOT_PUBLIC = List.of(
            Block.of(0, 0, 0, 8),
            Block.of(10, 0, 0, 8),
            Block.of(100, 64, 0, 10),
            Block.of(127, 0, 0, 8),
            Block.of(169, 254, 0, 16),
            Block.of(172, 16, 0, 12),
            Block.of(192, 0, 0, 24),
            Block.of(192, 0, 2, 24),
            Block.of(192, 88, 99, 24),
            Block.of(192, 168, 0, 16),
            Block.of(198, 18, 0, 15),
            Block.of(198, 51, 100, 24),
            Block.of(203, 0, 113, 24),
            Block.of(224, 0, 0, 3));

    private final Lookup lookup;

    /** Makes a policy that asks the system for the addresses of hosts. */
    public AddressPolicy() {
        this(InetAddress::getAllByName);
    }

    AddressPolicy(Lookup lookup) {
        this.lookup = Objects.requireNonNull(lookup, "lookup");
    }

    /**
     * Refuses an address that is not public. Asks for the addresses of its host.
     *
     * @param uri the address
     * @throws DownloadException if it is not HTTPS, or one of the host's addresses is not public: not retryable; if the host is not known:
     *     retryable
     */
    public void check(URI uri) throws DownloadException {
        if (!"https".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
            throw DownloadException.lasting(
                    "Only https: addresses may be downloaded from when that is asked over the wire, not "
                            + HttpAccess.shown(uri) + ": others are for the server's own configuration");
        }
        InetAddress[] addresses;
        try {
            addresses = lookup.addresses(uri.getHost());
        } catch (UnknownHostException e) {
            throw DownloadException.passing("The host " + uri.getHost() + " is not known", e);
        }
        // All, since nobody knows which of them is connected to. The address itself is not told: it would map the
        // network.
        if (!Arrays.stream(addresses).allMatch(AddressPolicy::isPublic)) {
            throw DownloadException.lasting("The host " + uri.getHost()
                    + " is not on the public internet. Downloads from this machine and private networks cannot be asked for over the wire:"
                    + " they are for the server's own configuration");
        }
    }

    /**
     * Whether an address belongs to the public internet.
     *
     * @param address the address
     * @return false for loopback, private, link-local, unique-local, shared (RFC 6598), multicast, reserved and documentation addresses, and
     *     for those of IPv6 that stand for one of them
     */
    public static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (!(address instanceof Inet6Address)) {
            return isPublic(bytes, 0);
        }
        boolean translated = startsWith(bytes, 0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0);
        if (translated) {
            // NAT64 (RFC 6052): in networks without IPv4, all of its hosts have such addresses.
            return isPublic(bytes, 12);
        }
        // Global unicast is 2000::/3. In it, 2001::/23 is for protocols (Teredo among them), 2001:db8::/32 and
        // 3fff::/20 are for documentation,
        // and 2002::/16 (6to4) has addresses of IPv4 in it.
        return (bytes[0] & 0xe0) == 0x20
                && !(startsWith(bytes, 0x20, 0x01) && (bytes[2] & 0xfe) == 0)
                && !startsWith(bytes, 0x20, 0x01, 0x0d, 0xb8)
                && !startsWith(bytes, 0x20, 0x02)
                && !(startsWith(bytes, 0x3f, 0xff) && (bytes[2] & 0xf0) == 0);
    }

    private static boolean isPublic(byte[] bytes, int at) {
        int address = (bytes[at] & 0xff) << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | bytes[at + 3] & 0xff;
        return NOT_PUBLIC.stream().noneMatch(block -> block.contains(address));
    }

    private static boolean startsWith(byte[] bytes, int... prefix) {
        for (int i = 0; i < prefix.length; i++) {
            if ((bytes[i] & 0xff) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
