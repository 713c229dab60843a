/** Where the files of models come from, and how they get here: whole and checked, or not at all. */
package io.hyperion.core.download;
