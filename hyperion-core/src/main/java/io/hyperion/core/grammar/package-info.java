/** Grammars in GBNF, and the tokens that may come next when a text must match one. */
package io.hyperion.core.grammar;
