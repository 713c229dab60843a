package io.hyperion.core.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Writes shapes as rules, those apart that have no end, such as a list whose every element needs another one. */
final class ShapeWriter {
    /** Ways that are longer than this together get a rule of their own. */
    private static final int MAX_INLINE = 16;

    private final List<List<Shape>> shapes;
    private final Rules rules;
    private final String prefix;
    private final String parameter;
    /** By value: whether it can be written in some way to its end. */
    private final boolean[] possible;
    /** By value: its rule, or its text if that is short; null until it is known. */
    private final String[] parts;

    ShapeWriter(List<List<Shape>> shapes, Effort effort, Rules rules, String prefix, String parameter) {
        this.shapes = shapes;
        this.rules = rules;
        this.prefix = prefix;
        this.parameter = parameter;
        this.possible = new boolean[shapes.size()];
        this.parts = new String[shapes.size()];
        long extent = shapes.stream()
                .flatMap(List::stream)
                .mapToLong(ShapeWriter::extent)
                .sum();
        boolean more = true;
        while (more) {
            more = false;
            effort.spend(extent);
            // What a value leads to mostly comes behind it.
            for (int value = possible.length - 1; value >= 0; value--) {
                if (!possible[value] && shapes.get(value).stream().anyMatch(this::isPossible)) {
                    possible[value] = true;
                    more = true;
                }
            }
        }
    }

    /** {@return whether a value can be written in some way to its end} */
    boolean isPossible(int value) {
        return possible[value];
    }

    private static int extent(Shape shape) {
        if (shape instanceof Shape.Members members) {
            return 1 + members.properties().size();
        } else if (shape instanceof Shape.Items items) {
            return 1 + items.prefix().size();
        } else if (shape instanceof Shape.Mixed mixed) {
            return 1 + mixed.required().size();
        }
        return 1;
    }

    private boolean isPossible(Shape shape) {
        if (shape instanceof Shape.Members members) {
            long count = members.properties().stream()
                    .filter(property -> possible[property.value()])
                    .count();
            boolean others = members.others().stream().anyMatch(each -> possible[each.value()]);
            return members.properties().stream()
                            .allMatch(property -> !property.required() || possible[property.value()])
                    && (others || count >= members.min());
        } else if (shape instanceof Shape.Items items) {
            return items.min() <= possibleItems(items);
        } else if (shape instanceof Shape.Mixed mixed) {
            return mixed.required().stream().allMatch(value -> possible[value])
                    && (mixed.min()
                                    <= mixed.required().size()
                                            + mixed.optional().size()
                            || mixed.others().isPresent()
                                    && possible[mixed.others().getAsInt()]);
        }
        return true;
    }

    private int possibleItems(Shape.Items items) {
        for (int i = 0; i < items.prefix().size(); i++) {
            if (!possible[items.prefix().get(i)]) {
                return Math.min(i, items.max());
            }
        }
        OptionalInt rest = items.rest();
        return rest.isPresent() && possible[rest.getAsInt()]
                ? items.max()
                : Math.min(items.prefix().size(), items.max());
    }

