/**
 * Finds the models of an application server from any application in it: what {@code hyperion.war} publishes, and the connection pools of
 * {@code hyperion-ra.rar} in JNDI; and makes several clients one, by the names of their models.
 */
package io.hyperion.api.server;
