/** Sends completions to what is measured, a server or this process, and notes when each piece of them came. */
package io.hyperion.bench.load;
