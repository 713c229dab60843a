/** What Hyperion does on every application server: one suite of behaviours, the servers, and the table of who does what. */
package io.hyperion.servers;
