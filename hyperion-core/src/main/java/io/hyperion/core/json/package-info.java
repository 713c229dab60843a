/** JSON as plain values. */
package io.hyperion.core.json;
