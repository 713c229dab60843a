/**
 * Hyperion's protocols over one WebSocket. Text frames of JSON in both directions; requests of one socket run side by side and are told
 * apart by the {@code id} that the caller gives them.
 */
package io.hyperion.war.ws;
