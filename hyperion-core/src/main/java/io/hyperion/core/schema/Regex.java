package io.hyperion.core.schema;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** A regular expression. */
sealed interface Regex {
    /** Any one character. */
    Regex ANY = new Characters(CharacterSet.ALL);

    /** One character of a set. */
    record Characters(CharacterSet set) implements Regex {}

    /** One after the other. */
    record Sequence(List<Regex> parts) implements Regex {
        /** Cuts the one part that has several lengths. */
        private Cut cutOnly(Lengths wanted) {
            long fixed = 0;
            int only = -1;
            for (int i = 0; i < parts.size(); i++) {
                Lengths lengths = parts.get(i).lengths();
                if (lengths.isFixed()) {
                    fixed = plus(fixed, lengths.min);
                } else if (only >= 0) {
                    return Cut.UNSAID;
                } else {
                    only = i;
                }
            }
            long max = wanted.max == Long.MAX_VALUE ? Long.MAX_VALUE : wanted.max - fixed;
            Cut cut = parts.get(only).cut(new Lengths(Math.max(0, wanted.min - fixed), max));
            if (cut.rest.isEmpty()) {
                return cut;
            }
            List<Regex> all = new ArrayList<>(parts);
            all.set(only, cut.rest.get());
            return Cut.to(new Sequence(all));
        }
    }

    /** One of several. */
    record Choice(List<Regex> parts) implements Regex {
        private Cut cutEach(Lengths wanted) {
            List<Regex> rest = new ArrayList<>();
            for (Regex part : parts) {
                Cut cut = part.cut(wanted);
                if (!cut.isSaid) {
                    return cut;
                }
                cut.rest.ifPresent(rest::add);
            }
            return rest.isEmpty() ? Cut.NOTHING : Cut.to(new Choice(rest));
        }
    }

    /** So many times; {@link Gbnf#UNBOUNDED} if there is no upper bound. */
    record Repeat(Regex part, int min, int max) implements Regex {}

    /** The beginning of the text. */
    record Start() implements Regex {}

    /** The end of the text. */
    record End() implements Regex {}

    /** The lengths of the texts in characters, both included; {@link Long#MAX_VALUE} if there is no upper bound. */
    record Lengths(long min, long max) {
        boolean isFixed() {
            return min == max;
        }

        boolean isWithin(Lengths other) {
            return min >= other.min && max <= other.max;
        }
    }

    /** {@return whether there are anchors} */
    default boolean hasAnchors() {
        if (this instanceof Sequence sequence) {
            return sequence.parts.stream().anyMatch(Regex::hasAnchors);
        } else if (this instanceof Choice choice) {
            return choice.parts.stream().anyMatch(Regex::hasAnchors);
        } else if (this instanceof Repeat repeat) {
            return repeat.part.hasAnchors();
        }
        return this instanceof Start || this instanceof End;
    }

    /** {@return the expression for whole texts of one that is searched for; empty if it has anchors elsewhere than at its ends} */
    default Optional<Regex> whole() {
        if (this instanceof Choice choice) {
            List<Regex> parts = new ArrayList<>();
            for (Regex part : choice.parts) {
                Optional<Regex> whole = part.whole();
                if (whole.isEmpty()) {
                    return whole;
                }
                parts.add(whole.get());
            }
            return Optional.of(new Choice(parts));
        }
        if (this instanceof Sequence sequence && sequence.parts.size() == 1) {
            return sequence.parts.get(0).whole();
        }
        List<Regex> parts = this instanceof Sequence sequence ? sequence.parts : List.of(this);
        int from = 0;
        int to = parts.size();
        while (from < to && parts.get(from) instanceof Start) {
            from++;
        }
        while (to > from && parts.get(to - 1) instanceof End) {
            to--;
        }
        List<Regex> whole = new ArrayList<>(parts.subList(from, to));
        if (whole.stream().anyMatch(Regex::hasAnchors)) {
            return Optional.empty();
        }
        Regex anything = new Repeat(ANY, 0, Gbnf.UNBOUNDED);
        if (from == 0) {
            whole.add(0, anything);
        }
        if (to == parts.size()) {
            whole.add(anything);
        }
        return Optional.of(new Sequence(whole));
    }

