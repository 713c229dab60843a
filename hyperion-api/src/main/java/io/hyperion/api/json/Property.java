package io.hyperion.api.json;

/**
 * A field of a JSON object.
 *
 * @param name its name in JSON
 * @param type its type, with the annotations of the place
 */
record Property(String name, JavaType type) {}
