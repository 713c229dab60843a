/**
 * What all protocols have in common, whatever carries them: how JSON becomes a request ({@link io.hyperion.war.wire.WireFormat}), and how
 * the pieces of a generation wait for someone who takes them ({@link io.hyperion.war.wire.PieceBuffer}).
 */
package io.hyperion.war.wire;
