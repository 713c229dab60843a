/** What implementations of {@link io.hyperion.api.HyperionClient} have in common: all of them make publishers and futures of a listener. */
package io.hyperion.api.client;
