/** The catalog: which models there are by the configuration, where each stands, and when it is loaded and unloaded. */
package io.hyperion.core.model;
