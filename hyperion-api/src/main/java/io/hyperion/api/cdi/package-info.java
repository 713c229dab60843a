/** Injects the client into any application of a server that has nothing of Hyperion but the api. */
package io.hyperion.api.cdi;