    /** {@return how long the texts are, of an expression without anchors} */
    default Lengths lengths() {
        long min = 0;
        long max = 0;
        if (this instanceof Characters) {
            return new Lengths(1, 1);
        } else if (this instanceof Sequence sequence) {
            for (Regex part : sequence.parts) {
                Lengths lengths = part.lengths();
                min = plus(min, lengths.min);
                max = plus(max, lengths.max);
            }
        } else if (this instanceof Choice choice) {
            min = Long.MAX_VALUE;
            for (Regex part : choice.parts) {
                Lengths lengths = part.lengths();
                min = Math.min(min, lengths.min);
                max = Math.max(max, lengths.max);
            }
        } else if (this instanceof Repeat repeat) {
            Lengths lengths = repeat.part.lengths();
            min = times(lengths.min, repeat.min);
            max = repeat.max == Gbnf.UNBOUNDED && lengths.max > 0 ? Long.MAX_VALUE : times(lengths.max, repeat.max);
        }
        return new Lengths(min, max);
    }

    private static long plus(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    private static long times(long length, int count) {
        return length > 0 && count > Long.MAX_VALUE / length ? Long.MAX_VALUE : length * count;
    }

    /** What an expression becomes when only some lengths may be: nothing if there is no such text. */
    record Cut(Optional<Regex> rest, boolean isSaid) {
        static final Cut NOTHING = new Cut(Optional.empty(), true);
        static final Cut UNSAID = new Cut(Optional.empty(), false);

        static Cut to(Regex regex) {
            return new Cut(Optional.of(regex), true);
        }
    }

    /** {@return the expression for those of its texts that have certain lengths, where that can be said} */
    default Cut cut(Lengths wanted) {
        Lengths lengths = lengths();
        if (lengths.isWithin(wanted)) {
            return Cut.to(this);
        }
        if (lengths.max < wanted.min || lengths.min > wanted.max) {
            return Cut.NOTHING;
        }
        if (this instanceof Choice choice) {
            return choice.cutEach(wanted);
        } else if (this instanceof Sequence sequence) {
            return sequence.cutOnly(wanted);
        } else if (this instanceof Repeat repeat && repeat.part.lengths().isFixed()) {
            // The body is not empty, or the lengths would be within the wanted ones or outside of them.
            long length = repeat.part.lengths().min;
            long min = Math.max(repeat.min, (wanted.min + length - 1) / length);
            long max = Math.min(repeat.max, wanted.max / length);
            int most = max >= Gbnf.UNBOUNDED ? Gbnf.UNBOUNDED : (int) max;
            return min > max ? Cut.NOTHING : Cut.to(new Repeat(repeat.part, (int) min, most));
        }
        return Cut.UNSAID;
    }

    /** {@return whether a text matches as a whole, of an expression without anchors} */
    default boolean matches(String text, Effort effort) {
        int[] characters = text.codePoints().toArray();
        effort.spend(characters.length);
        BitSet start = new BitSet();
        start.set(0);
        return new Search(characters, effort).ends(this, start).get(characters.length);
    }

    /** Goes through a text with all readings at once. */
    final class Search {
        private final int[] text;
        private final Effort effort;

        private Search(int[] text, Effort effort) {
            this.text = text;
            this.effort = effort;
        }

        /** {@return where the expression can end if it can begin at some places} */
        private BitSet ends(Regex regex, BitSet starts) {
            BitSet ends = new BitSet();
            effort.spend(5L + starts.cardinality() + starts.length() / Long.SIZE);
            if (starts.isEmpty()) {
                return ends;
            }
            if (regex instanceof Characters characters) {
                starts.stream()
                        .filter(at -> at < text.length && characters.set.contains(text[at]))
                        .forEach(at -> ends.set(at + 1));
            } else if (regex instanceof Choice choice) {
                choice.parts.forEach(part -> ends.or(ends(part, starts)));
            } else if (regex instanceof Sequence sequence) {
                ends.or(starts);
                BitSet reached = ends;
                for (Regex part : sequence.parts) {
                    reached = ends(part, reached);
                }
                return reached;
            } else if (regex instanceof Repeat repeat) {
                repeat(repeat, starts, ends);
            }
            return ends;
        }

        private void repeat(Repeat repeat, BitSet starts, BitSet ends) {
            BitSet fresh = starts;
            for (int round = 0; round < repeat.min; round++) {
                BitSet next = ends(repeat.part, fresh);
                if (next.equals(fresh)) {
                    // More rounds reach the same places.
                    break;
                }
                fresh = next;
            }
            ends.or(fresh);
            // Where one has been before, with as many rounds left or more, nothing new begins.
            for (int round = repeat.min; round < repeat.max && !fresh.isEmpty(); round++) {
                fresh = ends(repeat.part, fresh);
                fresh.andNot(ends);
                ends.or(fresh);
            }
        }
    }
}
