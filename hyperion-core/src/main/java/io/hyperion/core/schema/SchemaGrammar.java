package io.hyperion.core.schema;

import io.hyperion.api.InvalidRequestException;
import java.util.Map;

/** Grammars for texts that are one JSON value and nothing else. Safe for use by many threads. */
public final class SchemaGrammar {
    private SchemaGrammar() {}

    /**
     * The grammar of a JSON Schema.
     *
     * @param schema as in {@link SchemaRules#add}
     * @param parameter the request's field that holds it, as errors shall name it, such as {@code response_format.json_schema.schema}
     * @return GBNF, at most {@link io.hyperion.api.GenerateParameters#MAX_GRAMMAR_LENGTH} characters
     * @throws InvalidRequestException as in {@link SchemaRules#add}
     */
    public static String of(Map<String, ?> schema, String parameter) {
        SchemaRules rules = new SchemaRules();
        return rules.text(rules.add(schema, "value", parameter));
    }

    /** {@return GBNF for any JSON object} */
    public static String anyObject() {
        SchemaRules rules = new SchemaRules();
        return rules.text(rules.anyObject());
    }
}
