package io.hyperion.core.download;

import java.net.InetAddress;
import java.net.URI;

/** Where a download may go that somebody has asked for over the wire: to public addresses, by HTTPS. Safe for use by many threads. */
public final class AddressPolicy {
    /**
     * Refuses an address that is not public.
     *
     * @param uri the address
     * @throws DownloadException if it is not HTTPS, its host is not known, or one of the host's addresses is not public
     */
    public void check(URI uri) throws DownloadException {
        throw DownloadException.lasting("'" + uri + "' cannot be checked yet");
    }

    /**
     * Whether an address belongs to the public internet.
     *
     * @param address the address
     * @return false for loopback, private, link-local, unique-local, shared (RFC 6598), multicast, reserved and documentation addresses, and
     *     for those of IPv6 that stand for one of them
     */
    public static boolean isPublic(InetAddress address) {
        return false;
    }
}
