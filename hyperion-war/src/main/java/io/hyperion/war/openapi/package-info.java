/** Describes all endpoints, in a document of OpenAPI. */
package io.hyperion.war.openapi;
