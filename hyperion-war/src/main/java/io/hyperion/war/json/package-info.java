/** Strict reading of the JSON that callers send, and the one place that makes the JSON sent to them. Knows no protocol. */
package io.hyperion.war.json;
