/**
 * What all protocols over HTTP have in common: taking the body in, answering when the engine is done, streaming Server-Sent Events, and
 * the way from an error to a status.
 */
package io.hyperion.war.http;
