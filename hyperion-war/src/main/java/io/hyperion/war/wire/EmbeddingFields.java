package io.hyperion.war.wire;

import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Reads texts that are to become vectors, and tells vectors, in OpenAI's forms. */
public final class EmbeddingFields {
    /** The field of the texts. */
    public static final String INPUT = "input";

    /** The field of the form in which vectors are wanted. */
    public static final String ENCODING = "encoding_format";

    private EmbeddingFields() {}

    /**
     * Reads a text, or a list of texts, of tokens, or of lists of tokens.
     *
     * @param fields what was sent
     * @param request gets them
     * @throws InvalidRequestException if there are none, or they are something else
     */
    public static void inputs(Fields fields, EmbeddingRequest.Builder request) {
        if (fields.isText(INPUT)) {
            request.text(fields.requireText(INPUT));
            return;
        }
        if (!fields.isList(INPUT)) {
            throw fields.has(INPUT)
                    ? fields.wrongType(INPUT, "a string or a list of strings or tokens")
                    : fields.missing(INPUT);
        }
        List<?> entries = (List<?>) fields.any(INPUT).orElseThrow();
        if (entries.stream().anyMatch(Number.class::isInstance)) {
            request.tokens(tokens(fields, INPUT, entries));
            return;
        }
        for (int i = 0; i < entries.size(); i++) {
            String item = INPUT + "[" + i + "]";
            if (entries.get(i) instanceof String text) {
                request.text(text);
            } else if (entries.get(i) instanceof List<?> ids) {
                request.tokens(tokens(fields, item, ids));
            } else {
                throw fields.wrongType(item, "a string or a list of tokens");
            }
        }
    }

    private static List<Integer> tokens(Fields fields, String name, List<?> entries) {
        List<Integer> tokens = new ArrayList<>(entries.size());
        for (Object entry : entries) {
            String item = name + "[" + tokens.size() + "]";
            if (!(entry instanceof Number number)) {
                throw fields.wrongType(item, "a token");
            }
            tokens.add(PromptFields.token(fields, item, number));
        }
        return tokens;
    }

    /**
     * @param fields what was sent
     * @return whether vectors are wanted as their bytes in Base64
     * @throws InvalidRequestException if they are wanted in a form that is not known
     */
    public static boolean isBase64(Fields fields) {
        String encoding = fields.text(ENCODING).orElse("float");
        return switch (encoding) {
            case "float" -> false;
            case "base64" -> true;
            default ->
                throw new InvalidRequestException(
                        ErrorCode.UNKNOWN_VALUE,
                        ENCODING,
                        "'" + ENCODING + "' must be 'float' or 'base64', but is '" + Excerpts.of(encoding) + "'");
        };
    }

    /**
     * @param vector a vector
     * @param base64 whether it is told as its bytes, four for each number with the lowest first, in Base64
     * @return how it is told
     */
    public static JsonValue vector(float[] vector, boolean base64) {
        if (base64) {
            ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(vector);
            return Json.value(Base64.getEncoder().encodeToString(bytes.array()));
        }
        JsonArrayBuilder numbers = Json.list();
        for (float value : vector) {
            // By its shortest text: the double of the same value has digits that say nothing.
            numbers.add(new BigDecimal(Float.toString(value)));
        }
        return numbers.build();
    }
}
