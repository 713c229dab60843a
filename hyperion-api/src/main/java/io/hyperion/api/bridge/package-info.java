/**
 * A client that crosses the border between applications. Each application has its own copy of the api's classes, so what crosses is one type of
 * the JDK with values of the JDK in it: an operation's name and its arguments as a tree go in, and a tree comes back.
 *
 * <p>A tree consists of String, Number, Boolean, {@code byte[]}, {@code float[][]}, {@link java.time.Duration}, List, and Map with String keys; what is absent
 * has no key. An answer is a map with either {@code value} or {@code error}. What is called back is a {@link java.util.function.Function} that takes the
 * String of a plain piece of text or the tree of any other event, and gives back an empty map, or one with {@code error} if the listener threw; what cancels is
 * a {@link java.lang.Runnable}. A field that the reader does not know is passed over; one that is missing has its default.
 */
package io.hyperion.api.bridge;
