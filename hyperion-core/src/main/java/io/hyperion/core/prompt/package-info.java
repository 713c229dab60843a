/** Turns messages and tools into the text that a model was trained to go on from, with templates in Jinja. */
package io.hyperion.core.prompt;
