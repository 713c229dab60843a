package io.hyperion.core.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Writes the texts of a regular expression as the inside of JSON's, each character in its shortest way. */
final class RegexWriter {
    private static final CharacterSet PLAIN =
            CharacterSet.of(0, 0x1F).or(CharacterSet.of("\"\\")).inverse();
    private static final CharacterSet SHORT = CharacterSet.of("\"\\\b\f\n\r\t");
    /** Classes that are longer get a rule of their own, for they come more than once. */
    private static final int MAX_INLINE = 20;

    /** Makes a rule of a text and gives its name. */
    private final UnaryOperator<String> named;

    RegexWriter(UnaryOperator<String> named) {
        this.named = named;
    }

    /** {@return a part of GBNF that can be repeated, for an expression without anchors} */
    String write(Regex regex) {
        if (regex instanceof Regex.Characters characters) {
            return characters(characters.set());
        } else if (regex instanceof Regex.Choice choice) {
            return Gbnf.oneOf(choice.parts().stream().map(this::write).toList());
        } else if (regex instanceof Regex.Repeat repeat) {
            String part = write(repeat.part());
            boolean compound = repeat.part() instanceof Regex.Repeat;
            return Gbnf.repeat(compound ? "(" + part + ")" : part, repeat.min(), repeat.max());
        } else if (regex instanceof Regex.Sequence sequence) {
            return sequence(sequence.parts());
        }
        throw new IllegalStateException("An anchor cannot be written");
    }

    private String sequence(List<Regex> parts) {
        List<String> texts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        for (Regex part : parts) {
            if (part instanceof Regex.Characters characters && isOne(characters.set())) {
                literal.append(Json.character(characters.set().ranges().get(0).first()));
                continue;
            }
            if (!literal.isEmpty()) {
                texts.add(Gbnf.literal(literal.toString()));
                literal.setLength(0);
            }
            texts.add(write(part));
        }
        if (!literal.isEmpty()) {
            texts.add(Gbnf.literal(literal.toString()));
        }
        return switch (texts.size()) {
            case 0 -> "\"\"";
            case 1 ->
                parts.size() == 1 && parts.get(0) instanceof Regex.Repeat ? "(" + texts.get(0) + ")" : texts.get(0);
            default -> "(" + String.join(" ", texts) + ")";
        };
    }

    private static boolean isOne(CharacterSet set) {
        return set.ranges().size() == 1
                && set.ranges().get(0).first() == set.ranges().get(0).last();
    }

    private String characters(CharacterSet set) {
        CharacterSet plain = set.and(PLAIN);
        List<String> ways = new ArrayList<>();
        if (!plain.isEmpty()) {
            ways.add(Gbnf.characters(plain));
        }
        StringBuilder letters = new StringBuilder();
        set.and(SHORT).forEachRange((first, last) -> {
            for (int c = first; c <= last; c++) {
                letters.append(Json.character(c).substring(1));
            }
        });
        if (!letters.isEmpty()) {
            ways.add("\"\\\\\" " + Gbnf.characters(CharacterSet.of(letters.toString())));
        }
        if (ways.isEmpty()) {
            // Other control characters are written only where nothing else may be.
            set.forEachRange((first, last) -> {
                for (int c = first; c <= last; c++) {
                    ways.add(Gbnf.literal(Json.character(c)));
                }
            });
        }
        String text =
                ways.size() == 1 && !ways.get(0).contains(" ") ? ways.get(0) : "(" + String.join(" | ", ways) + ")";
        return text.length() > MAX_INLINE ? named.apply(text) : text;
    }
}
