package io.hyperion.core.grammar;

/**
 * A part of a rule's network: it is entered at its start, and whoever builds on joins its end, which has no targets yet, to what follows.
 */
record Fragment(Node start, Node.Fork end) {}
