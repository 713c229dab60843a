/** The soak: models that are loaded, unloaded and used at random for a long time, in less memory than they need together. */
package io.hyperion.bench.lifecycle;
