/**
 * The native binding: llama.h of llama.cpp b4916, called through JNA on the library that the artifact {@code de.kherud:llama} ships.
 *
 * <p>One small type stands for each native object and is its only owner. {@code close()} may be called twice; any other use after it
 * throws {@link java.lang.IllegalStateException}. llama.cpp answers many bad arguments with {@code abort()}, which would end the
 * application server, so every argument is checked here before native code sees it. No other package touches JNA.
 */
package io.hyperion.core.llama;
