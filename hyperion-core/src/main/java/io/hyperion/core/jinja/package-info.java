/**
 * Chat templates in Jinja: a lexer, a parser and an evaluator that render what Python's Jinja2 renders as Hugging Face's transformers set
 * it up (sandboxed, {@code trim_blocks}, {@code lstrip_blocks}, loop controls), within limits. Needs nothing but the JDK.
 */
package io.hyperion.core.jinja;
