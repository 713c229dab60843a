/** Chooses the next token of a sequence by the parameters of its request, in the order and with the defaults of llama.cpp's server. */
package io.hyperion.core.sampling;
