package io.hyperion.core.jinja;

/**
 * What is not there. It can be printed, tested and gone through; what else is done with it fails.
 *
 * @param message what is missing
 */
record Undefined(String message) {
    Fault fault() {
        return Fault.of(message);
    }
}
