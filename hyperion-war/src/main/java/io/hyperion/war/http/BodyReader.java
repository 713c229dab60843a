package io.hyperion.war.http;

import static java.lang.System.Logger.Level.DEBUG;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.war.config.Settings;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.JsonInput;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Takes in the text of a request's body, up to the configured limit. JSON is UTF-8, and anything else is refused rather than repaired.
 *
 * <p>A body without a content type, or with what clients put on every string that they are told nothing about ({@code text/plain}
 * browsers and Node's {@code fetch}, {@code application/x-www-form-urlencoded} curl), is taken for the JSON that it has to be.
 */
@ApplicationScoped
public class BodyReader {
    private static final System.Logger LOG = System.getLogger(BodyReader.class.getName());

    /** How much of a body beyond the limit is read and dropped, so that the caller gets to read the refusal. */
    private static final long DRAIN_LIMIT = 64L << 20;

    @Inject
    Settings settings;

    /**
     * @param headers the request's headers
     * @param body the request's body
     * @return its text
     * @throws InvalidRequestException if it is too large, of another type, not UTF-8, or breaks off
     */
    public String read(HttpHeaders headers, InputStream body) {
        requireJson(headers.getMediaType());
        try {
            return decode(bytes(body));
        } catch (IOException brokenOff) {
            LOG.log(DEBUG, "A body could not be read to its end", brokenOff);
            throw new InvalidRequestException(ErrorCode.INVALID_JSON, "", "The body breaks off before its end");
        }
    }

    /**
     * @param headers the request's headers
     * @param body the request's body
     * @return its fields; none if it is empty
     * @throws InvalidRequestException if it is anything but nothing or a JSON object
     */
    public Fields fieldsIfAny(HttpHeaders headers, InputStream body) {
        String text = read(headers, body);
        return JsonInput.object(text.isBlank() ? "{}" : text);
    }

    private byte[] bytes(InputStream body) throws IOException {
        int limit = settings.bodyLimit();
        byte[] bytes = body.readNBytes(limit + 1);
        if (bytes.length > limit) {
            drain(body);
            throw new InvalidRequestException(
                    ErrorCode.TOO_LARGE, "", "The body is larger than " + limit + " bytes, the limit set here");
        }
        return bytes;
    }

    private static void requireJson(MediaType type) {
        if (type == null) {
            return;
        }
        boolean unsaid = type.isCompatible(MediaType.TEXT_PLAIN_TYPE)
                || type.isCompatible(MediaType.APPLICATION_FORM_URLENCODED_TYPE);
        boolean json = type.getType().equalsIgnoreCase("application")
                && (type.getSubtype().equalsIgnoreCase("json")
                        || type.getSubtype().toLowerCase(Locale.ROOT).endsWith("+json"));
        String charset = type.getParameters().getOrDefault(MediaType.CHARSET_PARAMETER, "utf-8");
        if (!unsaid && !json || !charset.equalsIgnoreCase("utf-8")) {
            throw new InvalidRequestException(
                    ErrorCode.UNKNOWN_VALUE,
                    "Content-Type",
                    "'Content-Type' must be application/json (in UTF-8), but is " + type.getType() + "/"
                            + type.getSubtype()
                            + (type.getParameters().containsKey(MediaType.CHARSET_PARAMETER)
                                    ? "; charset=" + charset
                                    : ""));
        }
    }

    private static void drain(InputStream body) throws IOException {
        byte[] chunk = new byte[65_536];
        long drained = 0;
        for (int read = 0; read >= 0 && drained < DRAIN_LIMIT; read = body.read(chunk)) {
            drained += read;
        }
    }

    private static String decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw new InvalidRequestException(ErrorCode.INVALID_TEXT, "", "The body is not valid UTF-8");
        }
    }
}
