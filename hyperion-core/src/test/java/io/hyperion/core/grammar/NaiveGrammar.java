package io.hyperion.core.grammar;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A random grammar as a tree, which is matched by trying everything: nothing in common with the real thing but the notation. */
record NaiveGrammar(List<NaiveGrammar.Part> rules) {
    /** Characters of one to four bytes, among them some that differ only in their last byte. */
    private static final String[] CHARACTERS = {"a", "b", "é", "è", "€", "😀", "😁"};

    sealed interface Part {
        record Characters(boolean negated, List<int[]> ranges) implements Part {
            boolean contains(int c) {
                for (int[] range : ranges) {
                    if (range[0] <= c && c <= range[1]) {
                        return !negated;
                    }
                }
                return negated;
            }
        }

        record Reference(int rule) implements Part {}

        record Sequence(List<Part> parts) implements Part {}

        record Alternatives(List<Part> parts) implements Part {}

        record Repetition(Part part, int min, int max) implements Part {}

        /** Members come once, at most once ('?') or any number of times ('*'), by the characters of a text; none is empty. */
        record AnyOrder(Part separator, List<Part> members, String times, int min, int max) implements Part {}
    }

    static NaiveGrammar random(Random random) {
        int count = 1 + random.nextInt(4);
        return new NaiveGrammar(IntStream.range(0, count)
                .mapToObj(rule -> alternatives(random, count, 0))
                .toList());
    }

    private static Part alternatives(Random random, int rules, int depth) {
        int count = 1 + random.nextInt(3);
        return new Part.Alternatives(IntStream.range(0, count)
                .mapToObj(i -> sequence(random, rules, depth))
                .toList());
    }

    private static Part sequence(Random random, int rules, int depth) {
        int count = random.nextInt(4);
        return new Part.Sequence(IntStream.range(0, count)
                .mapToObj(i -> item(random, rules, depth))
                .toList());
    }

    private static Part item(Random random, int rules, int depth) {
        int kind = random.nextInt(10);
        if (kind < 4) {
            return literal(random);
        }
        if (kind < 5) {
            return characters(random);
        }
        if (kind < 7) {
            return new Part.Reference(random.nextInt(rules));
        }
        if (depth == 2) {
            return literal(random);
        }
        if (kind == 9 && random.nextBoolean()) {
            return anyOrder(random, rules, depth);
        }
        Part part = random.nextBoolean() ? alternatives(random, rules, depth + 1) : item(random, rules, depth + 1);
        if (kind < 8) {
            return part;
        }
        int min = random.nextInt(4);
        int max = random.nextInt(3) == 0 ? Integer.MAX_VALUE : min + random.nextInt(3);
        return new Part.Repetition(part, min, max);
    }

    private static Part anyOrder(Random random, int rules, int depth) {
        int count = 1 + random.nextInt(4);
        List<Part> members = new ArrayList<>();
        StringBuilder times = new StringBuilder();
        for (int i = 0; i < count; i++) {
            Part first = random.nextInt(3) == 0 ? characters(random) : literal(random);
            members.add(
                    random.nextInt(3) == 0 ? new Part.Sequence(List.of(first, item(random, rules, depth + 1))) : first);
            times.append("1?*".charAt(random.nextInt(3)));
        }
        int required = (int) times.chars().filter(c -> c == '1').count();
        boolean anyNumber = times.chars().anyMatch(c -> c == '*');
        int min = random.nextInt(3) > 0 ? 0 : random.nextInt(anyNumber ? 4 : count + 1);
        int max = random.nextBoolean() ? Integer.MAX_VALUE : Math.max(min, required) + random.nextInt(2);
        Part separator = random.nextBoolean() ? new Part.Sequence(List.of()) : literal(random);
        return new Part.AnyOrder(separator, members, times.toString(), min, max);
    }

    private static Part literal(Random random) {
        return new Part.Sequence(IntStream.range(0, 1 + random.nextInt(2))
                .mapToObj(i -> CHARACTERS[random.nextInt(CHARACTERS.length)].codePointAt(0))
                .map(c -> (Part) new Part.Characters(false, List.of(new int[] {c, c})))
                .toList());
    }

