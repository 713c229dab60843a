/** The protocol of llama.cpp's server: its {@code /completion} with its basic fields. */
package io.hyperion.war.llamacpp;
