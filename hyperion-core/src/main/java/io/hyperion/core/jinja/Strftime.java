package io.hyperion.core.jinja;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** {@code strftime_now}: the present time in the notation of C's strftime, in English, as Python gives it for a time without zone. */
final class Strftime {
    private Strftime() {}

    static String format(Context context, String format) {
        ZonedDateTime now = ZonedDateTime.now(context.clock());
        context.requireLength(format.length() * 24L);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                text.append(c);
                continue;
            }
            i++;
            char directive = format.charAt(i);
            // GNU's flags: no padding, blanks, zeros, upper case.
            if ("-_0^".indexOf(directive) >= 0 && i + 1 < format.length()) {
                i++;
                text.append(flagged(directive, directive(now, format.charAt(i))));
            } else {
                text.append(directive(now, directive));
            }
        }
        return text.toString();
    }

    private static String flagged(char flag, String value) {
        if (flag == '^') {
            return value.toUpperCase(Locale.ROOT);
        }
        if (flag == '0') {
            return value.replace(' ', '0');
        }
        int zeros = 0;
        while (zeros < value.length() - 1 && (value.charAt(zeros) == '0' || value.charAt(zeros) == ' ')) {
            zeros++;
        }
        return (flag == '_' ? " ".repeat(zeros) : "") + value.substring(zeros);
    }

    private static String directive(ZonedDateTime now, char directive) {
        return switch (directive) {
            case 'a' -> now.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> now.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b', 'h' -> month(now, "MMM");
            case 'B' -> month(now, "MMMM");
            case 'c' ->
                directive(now, 'a') + " " + directive(now, 'b') + " " + directive(now, 'e') + " " + directive(now, 'T')
                        + " " + now.getYear();
            case 'C' -> two(now.getYear() / 100);
            case 'd' -> two(now.getDayOfMonth());
            case 'D', 'x' -> directive(now, 'm') + "/" + directive(now, 'd') + "/" + directive(now, 'y');
            case 'e' -> String.format("%2d", now.getDayOfMonth());
            case 'f' -> String.format("%06d", now.getNano() / 1000);
            case 'F' -> now.getYear() + "-" + directive(now, 'm') + "-" + directive(now, 'd');
            case 'g' -> two(now.get(IsoFields.WEEK_BASED_YEAR) % 100);
            case 'G' -> String.valueOf(now.get(IsoFields.WEEK_BASED_YEAR));
            case 'H' -> two(now.getHour());
            case 'I' -> two(now.get(ChronoField.CLOCK_HOUR_OF_AMPM));
            case 'j' -> String.format("%03d", now.getDayOfYear());
            case 'k' -> String.format("%2d", now.getHour());
            case 'l' -> String.format("%2d", now.get(ChronoField.CLOCK_HOUR_OF_AMPM));
            case 'm' -> two(now.getMonthValue());
            case 'M' -> two(now.getMinute());
            case 'n' -> "\n";
            case 'p' -> now.getHour() < 12 ? "AM" : "PM";
            case 'P' -> now.getHour() < 12 ? "am" : "pm";
            case 'r' ->
                directive(now, 'I') + ":" + directive(now, 'M') + ":" + directive(now, 'S') + " " + directive(now, 'p');
            case 'R' -> directive(now, 'H') + ":" + directive(now, 'M');
            case 's' -> String.valueOf(now.toEpochSecond());
            case 'S' -> two(now.getSecond());
            case 't' -> "\t";
            case 'T', 'X' -> directive(now, 'R') + ":" + directive(now, 'S');
            case 'u' -> String.valueOf(now.getDayOfWeek().getValue());
            case 'U' -> two((now.getDayOfYear() + 6 - now.getDayOfWeek().getValue() % 7) / 7);
            case 'V' -> two(now.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'w' -> String.valueOf(now.getDayOfWeek().getValue() % 7);
            case 'W' -> two((now.getDayOfYear() + 6 - (now.getDayOfWeek().getValue() + 6) % 7) / 7);
            case 'y' -> two(now.getYear() % 100);
            case 'Y' -> String.valueOf(now.getYear());
            case 'z', 'Z' -> "";
            case '%' -> "%";
            default -> "%" + directive;
        };
    }

    private static String month(ZonedDateTime now, String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(now);
    }

    private static String two(int value) {
        return String.format("%02d", value);
    }
}