    /** {@return the name of a rule for a value, which must be possible} */
    String write(int value) {
        // Every value gets a name first, for they may lead to each other.
        List<Integer> named = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            if (possible[i]) {
                parts[i] = inline(shapes.get(i));
                if (parts[i].isEmpty()) {
                    parts[i] = rules.newName(prefix);
                    named.add(i);
                }
            }
        }
        for (int each : named) {
            rules.put(parts[each], text(each), parameter);
        }
        return named.contains(value) ? parts[value] : rules.named(parts[value], prefix, parameter);
    }

    private String inline(List<Shape> ways) {
        List<String> texts = new ArrayList<>();
        for (Shape way : ways) {
            if (way instanceof Shape.Constant constant) {
                texts.add(Gbnf.literal(constant.json()));
            } else if (way instanceof Shape.Scalar scalar && !scalar.gbnf().contains(" ")) {
                texts.add(scalar.gbnf());
            } else if (way instanceof Shape.Any) {
                texts.add(rules.shared(Rules.VALUE));
            } else {
                return "";
            }
        }
        String text = Gbnf.oneOf(texts);
        return texts.size() > 1 && text.length() > MAX_INLINE ? "" : text;
    }

    private String text(int value) {
        List<String> ways = shapes.get(value).stream()
                .filter(this::isPossible)
                .map(this::text)
                .distinct()
                .toList();
        return String.join(" | ", ways);
    }

    private String text(Shape shape) {
        if (shape instanceof Shape.Constant constant) {
            return Gbnf.literal(constant.json());
        } else if (shape instanceof Shape.Scalar scalar) {
            return scalar.gbnf();
        } else if (shape instanceof Shape.Members members) {
            return object(members);
        } else if (shape instanceof Shape.Items items) {
            return array(items);
        } else if (shape instanceof Shape.Mixed mixed) {
            return array(mixed);
        }
        return rules.shared(Rules.VALUE);
    }

    private String object(Shape.Members members) {
        List<String> parts = new ArrayList<>();
        for (Shape.Property property : members.properties()) {
            if (possible[property.value()]) {
                parts.add("(" + Gbnf.literal(Json.text(property.name())) + " " + rules.shared(Rules.COLON) + " "
                        + this.parts[property.value()] + ")" + (property.required() ? "" : "?"));
            }
        }
        members.others()
                .filter(others -> possible[others.value()])
                .ifPresent(others -> parts.add("(" + others.key() + " " + rules.shared(Rules.COLON) + " "
                        + this.parts[others.value()] + ")*"));
        return "\"{\" " + anyOrder(parts, members.min(), members.max()) + "\"}\"";
    }

    private String array(Shape.Mixed mixed) {
        List<String> parts = new ArrayList<>();
        mixed.required().forEach(value -> parts.add(this.parts[value]));
        mixed.optional().forEach(json -> parts.add(Gbnf.literal(json) + "?"));
        if (mixed.others().isPresent() && possible[mixed.others().getAsInt()]) {
            parts.add(this.parts[mixed.others().getAsInt()] + "*");
        }
        return "\"[\" " + anyOrder(parts, mixed.min(), mixed.max()) + "\"]\"";
    }

    /** {@return a group in any order and a blank, or nothing if there is nothing in it} */
    private String anyOrder(List<String> parts, int min, int max) {
        if (parts.isEmpty() || max == 0) {
            return "";
        }
        String bounds = max < Gbnf.UNBOUNDED ? "{" + min + "," + max + "}" : min > 0 ? "{" + min + ",}" : "";
        return "&" + bounds + "(" + rules.shared(Rules.COMMA) + " : " + String.join(" & ", parts) + ") ";
    }

    private String array(Shape.Items items) {
        String comma = rules.shared(Rules.COMMA);
        int most = possibleItems(items);
        int prefixSize = Math.min(items.prefix().size(), most);
        String text = "";
        if (most > prefixSize) {
            String item = parts[items.rest().getAsInt()];
            int min = Math.max(0, items.min() - prefixSize);
            int max = most == Gbnf.UNBOUNDED ? most : most - prefixSize;
            String more = "(" + comma + " " + item + ")";
            if (prefixSize > 0) {
                text = Gbnf.repeat(more, min, max);
            } else {
                text = item
                        + (max == 1
                                ? ""
                                : " " + Gbnf.repeat(more, Math.max(0, min - 1), max == Gbnf.UNBOUNDED ? max : max - 1));
                text = min == 0 ? "(" + text + ")?" : text;
            }
        }
        for (int i = prefixSize - 1; i >= 0; i--) {
            text = (i > 0 ? comma + " " : "") + parts[items.prefix().get(i)] + (text.isEmpty() ? "" : " " + text);
            if (i >= items.min()) {
                // A rule of its own, for parentheses must not be nested as deep as arrays are long.
                text = rules.named(text, prefix, parameter) + "?";
            }
        }
        return "\"[\" " + (text.isEmpty() ? "" : text + " ") + "\"]\"";
    }
}
