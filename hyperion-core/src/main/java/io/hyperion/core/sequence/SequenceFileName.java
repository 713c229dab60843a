package io.hyperion.core.sequence;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.InvalidRequestException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The name that a client gives a saved sequence: one that is a plain file name on every system, and can lead nowhere else.
 *
 * @param name 1 to 128 characters: letters, digits, {@code .}, {@code _} and {@code -} of ASCII, the first of them no {@code .} or {@code -},
 *     the last no {@code .}, no two {@code .} side by side, and none of the names of devices of Windows
 */
record SequenceFileName(String name) {
    private static final String FIELD = "filename";
    private static final int MAX_LENGTH = 128;
    private static final Pattern PORTABLE = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_-]|\\.(?!\\.|$))*");
    private static final Pattern DEVICE =
            Pattern.compile("(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?:\\..*)?", Pattern.CASE_INSENSITIVE);

    /**
     * @throws InvalidRequestException ({@link ErrorCode#INVALID_FILE_NAME}, parameter {@code filename}) if it is another name
     */
    SequenceFileName {
        if (name.length() > MAX_LENGTH) {
            throw refused("has " + name.length() + " characters, and may have " + MAX_LENGTH);
        }
        if (!PORTABLE.matcher(name).matches() || DEVICE.matcher(name).matches()) {
            throw refused(
                    "is '" + Excerpts.of(name)
                            + "', and must be a plain file name of letters, digits, '.', '_' and '-', not hidden and without '..'");
        }
    }

    private static InvalidRequestException refused(String why) {
        return new InvalidRequestException(ErrorCode.INVALID_FILE_NAME, FIELD, "'" + FIELD + "' " + why);
    }

    /**
     * @param directory a real path
     * @return the file of this name right in it
     */
    Path in(Path directory) {
        Path file = directory.resolve(name);
        if (!directory.equals(file.getParent()) || !file.equals(file.normalize())) {
            throw refused("is '" + Excerpts.of(name) + "', which leads out of its directory");
        }
        return file;
    }
}
