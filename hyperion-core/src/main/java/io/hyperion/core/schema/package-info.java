/** Grammars for JSON: what a JSON Schema says, as the GBNF of {@link io.hyperion.core.grammar.Grammar}. */
package io.hyperion.core.schema;
