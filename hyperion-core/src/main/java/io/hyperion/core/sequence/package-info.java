/**
 * The files that sequences are saved to: tokens and what the cache holds of them. Whatever is read here is checked to the last byte before
 * native code sees any of it.
 */
package io.hyperion.core.sequence;
