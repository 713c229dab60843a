/**
 * A loaded model at work: one thread, the batch loop, evaluates and samples for all requests of a model together, step by step.
 *
 * <p>Only the batch loop touches the llama context. Callers hand in requests and cancels, and hear of them through listeners.
 */
package io.hyperion.core.engine;
