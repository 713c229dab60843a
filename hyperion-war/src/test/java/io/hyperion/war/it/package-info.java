/**
 * How Hyperion behaves on a real server, over the wire: one interface per subject, whose tests every server's class inherits.
 */
package io.hyperion.war.it;
