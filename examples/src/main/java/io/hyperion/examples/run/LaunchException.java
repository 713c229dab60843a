package io.hyperion.examples.run;

/** The server cannot be started, or has ended by itself; the message is all that the user needs. */
final class LaunchException extends Exception {
    private static final long serialVersionUID = 1L;

    LaunchException(String message) {
        super(message);
    }

    LaunchException(String message, Throwable cause) {
        super(message, cause);
    }
}
