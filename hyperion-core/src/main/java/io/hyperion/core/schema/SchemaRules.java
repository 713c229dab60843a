package io.hyperion.core.schema;

import io.hyperion.api.InvalidRequestException;
import io.hyperion.core.grammar.Grammar;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Rules of one grammar for the JSON of several schemas, and for what stands around it. Each schema becomes a rule, which other rules name;
 * {@link #text} gives the whole. For use by one thread.
 *
 * <p>{@code docs/structured-output.md} tells which keywords of JSON Schema (2020-12, and the older forms of its keywords) a grammar can
 * say. All that it cannot say is an error: a text of the grammar always matches the schema.
 */
public final class SchemaRules {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]{1,64}");

    private final Rules rules = new Rules();

    /** What all schemas so far have taken. */
    private long spent;

    /** Begins without rules. */
    public SchemaRules() {}

    /**
     * Adds the rules for the values of a schema.
     *
     * @param schema a JSON Schema as plain objects: {@code Map} with texts as keys, {@code List}, {@code String}, {@code Number},
     *     {@code Boolean}, null; it must not change meanwhile
     * @param name what the names of the rules begin with: 1 to 64 letters, digits and '-', and not with {@code json-}
     * @param parameter the request's field that holds the schema, as errors shall name it
     * @return the name of the rule for a value
     * @throws InvalidRequestException with the code {@link io.hyperion.api.ErrorCode#INVALID_SCHEMA}, if the schema is wrong, says what a
     *     grammar cannot say, has no value, or is beyond a limit; the parameter is the given one and the JSON pointer to what is to blame,
     *     the message names the keyword
     * @throws IllegalArgumentException if the name is none
     */
    public String add(Map<String, ?> schema, String name, String parameter) {
        return add(schema, name, parameter, false);
    }

    /**
     * Adds the rules for the objects of a schema, whatever other types it has. A schema that says nothing is for any object.
     *
     * @param schema as in {@link #add}
     * @param name as in {@link #add}
     * @param parameter as in {@link #add}
     * @return the name of the rule for an object
     * @throws InvalidRequestException as in {@link #add}, also if the schema has no objects
     * @throws IllegalArgumentException if the name is none
     */
    public String addObject(Map<String, ?> schema, String name, String parameter) {
        return add(schema, name, parameter, true);
    }

    private String add(Map<String, ?> schema, String name, String parameter, boolean onlyObjects) {
        Objects.requireNonNull(schema, "schema");
        requireName(name);
        Objects.requireNonNull(parameter, "parameter");
        Effort effort = new Effort(parameter, spent);
        SchemaDocument document = new SchemaDocument(schema, parameter, effort);
        Expander expander = new Expander(document, effort);
        ShapeBuilder builder = new ShapeBuilder(document, expander, effort, rules, name, parameter);
        Set<String> root = new TreeSet<>(Set.of(""));
        if (onlyObjects) {
            root.add(SchemaDocument.OBJECTS);
        }
        int value = builder.build(root);
        ShapeWriter writer = new ShapeWriter(builder.shapes(), effort, rules, name, parameter);
        if (!writer.isPossible(value)) {
            throw expander.problem()
                    .map(problem -> document.wrong(problem.pointer(), "no value fits the schema: " + problem.what()))
                    .orElseGet(() -> document.wrong(
                            "", "no value fits the schema: what it requires leads back to itself without an end"));
        }
        String rule = writer.write(value);
        spent = effort.spent();
        return rule;
    }

    /**
     * Adds a rule of its own.
     *
     * @param name 1 to 64 letters, digits and '-'
     * @param gbnf what follows its {@code ::=}, which may name other rules
     * @return the name
     * @throws IllegalArgumentException if the name is none, or is taken
     */
    public String addRule(String name, String gbnf) {
        requireName(name);
        if (rules.contains(name)) {
            throw new IllegalArgumentException("There is a rule '" + name + "' already");
        }
        rules.put(name, Objects.requireNonNull(gbnf, "gbnf"), "grammar");
        return name;
    }

    /** {@return the name of a rule for any JSON object; names of properties within it may come twice} */
    public String anyObject() {
        return rules.shared(Rules.OBJECT);
    }

    /**
     * A literal of GBNF.
     *
     * @param text any text without unpaired surrogates
     * @return the text in quotes, with all that GBNF needs escaped
     */
    public static String literal(String text) {
        return Gbnf.literal(text);
    }

    /**
     * The whole grammar.
     *
     * @param root what the rule {@code root} is, such as the name of another rule
     * @return GBNF for {@link Grammar#parse}
     */
    public String text(String root) {
        return "root ::= " + root + "\n" + rules.text();
    }

    private static void requireName(String name) {
        if (!NAME.matcher(name).matches() || name.startsWith("json-") || name.equals("root")) {
            throw new IllegalArgumentException("No name for rules: '" + name + "'");
        }
    }
}
