package io.hyperion.war.http;

import io.hyperion.war.wire.WireFormat;

/**
 * A protocol over HTTP.
 *
 * @param format how requests and results look
 * @param events how a stream looks
 * @param errorFormat how errors look
 */
public record HttpProtocol(WireFormat format, EventStyle events, ErrorFormat errorFormat) {}
