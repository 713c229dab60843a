/** What the download of a large file costs, beside curl. */
package io.hyperion.bench.download;
