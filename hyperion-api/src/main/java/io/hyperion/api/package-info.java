/**
 * What applications see of Hyperion: the client, its requests, replies, streams and errors.
 *
 * <p>Nothing here knows how or where a model runs: the same {@link io.hyperion.api.HyperionClient} is served in-process by the
 * engine, by a connection pool of the application server, or by a remote server. The package depends on the JDK alone; what
 * replies of a type and tools as Java functions need of Jakarta is in {@code io.hyperion.api.json}, and what injection does in
 * {@code io.hyperion.api.cdi}.
 */
package io.hyperion.api;
