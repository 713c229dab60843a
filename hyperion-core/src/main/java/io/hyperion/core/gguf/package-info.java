/**
 * Files of models and adapters in the GGUF format: {@link io.hyperion.core.gguf.GgufFile} reads what such a file says of itself,
 * {@link io.hyperion.core.gguf.ModelFileValidator} and {@link io.hyperion.core.gguf.LoraFileValidator} refuse those that llama.cpp would
 * not survive, and {@link io.hyperion.core.gguf.GgufWriter} writes such files. No native code is called.
 */
package io.hyperion.core.gguf;
