package io.hyperion.core.schema;

import io.hyperion.core.schema.RegexParser.RegexException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The formats of texts, as expressions for whole texts. Each has only texts that the format's definition allows, but not all of them:
 * there is no leap second, an address of mail has no quotes, a URI has an authority.
 */
final class Formats {
    private static final String DAY_OF_YEAR =
            "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))";
    /** Years with a 29th of February: those that 4 divides, but of the hundreds only those that 400 divides. */
    private static final String LEAP_YEAR =
            "(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";

    private static final String DATE = "(?:\\d{4}-" + DAY_OF_YEAR + "|" + LEAP_YEAR + "-02-29)";
    private static final String LOCAL_TIME = "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?";
    /** The offsets that there are; Java knows none beyond 18 hours, and ISO 8601 no negative zero. */
    private static final String OFFSET = "(?:Z|\\+(?:0\\d|1[0-4]):[0-5]\\d|-(?:0[1-9]|1[0-2]):[0-5]\\d)";

    private static final String DURATION_TIME =
            "T(?:\\d{1,4}H(?:\\d{1,4}M(?:\\d{1,4}S)?)?|\\d{1,4}M(?:\\d{1,4}S)?|\\d{1,4}S)";
    private static final String DURATION_DATE =
            "(?:\\d{1,4}Y(?:\\d{1,4}M(?:\\d{1,4}D)?)?|\\d{1,4}M(?:\\d{1,4}D)?|\\d{1,4}D)";
    private static final String LABEL = "[A-Za-z0-9]{1,20}(?:-[A-Za-z0-9]{1,20}){0,2}";
    private static final String HOST = "(?:" + LABEL + "\\.){0,2}[A-Za-z]{2,20}";
    private static final String DOMAIN = "(?:" + LABEL + "\\.){1,2}[A-Za-z]{2,20}";
    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final String GROUP = "[0-9A-Fa-f]{1,4}";
    private static final String PATH = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}){0,40}";

    private static final Map<String, String> TEXTS = new LinkedHashMap<>();

    static {
        // RFC 3339; a leap day needs a leap year.
        TEXTS.put("date", DATE);
        TEXTS.put("time", LOCAL_TIME + OFFSET);
        TEXTS.put("date-time", DATE + "T" + LOCAL_TIME + OFFSET);
        TEXTS.put("duration", "P(?:" + DURATION_DATE + "(?:" + DURATION_TIME + ")?|" + DURATION_TIME + "|\\d{1,4}W)");
        // The registry of OpenAPI: without an offset.
        TEXTS.put("time-local", LOCAL_TIME);
        TEXTS.put("date-time-local", DATE + "T" + LOCAL_TIME);
        TEXTS.put("uuid", "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
        TEXTS.put("email", "[A-Za-z0-9_+-]{1,30}(?:\\.[A-Za-z0-9_+-]{1,30})?@" + DOMAIN);
        TEXTS.put("hostname", HOST);
        TEXTS.put("ipv4", "(?:" + OCTET + "\\.){3}" + OCTET);
        TEXTS.put("ipv6", ipv6());
        String uri = "[a-z][a-z0-9+.-]{1,10}://" + HOST + "(?::[1-9]\\d{0,3})?(?:/" + PATH + "){0,8}(?:\\?" + PATH
                + ")?(?:#" + PATH + ")?";
        TEXTS.put("uri", uri);
        TEXTS.put("uri-reference", uri);
        TEXTS.put("iri", uri);
        TEXTS.put("byte", "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?");
        TEXTS.put("password", "[^]*");
    }

    /** RFC 4291: eight groups, or fewer with two colons for one or more groups of zeros. */
    private static String ipv6() {
        StringBuilder ways = new StringBuilder("(?:" + GROUP + ":){7}" + GROUP);
        for (int before = 0; before <= 6; before++) {
            ways.append("|")
                    .append(before == 0 ? "" : GROUP + "(?::" + GROUP + "){" + (before - 1) + "}")
                    .append("::(?:")
                    .append(GROUP)
                    .append("(?::")
                    .append(GROUP)
                    .append("){0,")
                    .append(6 - before)
                    .append("})?");
        }
        return "(?:" + ways + ")";
    }

    private Formats() {}

    /** {@return the names of all formats of texts} */
    static Set<String> names() {
        return TEXTS.keySet();
    }

    /** {@return the whole texts of a format, if it is known} */
    static Optional<Regex> find(String name) {
        return Optional.ofNullable(TEXTS.get(name)).map(Formats::parse);
    }

    private static Regex parse(String text) {
        try {
            return RegexParser.parse(text);
        } catch (RegexException e) {
            throw new IllegalStateException("An expression of a format is wrong: " + text, e);
        }
    }
}
