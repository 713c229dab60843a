package io.hyperion.examples.assistant;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.stream.JsonParser;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyReader;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Reads an inquiry, a flat JSON object. By hand, since the servers' JSON-B do not agree on what becomes of a missing field, of a number in
 * place of a text, and of broken JSON; here the first is empty, and the others are told with the name of the field.
 */
@Provider
@Consumes(MediaType.APPLICATION_JSON)
public class InquiryReader implements MessageBodyReader<Inquiry> {
    /** The longest accepted body in bytes: all fields at their longest, with every character escaped. */
    static final int LIMIT = 32 * 1024;

    private static final Set<String> TEXTS = Set.of("customer", "subject", "text", "model", "template");
    private static final Set<String> NUMBERS = Set.of("temperature", "maxTokens");

    @Override
    public boolean isReadable(Class<?> type, Type generic, Annotation[] annotations, MediaType mediaType) {
        return type == Inquiry.class;
    }

    @Override
    public Inquiry readFrom(
            Class<Inquiry> type,
            Type generic,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, String> headers,
            InputStream body)
            throws IOException {
        byte[] bytes = body.readNBytes(LIMIT + 1);
        if (bytes.length > LIMIT) {
            throw new ClientErrorException(Problem.ofRequest(413, "The body is larger than " + LIMIT + " bytes")
                    .response());
        }
        String json = new String(bytes, StandardCharsets.UTF_8).strip();
        // Not all parsers say of an empty text that it is no JSON.
        if (!json.startsWith("{")) {
            throw notAnObject();
        }
        return read(json);
    }

    private static Inquiry read(String json) {
        Map<String, String> texts = new HashMap<>();
        Map<String, Double> numbers = new HashMap<>();
        try (JsonParser parser = Json.createParser(new StringReader(json))) {
            parser.next();
            while (parser.next() == JsonParser.Event.KEY_NAME) {
                String name = parser.getString();
                JsonParser.Event value = parser.next();
                if (TEXTS.contains(name)) {
                    texts.put(name, text(name, value, parser));
                } else if (NUMBERS.contains(name)) {
                    numbers.put(name, number(name, value, parser));
                } else {
                    throw invalid(name, "is not a field of a ticket");
                }
            }
        } catch (JsonException | NoSuchElementException broken) {
            throw notAnObject();
        }
        double maxTokens = numbers.getOrDefault("maxTokens", (double) Inquiry.DEFAULT_MAX_TOKENS);
        if (maxTokens != (int) maxTokens) {
            throw invalid("maxTokens", "must be a whole number");
        }
        return new Inquiry(
                texts.getOrDefault("customer", ""),
                texts.getOrDefault("subject", ""),
                texts.getOrDefault("text", ""),
                texts.getOrDefault("model", ""),
                texts.getOrDefault("template", ""),
                numbers.getOrDefault("temperature", 0.0),
                (int) maxTokens);
    }

    private static String text(String name, JsonParser.Event value, JsonParser parser) {
        if (value != JsonParser.Event.VALUE_STRING) {
            throw invalid(name, "must be a text");
        }
        return parser.getString();
    }

    private static double number(String name, JsonParser.Event value, JsonParser parser) {
        if (value != JsonParser.Event.VALUE_NUMBER) {
            throw invalid(name, "must be a number");
        }
        // Not as a BigDecimal, which makes much work of an exponent of many digits.
        double number = Double.parseDouble(parser.getString());
        if (Double.isInfinite(number)) {
            throw invalid(name, "is too large a number");
        }
        return number;
    }

    private static BadRequestException notAnObject() {
        return new BadRequestException(
                Problem.ofRequest(400, "The body is not a JSON object").response());
    }

    private static BadRequestException invalid(String field, String message) {
        return new BadRequestException(Problem.ofFields(List.of(new Problem.FieldError(field, message)))
                .response());
    }
}
