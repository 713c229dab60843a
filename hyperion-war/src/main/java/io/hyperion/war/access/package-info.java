/**
 * Who may use the wire, and which models: credentials become an {@link io.hyperion.war.access.Identity}, and an identity a
 * {@link io.hyperion.api.HyperionClient} that lets through what it may do. Knows no protocol.
 */
package io.hyperion.war.access;
