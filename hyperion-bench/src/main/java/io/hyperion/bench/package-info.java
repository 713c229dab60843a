/** Measures what Hyperion costs over bare llama.cpp, and beside other servers. */
package io.hyperion.bench;
