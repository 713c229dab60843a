/** The in-process {@link io.hyperion.api.HyperionClient}: from a request to its model and back, in blocking, asynchronous and streaming form. */
package io.hyperion.core.client;
