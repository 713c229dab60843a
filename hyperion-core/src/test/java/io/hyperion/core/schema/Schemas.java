package io.hyperion.core.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.hyperion.core.grammar.Grammar;
import io.hyperion.core.grammar.GrammarConstraint;
import io.hyperion.core.grammar.TokenTrie;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Schemas as JSON, texts against their grammars, and an independent opinion on both. */
public final class Schemas {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** The token that ends the generation; those below are one byte each. */
    private static final int END = 256;

    private static final TokenTrie BYTES =
            new TokenTrie(257, token -> token == END ? new byte[0] : new byte[] {(byte) token}, token -> token == END);

    private Schemas() {}

    /** {@return an object of JSON as plain objects} */
    public static Map<String, Object> read(String json) {
        try {
            return MAPPER.readValue(json, new TypeReference<Map<String, Object>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    /** {@return plain objects as JSON} */
    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    public static String grammar(String schema) {
        return SchemaGrammar.of(read(schema), "schema");
    }

    static GrammarConstraint begin(String gbnf) {
        return new GrammarConstraint(Grammar.parse(gbnf), BYTES);
    }

    /** {@return whether a text is a whole one of the grammar} */
    static boolean matches(String gbnf, String text) {
        GrammarConstraint constraint = begin(gbnf);
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            if (!constraint.allows(Byte.toUnsignedInt(value))) {
                return false;
            }
            constraint.accept(Byte.toUnsignedInt(value));
        }
        return constraint.mayEnd();
    }

    /** {@return a random text of a grammar, or nothing if it has not come to its end after so many bytes} */
    static Optional<String> sample(String gbnf, Random random, int most) {
        GrammarConstraint constraint = begin(gbnf);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        while (text.size() < most) {
            BitSet allowed = constraint.allowed();
            boolean mayEnd = allowed.get(END);
            allowed.clear(END);
            if (allowed.isEmpty() || mayEnd && random.nextInt(3) == 0) {
                return Optional.of(text.toString(StandardCharsets.UTF_8));
            }
            int next = choose(allowed, random);
            constraint.accept(next);
            text.write(next);
        }
        return Optional.empty();
    }

    /** {@return one of some bytes: often what ends something, seldom what is of a longer character} */
    private static int choose(BitSet allowed, Random random) {
        int[] ends = allowed.stream().filter(c -> "\"}]".indexOf(c) >= 0).toArray();
        if (ends.length > 0 && random.nextInt(3) == 0) {
            return ends[random.nextInt(ends.length)];
        }
        int[] plain = allowed.stream().filter(c -> c < 0x80).toArray();
        int[] from = plain.length > 0 && random.nextInt(8) > 0
                ? plain
                : allowed.stream().toArray();
        return from[random.nextInt(from.length)];
    }

    /** {@return what an independent validator, with formats checked, says against a text; empty if nothing} */
    public static List<String> complaints(Map<String, Object> schema, String text) {
        try {
            JsonNode instance = MAPPER.readTree(text);
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(MAPPER.readTree(write(schema)))
                    .validate(
                            instance,
                            context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                    .stream()
                    .map(Object::toString)
                    .toList();
        } catch (JsonProcessingException e) {
            return List.of("no JSON: " + e.getMessage());
        }
    }
}
