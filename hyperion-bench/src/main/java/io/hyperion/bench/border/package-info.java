/** What the border between applications of one server costs: the server's files, the measuring, and the report. */
package io.hyperion.bench.border;