    private static Part characters(Random random) {
        List<int[]> ranges = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int a = CHARACTERS[random.nextInt(CHARACTERS.length)].codePointAt(0);
            int b = random.nextBoolean() ? a : CHARACTERS[random.nextInt(CHARACTERS.length)].codePointAt(0);
            ranges.add(new int[] {Math.min(a, b), Math.max(a, b)});
        }
        return new Part.Characters(random.nextInt(3) == 0, ranges);
    }

    /** {@return the grammar in GBNF} */
    String gbnf() {
        return IntStream.range(0, rules.size())
                .mapToObj(rule -> name(rule) + " ::= " + gbnf(rules.get(rule)) + "\n")
                .collect(Collectors.joining());
    }

    private static String name(int rule) {
        return rule == 0 ? "root" : "r" + rule;
    }

    private static String gbnf(Part part) {
        if (part instanceof Part.Characters characters) {
            return characters.ranges.stream()
                    .map(range -> Character.toString(range[0]) + "-" + String.format("\\U%08x", range[1]))
                    .collect(Collectors.joining("", characters.negated ? "[^" : "[", "]"));
        } else if (part instanceof Part.Reference reference) {
            return name(reference.rule);
        } else if (part instanceof Part.Sequence sequence) {
            return sequence.parts.isEmpty()
                    ? "\"\""
                    : sequence.parts.stream().map(NaiveGrammar::gbnf).collect(Collectors.joining(" "));
        } else if (part instanceof Part.Alternatives alternatives) {
            return alternatives.parts.stream().map(NaiveGrammar::gbnf).collect(Collectors.joining(" | ", "(", ")"));
        }
        if (part instanceof Part.AnyOrder set) {
            return "&{" + set.min + "," + (set.max == Integer.MAX_VALUE ? "" : set.max) + "}(" + gbnf(set.separator)
                    + " : "
                    + IntStream.range(0, set.members.size())
                            .mapToObj(i -> "(" + gbnf(set.members.get(i)) + ")"
                                    + set.times.substring(i, i + 1).replace("1", ""))
                            .collect(Collectors.joining(" & "))
                    + ")";
        }
        Part.Repetition repetition = (Part.Repetition) part;
        return "(" + gbnf(repetition.part) + "){" + repetition.min + ","
                + (repetition.max == Integer.MAX_VALUE ? "" : repetition.max) + "}";
    }

    /** {@return whether a rule can come to itself again before it has taken anything} */
    boolean isLeftRecursive() {
        Set<Integer> nullable = new HashSet<>();
        boolean more = true;
        while (more) {
            more = false;
            for (int rule = 0; rule < rules.size(); rule++) {
                more |= isNullable(rules.get(rule), nullable) && nullable.add(rule);
            }
        }
        for (int rule = 0; rule < rules.size(); rule++) {
            Set<Integer> first = new HashSet<>();
            collectFirst(rules.get(rule), nullable, first);
            if (first.contains(rule)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNullable(Part part, Set<Integer> nullable) {
        if (part instanceof Part.Reference reference) {
            return nullable.contains(reference.rule);
        } else if (part instanceof Part.Sequence sequence) {
            return sequence.parts.stream().allMatch(each -> isNullable(each, nullable));
        } else if (part instanceof Part.Alternatives alternatives) {
            return alternatives.parts.stream().anyMatch(each -> isNullable(each, nullable));
        }
        if (part instanceof Part.AnyOrder set) {
            return set.min == 0 && set.times.indexOf('1') < 0;
        }
        return part instanceof Part.Repetition repetition
                && (repetition.min == 0 || isNullable(repetition.part, nullable));
    }

    private void collectFirst(Part part, Set<Integer> nullable, Set<Integer> first) {
        if (part instanceof Part.Reference reference) {
            if (first.add(reference.rule)) {
                collectFirst(rules.get(reference.rule), nullable, first);
            }
        } else if (part instanceof Part.Sequence sequence) {
            for (Part each : sequence.parts) {
                collectFirst(each, nullable, first);
                if (!isNullable(each, nullable)) {
                    return;
                }
            }
        } else if (part instanceof Part.Alternatives alternatives) {
            alternatives.parts.forEach(each -> collectFirst(each, nullable, first));
        } else if (part instanceof Part.AnyOrder set) {
            set.members.forEach(each -> collectFirst(each, nullable, first));
        } else if (part instanceof Part.Repetition repetition && repetition.max > 0) {
            collectFirst(repetition.part, nullable, first);
        }
    }

    /** What a text is to the grammar. */
    record Verdict(boolean isPrefix, boolean isComplete) {}

    /** {@return what bytes are to the grammar; a text may also be one that never ends} */
    Verdict verdict(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        if (decoder.decode(in, out, false).isError()) {
            return new Verdict(false, false);
        }
        byte[] rest = Arrays.copyOfRange(bytes, in.position(), bytes.length);
        Attempt attempt = new Attempt(out.flip().codePoints().toArray(), rest);
        boolean complete = attempt.ends(rules.get(0), 0).get(attempt.text.length) && rest.length == 0;
        return new Verdict(complete || attempt.ranOut, complete);
    }

    private final class Attempt {
        private final int[] text;
        /** The first bytes of a character after the text. */
        private final byte[] rest;

        private final Map<Part, Map<Integer, BitSet>> known = new IdentityHashMap<>();
        /** Whether something could have gone on after the last byte. */
        private boolean ranOut;

        Attempt(int[] text, byte[] rest) {
            this.text = text;
            this.rest = rest;
        }

        BitSet ends(Part part, int from) {
            Map<Integer, BitSet> ofPart = known.computeIfAbsent(part, key -> new HashMap<>());
            BitSet ends = ofPart.get(from);
            if (ends == null) {
                ends = find(part, from);
                ofPart.put(from, ends);
            }
            return ends;
        }

        private BitSet find(Part part, int from) {
            if (part instanceof Part.Characters characters) {
                BitSet ends = new BitSet();
                if (from < text.length) {
                    if (characters.contains(text[from])) {
                        ends.set(from + 1);
                    }
                } else if (!ranOut && goesOnWith(characters)) {
                    ranOut = true;
                }
                return ends;
            } else if (part instanceof Part.Reference reference) {
                return ends(rules.get(reference.rule), from);
            } else if (part instanceof Part.Alternatives alternatives) {
                BitSet ends = new BitSet();
                alternatives.parts.forEach(each -> ends.or(ends(each, from)));
                return ends;
            } else if (part instanceof Part.Sequence sequence) {
                BitSet ends = only(from);
                for (Part each : sequence.parts) {
                    ends = ends(each, ends);
                }
                return ends;
            }
            if (part instanceof Part.AnyOrder set) {
                BitSet ends = new BitSet();
                collectEnds(set, from, Set.of(), 0, ends, new HashSet<>());
                return ends;
            }
            Part.Repetition repetition = (Part.Repetition) part;
            BitSet reached = only(from);
            BitSet ends = new BitSet();
            // After as many rounds as there are characters more rounds reach nothing new.
            int rounds = Math.min(repetition.max, repetition.min + text.length + 1);
            for (int round = 0; ; round++) {
                if (round >= repetition.min) {
                    ends.or(reached);
                }
                if (round == rounds) {
                    return ends;
                }
                reached = ends(repetition.part, reached);
            }
        }

        /** Goes through all orders one by one. */
        private void collectEnds(
                Part.AnyOrder set, int from, Set<Integer> taken, int total, BitSet ends, Set<List<Object>> tried) {
            if (!tried.add(List.of(from, taken, total))) {
                return;
            }
            List<Integer> missing = IntStream.range(0, set.members.size())
                    .filter(i -> set.times.charAt(i) == '1' && !taken.contains(i))
                    .boxed()
                    .toList();
            if (total >= set.min && missing.isEmpty()) {
                ends.set(from);
            }
            for (int i = 0; i < set.members.size(); i++) {
                Set<Integer> after = new HashSet<>(taken);
                boolean again = !after.add(i);
                if (set.times.charAt(i) == '*') {
                    after.remove(i);
                    again = false;
                }
                long rest =
                        missing.stream().filter(each -> !after.contains(each)).count();
                if (!again && (set.max == Integer.MAX_VALUE || total + 1 + rest <= set.max)) {
                    BitSet starts = total == 0 ? only(from) : ends(set.separator, from);
                    ends(set.members.get(i), starts).stream()
                            .forEach(end -> collectEnds(set, end, Set.copyOf(after), total + 1, ends, tried));
                }
            }
        }

        private BitSet ends(Part part, BitSet starts) {
            BitSet ends = new BitSet();
            starts.stream().forEach(start -> ends.or(ends(part, start)));
            return ends;
        }

        private static BitSet only(int index) {
            BitSet set = new BitSet();
            set.set(index);
            return set;
        }

        private boolean goesOnWith(Part.Characters characters) {
            if (rest.length == 0) {
                // No set of characters is empty.
                return true;
            }
            int lead = Byte.toUnsignedInt(rest[0]);
            int length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
            int first = lead & (0x7F >> length);
            int last = first;
            for (int i = 1; i < length; i++) {
                first = first << 6 | (i < rest.length ? rest[i] & 0x3F : 0);
                last = last << 6 | (i < rest.length ? rest[i] & 0x3F : 0x3F);
            }
            // At least the characters that begin with the rest.
            int from = first;
            int to = Math.min(last, Character.MAX_CODE_POINT);
            IntStream candidates = characters.negated
                    ? IntStream.rangeClosed(from, to).filter(characters::contains)
                    : characters.ranges.stream()
                            .flatMapToInt(
                                    range -> IntStream.rangeClosed(Math.max(range[0], from), Math.min(range[1], to)));
            return candidates
                    .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                    .anyMatch(c -> startsWith(Character.toString(c).getBytes(StandardCharsets.UTF_8)));
        }

        private boolean startsWith(byte[] utf8) {
            return utf8.length >= rest.length && Arrays.equals(utf8, 0, rest.length, rest, 0, rest.length);
        }
    }
}
