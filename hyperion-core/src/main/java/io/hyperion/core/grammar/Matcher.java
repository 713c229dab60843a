package io.hyperion.core.grammar;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Follows a grammar byte by byte, for one constraint and its copies. For use by one thread.
 *
 * <p>It is Earley's algorithm ("An efficient context-free parsing algorithm", 1970), with the empty texts of rules taken at prediction as
 * Aycock and Horspool do ("Practical Earley parsing", 2002), on automata instead of dotted rules, and with the sets linked to a graph of
 * {@link Frame frames}. A rule called last in another one takes over its frame, so that a list written with recursion does not grow.
 * States that are equal are one object, which remembers what follows it: a grammar without nesting becomes a finite automaton that is made
 * on the way.
 */
final class Matcher {
    /** The most items of one state. */
    static final int MAX_ITEMS = 20_000;

    /** The most items that may be looked at for one answer: some tenths of a second. */
    static final int MAX_WORK = 4_000_000;

    /** The most items that may wait for the end of rules, at all places of the text together: some tens of megabytes. */
    static final int MAX_WAITING = 500_000;

    /** How many cells the remembered states may take up before all are forgotten: a few megabytes. */
    private static final int MAX_REMEMBERED = 400_000;

    private static final int CELLS_OF_STATE = 16;
    /** How many bits the remembered sets of tokens may have: four megabytes. */
    private static final int MAX_ALLOWED_BITS = 32 * 1024 * 1024;

    private static final State NONE = new State(new Node.Bytes[0], new Frame[0], false);

    private final Grammar grammar;
    /** The frame of the text as a whole. */
    private final Frame text = new Frame(0);

    private final Items items = new Items();
    /** By rule: its frame at the place of the state that is being made, or null. */
    private final Frame[] entered;

    private final List<Rule> enteredRules = new ArrayList<>();
    private final Map<Taking, Frame> takings = new HashMap<>();
    private final Map<Long, Known> known = new HashMap<>();
    private final List<State> withAllowed = new ArrayList<>();
    private int remembered;
    private int lastFrame;
    private int work;
    private long waiting;

    /** What was taken in any order at a frame. */
    private record Taking(Node.AnyOrder set, Frame owner, Taken taken) {}

    /** A state by the items that tell it from others, and another one with the same hash, or null. */
    private record Known(State state, Node[] nodes, int[] counts, Frame[] frames, Known other) {}

    Matcher(Grammar grammar) {
        this.grammar = grammar;
        this.entered = new Frame[grammar.ruleCount()];
    }

    /** Begins an answer, whose work is bounded. */
    void begin() {
        work = 0;
    }

    /** {@return the state before the first byte} */
    State start() {
        items.clear();
        add(grammar.root().start(), 0, text);
        return state();
    }

    /**
     * {@return the state after one more byte, or null if the byte cannot come}
     *
     * @throws InvalidRequestException if the grammar is too ambiguous
     */
    State step(State state, int value) {
        int byteClass = grammar.byteClass(value);
        State next = state.next(byteClass);
        if (next == null) {
            next = make(state, value);
            state.remember(byteClass, grammar.byteClassCount(), next);
            remembered += next == NONE ? 1 : 0;
        }
        return next == NONE ? null : next;
    }

    private State make(State state, int value) {
        items.clear();
        // Looking at an edge is a small part of the work that an item makes.
        work(state.size() / 8);
        for (int i = 0; i < state.size(); i++) {
            Node.Bytes node = state.node(i);
            int edge = node.edge(value);
            if (edge >= 0) {
                add(node.targets()[edge], 0, state.frame(i));
            }
        }
        return items.size() == 0 ? NONE : state();
    }

