/** Hyperion's configuration as MicroProfile Config gives it: the engine's part as a map, the wire's own part as typed settings. */
package io.hyperion.war.config;
