package io.hyperion.jca;

import jakarta.resource.spi.InvalidPropertyException;
import java.text.MessageFormat;
import java.util.Locale;
import java.util.ResourceBundle;

/** What the adapter says, each by its number. The texts are in {@code messages.properties}, where retired numbers are listed too. */
enum AdapterMessage {
    NO_FILE_SET("HYPRA-1001", 0),
    NO_DIRECTORY_SET("HYPRA-1002", 1),
    NO_FILE("HYPRA-1003", 1),
    NO_PATH("HYPRA-1004", 2),
    MODEL_NAME("HYPRA-1005", 2),
    NO_PARAMETER("HYPRA-1006", 1),
    PARAMETER_TWICE("HYPRA-1007", 1),
    UNKNOWN_PARAMETER("HYPRA-1008", 1),
    WRONG_PROPERTIES("HYPRA-1009", 2),
    IDLE_TIMEOUT("HYPRA-1010", 1),
    QUEUE_CAPACITY("HYPRA-1011", 1),
    NO_MODEL_DIR("HYPRA-1020", 1),
    NOT_LOADED("HYPRA-1030", 2),
    TOO_MANY_CONNECTIONS("HYPRA-1031", 2),
    STOPPED("HYPRA-1032", 0),
    CLOSED("HYPRA-1033", 0),
    DESTROYED("HYPRA-1034", 0),
    NO_TRANSACTIONS("HYPRA-1035", 0),
    NO_ENDPOINTS("HYPRA-1036", 0),
    OTHER_HANDLE("HYPRA-1037", 1),
    OTHER_ADAPTER("HYPRA-1038", 0),
    NO_MANAGER("HYPRA-1039", 0),
    NO_ADAPTER("HYPRA-1040", 1),
    NO_CONNECTION("HYPRA-1041", 1),
    NO_REFERENCE("HYPRA-1042", 0),
    EXHAUSTED("HYPRA-1050", 2),
    REFUSED("HYPRA-1051", 2),
    QUEUE_FULL("HYPRA-1052", 2),
    TIMEOUT("HYPRA-1053", 1),
    OTHER_MODEL("HYPRA-1054", 2),
    ENGINE("HYPRA-1055", 1),
    STARTED("HYPRA-2001", 1),
    ENDED("HYPRA-2002", 0),
    NOT_GIVEN_BACK("HYPRA-2003", 2),
    STILL_RUNNING("HYPRA-2004", 1),
    LISTENER("HYPRA-2006", 1),
    CONNECTION_OPENED("HYPRA-2007", 2),
    CONNECTION_CLOSED("HYPRA-2008", 2);

    static final String BUNDLE = "io.hyperion.jca.messages";

    private final String number;
    private final int arguments;
    /** Read at once: Liberty takes the archive away before it stops the adapter. */
    private final MessageFormat format;

    AdapterMessage(String number, int arguments) {
        this.number = number;
        this.arguments = arguments;
        ResourceBundle bundle = ResourceBundle.getBundle(BUNDLE, Locale.ROOT, AdapterMessage.class.getClassLoader());
        this.format = new MessageFormat(bundle.getString(number), Locale.ROOT);
    }

    /** {@return its number: what to search for} */
    String number() {
        return number;
    }

    /** {@return how many arguments it takes} */
    int arguments() {
        return arguments;
    }

    /**
     * The message with its number.
     *
     * @param values of its arguments, as many as it takes
     * @return the text, such as {@code HYPRA-1003: modelPath: there is no file …}
     */
    String text(Object... values) {
        if (values.length != arguments) {
            throw new IllegalArgumentException(number + " takes " + arguments + " arguments, but got " + values.length);
        }
        Object[] texts = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            // Else numbers would be written with separators.
            texts[i] = String.valueOf(values[i]);
        }
        // A format is not for several threads at a time.
        return number + ": " + ((MessageFormat) format.clone()).format(texts);
    }

    InvalidPropertyException invalidProperty(Object... values) {
        return new InvalidPropertyException(text(values));
    }
}
