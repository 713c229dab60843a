/** What is measured: each scenario gives some numbers for each target, of which the report has the medians and compares them. */
package io.hyperion.bench.scenario;
