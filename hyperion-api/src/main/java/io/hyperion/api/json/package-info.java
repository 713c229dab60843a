/**
 * JSON and Java's types: the JSON Schema of a type as Jakarta JSON Binding (JSON-B) reads it, and JSON-B itself.
 *
 * <p>Stands alone: it knows the JDK, JSON-B and Bean Validation, and nothing else of Hyperion. Only what is used is loaded: without Bean
 * Validation a type has no constraints, and without JSON-B only what is typed fails.
 */
package io.hyperion.api.json;
