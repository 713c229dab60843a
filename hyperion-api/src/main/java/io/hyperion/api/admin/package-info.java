/** What an administrator does with the models of a running server: brings them in and out of memory, adds them and takes them away. */
package io.hyperion.api.admin;
