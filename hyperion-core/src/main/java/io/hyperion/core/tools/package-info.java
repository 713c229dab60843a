/** Calls of tools as models write them: the forms, what binds the text to them, and how calls are read from a text while it comes. */
package io.hyperion.core.tools;
