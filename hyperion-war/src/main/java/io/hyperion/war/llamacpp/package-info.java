/**
 * The protocol of llama.cpp's server: completions, and what it has beside them. Clients may keep a cookie, by which their slot and their system
 * prompt are remembered ({@link io.hyperion.war.llamacpp.Session}).
 */
package io.hyperion.war.llamacpp;
