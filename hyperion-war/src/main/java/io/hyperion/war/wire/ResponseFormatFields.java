package io.hyperion.war.wire;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ResponseFormat;
import io.hyperion.war.json.Fields;
import java.util.Map;
import java.util.Set;

/**
 * Reads the form that a text is to have: OpenAI's {@code response_format}, with the schema where OpenAI has it
 * ({@code {"type":"json_schema","json_schema":{"schema":…}}}) or beside the type, as llama.cpp's server takes it too
 * ({@code {"type":"json_object","schema":…}}); and llama.cpp's {@code json_schema}, which is a schema alone.
 */
public final class ResponseFormatFields {
    /** The fields that are read. */
    public static final Set<String> NAMES = Set.of("response_format", "json_schema");

    private static final String FORMAT = "response_format";
    private static final String SCHEMA = "schema";
    private static final String JSON_SCHEMA = "json_schema";

    private ResponseFormatFields() {}

    /**
     * @param fields what was sent
     * @param request gets the form, if one is asked for
     * @throws InvalidRequestException if it is not valid
     */
    public static void read(Fields fields, GenerateRequest.Builder request) {
        if (fields.has(FORMAT) && fields.has(JSON_SCHEMA)) {
            throw new InvalidRequestException(
                    ErrorCode.CONFLICT,
                    fields.parameter(JSON_SCHEMA),
                    "'response_format' and 'json_schema' exclude each other: both say what the text may be");
        }
        fields.object(FORMAT).map(ResponseFormatFields::format).ifPresent(request::responseFormat);
        fields.map(JSON_SCHEMA).map(ResponseFormat.JsonSchema::new).ifPresent(request::responseFormat);
    }

    private static ResponseFormat format(Fields format) {
        String type = format.requireText("type");
        return switch (type) {
            case "text" -> ResponseFormat.TEXT;
            case "json_object" ->
                format.map(SCHEMA)
                        .<ResponseFormat>map(ResponseFormat.JsonSchema::new)
                        .orElse(ResponseFormat.JSON_OBJECT);
            case JSON_SCHEMA -> new ResponseFormat.JsonSchema(schema(format));
            default ->
                throw new InvalidRequestException(
                        ErrorCode.UNKNOWN_VALUE,
                        format.parameter("type"),
                        "'" + format.place("type") + "' must be 'text', 'json_object' or 'json_schema', but is '"
                                + Excerpts.of(type) + "'");
        };
    }

    private static Map<String, Object> schema(Fields format) {
        return format.object(JSON_SCHEMA)
                .map(named -> named.map(SCHEMA).orElseThrow(() -> named.missing(SCHEMA)))
                .or(() -> format.map(SCHEMA))
                .orElseThrow(() -> format.missing(JSON_SCHEMA));
    }
}
