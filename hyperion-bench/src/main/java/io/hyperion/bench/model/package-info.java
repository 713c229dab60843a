/** Models with random weights and of any shape, and texts in their words: what to measure with where no trained model is at hand. */
package io.hyperion.bench.model;
