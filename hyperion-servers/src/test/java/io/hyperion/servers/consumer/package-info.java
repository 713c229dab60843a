/** Another application in the same server: all of its classes. */
package io.hyperion.servers.consumer;
