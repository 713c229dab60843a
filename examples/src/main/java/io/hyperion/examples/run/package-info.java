/** Starts Hyperion on Payara Micro from a source tree: what {@code mvn -Prun} does once all is built. Depends on the JDK alone. */
package io.hyperion.examples.run;