    /** Makes the state of the items that were added, or finds it. */
    private State state() {
        boolean complete = false;
        int telling = 0;
        long hash = 0;
        for (int i = 0; i < items.size(); i++) {
            Node node = items.node(i);
            if (node instanceof Node.End) {
                complete |= items.frame(i) == text;
                leave(items.frame(i));
            } else {
                follow(node, items.count(i), items.frame(i));
            }
            if (tells(node, items.count(i), items.frame(i))) {
                telling++;
                hash += Items.hash(node, items.count(i), items.frame(i));
            }
        }
        if (complete) {
            hash = ~hash;
        }
        Known first = known.get(hash);
        for (Known candidate = first; candidate != null; candidate = candidate.other) {
            if (candidate.nodes.length == telling && candidate.state.isComplete() == complete && isAllOf(candidate)) {
                return candidate.state;
            }
        }
        Known made = predict(complete, telling, first);
        remember(hash, made);
        return made.state;
    }

    /** Adds what comes without a byte after an item that is not at the end of its rule. */
    private void follow(Node node, int count, Frame frame) {
        if (node instanceof Node.Fork fork) {
            for (Node target : fork.targets()) {
                add(target, 0, frame);
            }
        } else if (node instanceof Node.Call call) {
            if (call.rule().isNullable()) {
                add(call.next(), 0, frame);
            }
            if (call.isTail()) {
                add(call.rule().start(), 0, frame);
            }
        } else if (node instanceof Node.Repeat repeat && repeat.isEnough(count)) {
            add(repeat.next(), 0, frame);
        } else if (node instanceof Node.AnyOrder set && set.isEnough(frame.taken())) {
            add(set.next(), 0, frame.owner());
        }
    }

    /** Adds what waits for the end of a rule that was entered at an earlier place. */
    private void leave(Frame frame) {
        for (int i = 0; i < frame.size(); i++) {
            if (frame.node(i) instanceof Node.Call call) {
                add(call.next(), 0, frame.frame(i));
            } else if (frame.node(i) instanceof Node.Member member) {
                add(member.set(), 0, taking(member, frame.frame(i)));
            } else {
                Node.Repeat repeat = (Node.Repeat) frame.node(i);
                add(repeat, repeat.countAfter(frame.count(i)), frame.frame(i));
            }
        }
    }

    /** {@return the frame that stands for one more member taken} */
    private Frame taking(Node.Member member, Frame frame) {
        Node.AnyOrder set = member.set();
        Taken taken = set.after(frame.taken(), member);
        return takings.computeIfAbsent(new Taking(set, frame.owner(), taken), key -> {
            remembered += CELLS_OF_STATE + taken.members().size() / Integer.SIZE;
            return new Frame(++lastFrame, frame.owner(), taken);
        });
    }

    private static boolean tells(Node node, int count, Frame frame) {
        return node instanceof Node.Bytes
                || enters(node, count)
                || node instanceof Node.AnyOrder set && set.isMore(frame.taken());
    }

    private static boolean enters(Node node, int count) {
        return node instanceof Node.Call call && !call.isTail()
                || node instanceof Node.Repeat repeat && repeat.isMore(count);
    }

    private boolean isAllOf(Known candidate) {
        for (int i = 0; i < candidate.nodes.length; i++) {
            if (!items.contains(candidate.nodes[i], candidate.counts[i], candidate.frames[i])) {
                return false;
            }
        }
        return true;
    }

