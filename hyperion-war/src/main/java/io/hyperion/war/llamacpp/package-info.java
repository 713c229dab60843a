/** The protocol of llama.cpp's server: its {@code /completion}. */
package io.hyperion.war.llamacpp;
