/**
 * A loaded model at work: one thread, the batch loop, evaluates and samples for all requests of a model together, step by step.
 *
 * <p>A model that makes vectors of texts has a loop of its own kind, whose steps take whole texts and keep nothing.
 *
 * <p>Only the loop touches the llama context. Callers hand in requests and cancels, and hear of them through listeners.
 */
package io.hyperion.core.engine;