    /** Enters the rules that the items call, and makes the state. */
    private Known predict(boolean complete, int telling, Known other) {
        int given = items.size();
        Node[] keyNodes = new Node[telling];
        int[] keyCounts = new int[telling];
        Frame[] keyFrames = new Frame[telling];
        List<Node.Bytes> nodes = new ArrayList<>();
        List<Frame> frames = new ArrayList<>();
        int key = 0;
        try {
            for (int i = 0; i < items.size(); i++) {
                Node node = items.node(i);
                int count = items.count(i);
                Frame frame = items.frame(i);
                if (i < given && tells(node, count, frame)) {
                    keyNodes[key] = node;
                    keyCounts[key] = count;
                    keyFrames[key++] = frame;
                }
                if (i >= given) {
                    // The end of a rule that is entered only here is an empty text, which its caller has skipped
                    // already.
                    follow(node, count, frame);
                }
                if (node instanceof Node.Bytes bytes) {
                    nodes.add(bytes);
                    frames.add(frame);
                } else if (enters(node, count)) {
                    enter(node instanceof Node.Call call ? call.rule() : ((Node.Repeat) node).rule())
                            .addWaiting(node, count, frame);
                    waiting++;
                } else if (node instanceof Node.AnyOrder set) {
                    enter(set, frame);
                }
            }
        } finally {
            enteredRules.forEach(rule -> entered[rule.id()] = null);
            enteredRules.clear();
        }
        remembered += CELLS_OF_STATE + grammar.byteClassCount() + 3 * telling + items.size();
        State state = new State(nodes.toArray(Node.Bytes[]::new), frames.toArray(Frame[]::new), complete);
        return new Known(state, keyNodes, keyCounts, keyFrames, other);
    }

    private void enter(Node.AnyOrder set, Frame frame) {
        // Looking at a member that was taken already is a part of the work that entering one makes.
        work(set.members().size() / 8);
        for (Node.Member member : set.members()) {
            if (set.takes(member, frame.taken())) {
                enter(member.rule(frame.taken())).addWaiting(member, 0, frame);
                waiting++;
            }
        }
    }

    private Frame enter(Rule rule) {
        Frame frame = entered[rule.id()];
        if (frame == null) {
            frame = new Frame(++lastFrame);
            entered[rule.id()] = frame;
            enteredRules.add(rule);
            add(rule.start(), 0, frame);
        }
        return frame;
    }

    private void remember(long hash, Known made) {
        if (remembered > MAX_REMEMBERED) {
            known.values().forEach(first -> {
                for (Known each = first; each != null; each = each.other) {
                    each.state.forget();
                }
            });
            known.clear();
            takings.clear();
            withAllowed.clear();
            remembered = 0;
            known.put(hash, new Known(made.state, made.nodes, made.counts, made.frames, null));
        } else {
            known.put(hash, made);
        }
    }

    /** Remembers the tokens that may come after a state. */
    void remember(State state, BitSet tokens, int vocabulary) {
        if ((long) withAllowed.size() * vocabulary > MAX_ALLOWED_BITS) {
            withAllowed.forEach(State::forgetAllowed);
            withAllowed.clear();
        }
        state.remember(tokens);
        withAllowed.add(state);
    }

    /** {@return how many items have begun to wait for the end of a rule} */
    long waiting() {
        return waiting;
    }

    /**
     * Checks that not too many items wait for the end of rules, at all places of the text.
     *
     * @throws InvalidRequestException if too many do
     */
    void checkWaiting(State state) {
        Set<Frame> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Frame> open = new ArrayDeque<>();
        for (int i = 0; i < state.size(); i++) {
            open.push(state.frame(i));
        }
        long found = 0;
        while (!open.isEmpty()) {
            Frame frame = open.pop();
            if (seen.add(frame)) {
                open.push(frame.owner());
                found += frame.size();
                for (int i = 0; i < frame.size(); i++) {
                    open.push(frame.frame(i));
                }
            }
        }
        if (found > MAX_WAITING) {
            throw tooAmbiguous("more than " + MAX_WAITING + " rules of the text so far are open");
        }
    }

    private void add(Node node, int count, Frame frame) {
        items.add(node, count, frame);
        if (items.size() > MAX_ITEMS) {
            throw tooAmbiguous("more than " + MAX_ITEMS + " parts of its rules fit at one place of the text");
        }
        work(1);
    }

    private void work(int amount) {
        work += amount;
        if (work > MAX_WORK) {
            throw tooAmbiguous("more than " + MAX_WORK + " parts of its rules must be tried for one token");
        }
    }

    private static InvalidRequestException tooAmbiguous(String what) {
        return new InvalidRequestException(
                ErrorCode.INVALID_GRAMMAR, "grammar", "'grammar' is too ambiguous to be followed: " + what);
    }
}
