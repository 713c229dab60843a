/** Hyperion's own protocol: generations, models and health, as its first clients know them. */
package io.hyperion.war.hyperion;
