package io.hyperion.core.jinja;

/** Python's None. */
enum None {
    NONE
}
