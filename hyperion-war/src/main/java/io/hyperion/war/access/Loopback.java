package io.hyperion.war.access;

import static java.lang.System.Logger.Level.DEBUG;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Tells what names this very machine, without asking anybody for the address of a name. */
public final class Loopback {
    private static final System.Logger LOG = System.getLogger(Loopback.class.getName());

    private static final Pattern IPV4 = Pattern.compile("127(\\.\\d{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private Loopback() {}

    /**
     * @param host an IP address, one of version 6 in brackets or not, or a name
     * @return whether it is a loopback address, {@code localhost}, or a name that ends in {@code .localhost}
     */
    public static boolean isLoopback(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.equals("localhost") || name.endsWith(".localhost")) {
            return true;
        }
        String address = name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
        return IPV4.matcher(address).matches() || isIpv6Loopback(address);
    }

    private static boolean isIpv6Loopback(String address) {
        if (!IPV6.matcher(address).matches()) {
            return false;
        }
        try {
            // In brackets it is an address or an error, and never a name to be looked up.
            return InetAddress.getByName("[" + address + "]").isLoopbackAddress();
        } catch (UnknownHostException noAddress) {
            LOG.log(DEBUG, "Not an address", noAddress);
            return false;
        }
    }
}
