/** Turns the parameters of a request into llama.cpp's sampler chain, in the order and with the defaults of llama.cpp's server. */
package io.hyperion.core.sampling;
