package io.hyperion.core.schema;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.core.grammar.Grammar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rules of a grammar that is being made, with those that all values of JSON have in common. */
final class Rules {
    /** What the field of a request may hold, less room for a root. */
    private static final int MAX_LENGTH = GenerateParameters.MAX_GRAMMAR_LENGTH - 1024;

    static final String VALUE = "json-value";
    static final String OBJECT = "json-object";
    static final String ARRAY = "json-array";
    static final String STRING = "json-string";
    static final String CHARACTER = "json-char";
    static final String KEY = "json-key";
    static final String KEY_REST = "json-kr";
    static final String KEY_ESCAPE = "json-ke";
    static final String NUMBER = "json-number";
    static final String INTEGER = "json-integer";
    static final String COMMA = "json-comma";
    static final String COLON = "json-colon";

    private static final Map<String, List<String>> NEEDED = Map.of(
            VALUE, List.of(OBJECT, ARRAY, STRING, NUMBER),
            OBJECT, List.of(KEY, COLON, VALUE, COMMA),
            ARRAY, List.of(VALUE, COMMA),
            STRING, List.of(CHARACTER),
            KEY, List.of(KEY_REST),
            KEY_REST, List.of(KEY_ESCAPE),
            KEY_ESCAPE, List.of(KEY_REST));

    /** One blank at most after a comma or a colon, and none elsewhere: what has no meaning must not go on for ever. */
    private static final Map<String, String> SHARED = Map.ofEntries(
            Map.entry(VALUE, "json-object | json-array | json-string | json-number | \"true\" | \"false\" | \"null\""),
            Map.entry(
                    OBJECT,
                    "\"{\" (json-key json-colon json-value (json-comma json-key json-colon json-value)*)? \"}\""),
            Map.entry(ARRAY, "\"[\" (json-value (json-comma json-value)*)? \"]\""),
            Map.entry(STRING, "\"\\\"\" json-char* \"\\\"\""),
            // One character: as it is, by two letters, or by the code of one that is no surrogate, or by those of a
            // pair.
            Map.entry(
                    CHARACTER,
                    "[^\"\\\\\\x00-\\x1F] | \"\\\\\" ([\"\\\\/bfnrt] | \"u\" (([0-9A-CEFa-cef] [0-9A-Fa-f] | [Dd] [0-7])"
                            + " [0-9A-Fa-f]{2} | [Dd] [89ABab] [0-9A-Fa-f]{2} \"\\\\u\" [Dd] [C-Fc-f] [0-9A-Fa-f]{2}))"),
            Map.entry(KEY, "\"\\\"\" json-kr \"\\\"\""),
            // Names have one way to be written only, so that the names of others can be left out.
            Map.entry(KEY_REST, "[^\"\\\\\\x00-\\x1F]* json-ke?"),
            Map.entry(KEY_ESCAPE, "\"\\\\\" [\"\\\\bfnrt] json-kr"),
            Map.entry(NUMBER, "\"-\"? (\"0\" | [1-9] [0-9]{0,14}) (\".\" [0-9]{1,15})? ([Ee] [\\-+]? [0-9]{1,2})?"),
            Map.entry(INTEGER, "\"0\" | \"-\"? [1-9] [0-9]{0,14}"),
            Map.entry(COMMA, "\",\" \" \"?"),
            Map.entry(COLON, "\":\" \" \"?"));

    private final Map<String, String> texts = new LinkedHashMap<>();
    private final Map<String, String> names = new HashMap<>();
    private int length;
    private int last;

    /** {@return the name of a shared rule, which is there from now on} */
    String shared(String name) {
        List<String> open = new ArrayList<>(List.of(name));
        while (!open.isEmpty()) {
            String next = open.remove(open.size() - 1);
            if (!texts.containsKey(next)) {
                put(next, SHARED.get(next), "");
                open.addAll(NEEDED.getOrDefault(next, List.of()));
            }
        }
        return name;
    }

    /** {@return a name that no other rule has} */
    String newName(String prefix) {
        return prefix + "-" + ++last;
    }

    /** Sees to a rule of a text. @return its name */
    String named(String text, String prefix, String parameter) {
        String known = names.get(text);
        if (known == null) {
            known = newName(prefix);
            put(known, text, parameter);
            names.put(text, known);
        }
        return known;
    }

    /**
     * Defines a rule.
     *
     * @param parameter what is to blame if that is too much
     */
    void put(String name, String text, String parameter) {
        texts.put(name, text);
        length += name.length() + text.length() + 6;
        if (length > MAX_LENGTH || texts.size() > Grammar.MAX_RULES) {
            throw new InvalidRequestException(
                    ErrorCode.INVALID_SCHEMA,
                    parameter,
                    "'" + parameter + "' is too large: the grammar that it becomes would have more than "
                            + MAX_LENGTH + " characters or " + Grammar.MAX_RULES
                            + " rules");
        }
    }

    boolean contains(String name) {
        return texts.containsKey(name);
    }

    /** {@return all rules as GBNF} */
    String text() {
        StringBuilder text = new StringBuilder(length);
        texts.forEach(
                (name, body) -> text.append(name).append(" ::= ").append(body).append('\n'));
        return text.toString();
    }
}
