/**
 * The models of a Hyperion elsewhere, over HTTP or a WebSocket: {@link io.hyperion.api.HyperionClient#builder()} makes a client of them.
 *
 * <p>It speaks Hyperion's own protocol by the JDK's HTTP client, and reads and writes it by Jakarta JSON Processing: applications in a
 * Jakarta EE server have that; others put a provider such as Eclipse Parsson, or Eclipse Yasson, on their class path.
 */
package io.hyperion.api.remote;
