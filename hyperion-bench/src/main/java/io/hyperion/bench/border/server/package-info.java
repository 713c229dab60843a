/** What measures inside the server, and is packed into its applications. */
package io.hyperion.bench.border.server;
