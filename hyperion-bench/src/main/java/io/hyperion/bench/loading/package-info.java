/** How long a model takes to load, and what its instances take in memory. */
package io.hyperion.bench.loading;
