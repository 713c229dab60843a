/** Measures what Hyperion costs over bare llama.cpp, with JMH. */
package io.hyperion.bench;
