/** Turns messages into the text that a model was trained to go on from. */
package io.hyperion.core.prompt;
