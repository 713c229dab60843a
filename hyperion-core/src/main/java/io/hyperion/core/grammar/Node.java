package io.hyperion.core.grammar;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A node of the network that a rule of a grammar is compiled to: a finite automaton over bytes whose edges may also call other rules.
 * A network changes only while its grammar is built.
 */
sealed interface Node permits Node.Bytes, Node.Fork, Node.Call, Node.Repeat, Node.AnyOrder, Node.Member, Node.End {
    /** {@return the number of the node within its grammar} */
    int id();

    /** Takes one byte. */
    final class Bytes implements Node {
        private final int id;
        /** The first and the last byte of each edge, ascending, without overlaps. */
        private final int[] bounds;

        private final Node[] targets;

        Bytes(int id, int[] bounds, Node[] targets) {
            this.id = id;
            this.bounds = bounds;
            this.targets = targets;
        }

        @Override
        public int id() {
            return id;
        }

        int[] bounds() {
            return bounds;
        }

        Node[] targets() {
            return targets;
        }

        /** {@return the index of the target that a byte leads to, or -1} */
        int edge(int value) {
            for (int i = 0; i < targets.length; i++) {
                if (value <= bounds[2 * i + 1]) {
                    return value >= bounds[2 * i] ? i : -1;
                }
            }
            return -1;
        }
    }

    /** Takes nothing and goes on at any of its targets. */
    final class Fork implements Node {
        private final int id;
        private Node[] targets = {};

        Fork(int id) {
            this.id = id;
        }

        @Override
        public int id() {
            return id;
        }

        Node[] targets() {
            return targets;
        }

        void to(Node... added) {
            Node[] all = Arrays.copyOf(targets, targets.length + added.length);
            System.arraycopy(added, 0, all, targets.length, added.length);
            targets = all;
        }
    }

    /** Takes a text of another rule. */
    final class Call implements Node {
        private final int id;
        private final Rule rule;
        private Node next;
        /** Where the rule's name stands in the text of the grammar. */
        private final int position;

        Call(int id, Rule rule, Node next, int position) {
            this.id = id;
            this.rule = rule;
            this.next = next;
            this.position = position;
        }

        @Override
        public int id() {
            return id;
        }

        Rule rule() {
            return rule;
        }

        Node next() {
            return next;
        }

        void next(Node node) {
            next = node;
        }

        int position() {
            return position;
        }

        /** {@return whether nothing comes after it in its own rule: then the called rule's end is the end of both} */
        boolean isTail() {
            return next instanceof End;
        }
    }

    /** Takes texts of a rule as often as its bounds say. How many it has taken is not known here. */
    final class Repeat implements Node {
        /** The upper bound of a repetition that has none. */
        static final int UNBOUNDED = Integer.MAX_VALUE;

        private final int id;
        private final Rule rule;
        private final int min;
        private final int max;
        private Node next;

        Repeat(int id, Rule rule, int min, int max, Node next) {
            this.id = id;
            this.rule = rule;
            this.min = min;
            this.max = max;
            this.next = next;
        }

        @Override
        public int id() {
            return id;
        }

        Rule rule() {
            return rule;
        }

        Node next() {
            return next;
        }

        void next(Node node) {
            next = node;
        }

        /** {@return whether this many texts are enough; empty ones can always be added} */
        boolean isEnough(int count) {
            return count >= min || rule.isNullable();
        }

        /** {@return whether another text may follow this many} */
        boolean isMore(int count) {
            return count < max;
        }

        /** {@return the count after one more text; without an upper bound only the way to the lower one is counted} */
        int countAfter(int count) {
            return max == UNBOUNDED ? Math.min(count + 1, min) : count + 1;
        }
    }

    /**
     * Takes texts of several rules in any order, each as often as its part may come, with a separator between. Which it has taken is not
     * known here, but by the frame.
     */
    final class AnyOrder implements Node {
        private final int id;
        private final List<Member> members;
        private final BitSet required = new BitSet();
        private final int min;
        private final int max;
        private Node next;

        /** @param members their sets are made to be this one */
        AnyOrder(int id, List<Member> members, int min, int max, Node next) {
            this.id = id;
            this.members = members;
            this.min = min;
            this.max = max;
            this.next = next;
            for (Member member : members) {
                member.set = this;
                required.set(member.index, member.times == Times.ONCE);
            }
        }

        @Override
        public int id() {
            return id;
        }

        List<Member> members() {
            return members;
        }

        Node next() {
            return next;
        }

        void next(Node node) {
            next = node;
        }

        /** {@return whether what was taken is enough} */
        boolean isEnough(Taken taken) {
            return taken.total() >= min && missing(taken) == 0;
        }

        /** {@return whether a member may be taken now, so that there is still room for those that must come} */
        boolean takes(Member member, Taken taken) {
            if (taken.members().get(member.index)) {
                return false;
            }
            int missing = missing(taken) - (member.times == Times.ONCE ? 1 : 0);
            return taken.total() < max - missing;
        }

        /** {@return whether a member may be taken now} */
        boolean isMore(Taken taken) {
            return members.stream().anyMatch(member -> takes(member, taken));
        }

        /** {@return what is taken after one more member; without an upper bound the total is counted only as far as it matters} */
        Taken after(Taken taken, Member member) {
            BitSet all = taken.members();
            if (member.times != Times.ANY_NUMBER) {
                all = (BitSet) all.clone();
                all.set(member.index);
            }
            int total = taken.total() + 1;
            return new Taken(all, max == Repeat.UNBOUNDED ? Math.min(total, Math.max(min, 1)) : total);
        }

        private int missing(Taken taken) {
            if (required.isEmpty()) {
                return 0;
            }
            BitSet missing = (BitSet) required.clone();
            missing.andNot(taken.members());
            return missing.cardinality();
        }
    }

    /** How often a part may come that is taken in any order with others. */
    enum Times {
        /** It must come, once. */
        ONCE,
        /** It may come once. */
        AT_MOST_ONCE,
        /** It may come any number of times. */
        ANY_NUMBER
    }

    /** One of the parts that come in any order, as it waits for the end of its text. */
    final class Member implements Node {
        private final int id;
        private final int index;
        private final Times times;
        private final Rule first;
        private final Rule later;
        private AnyOrder set;

        /**
         * @param index its place among the members
         * @param first the rule to take if nothing was taken before
         * @param later the rule to take after others, which begins with the separator
         */
        Member(int id, int index, Times times, Rule first, Rule later) {
            this.id = id;
            this.index = index;
            this.times = times;
            this.first = first;
            this.later = later;
        }

        @Override
        public int id() {
            return id;
        }

        AnyOrder set() {
            return set;
        }

        Rule first() {
            return first;
        }

        /** {@return the rule to take after what was taken already} */
        Rule rule(Taken taken) {
            return taken.total() == 0 ? first : later;
        }
    }

    /** The end of a rule. */
    final class End implements Node {
        @Override
        public int id() {
            return 0;
        }
    }
}
