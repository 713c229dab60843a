package io.hyperion.core.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Finds which rules have the empty text, and rules that begin with themselves, in time linear in the size of the grammar. */
final class LeftRecursion {
    private final List<Rule> rules;
    /** By rule: the nodes at which it is called before the calling rule has taken anything. */
    private final List<List<Step>> waiting = new ArrayList<>();
    /** By rule: its calls before it has taken anything. */
    private final List<List<Step>> leftCalls = new ArrayList<>();

    private final Deque<Step> steps = new ArrayDeque<>();
    private final BitSet reached = new BitSet();

    /** A node that a rule comes to without having taken anything. */
    private record Step(Rule rule, Node node) {}

    /** A rule that begins with itself: the rules on the way, the first one also at the end, and where the way begins. */
    record Cycle(List<Rule> path, int position) {}

    private LeftRecursion(List<Rule> rules) {
        this.rules = rules;
        for (int i = 0; i < rules.size(); i++) {
            waiting.add(new ArrayList<>());
            leftCalls.add(new ArrayList<>());
        }
    }

    /**
     * Marks the rules that have the empty text.
     *
     * @param rules all rules, defined
     * @return a rule that begins with itself, if there is one
     */
    static Optional<Cycle> find(List<Rule> rules) {
        LeftRecursion search = new LeftRecursion(rules);
        search.reach();
        return search.cycle();
    }

    private void reach() {
        rules.forEach(rule -> reach(rule, rule.start()));
        while (!steps.isEmpty()) {
            Step step = steps.pop();
            Rule rule = step.rule();
            if (step.node() instanceof Node.Fork fork) {
                for (Node target : fork.targets()) {
                    reach(rule, target);
                }
            } else if (step.node() instanceof Node.Call call) {
                call(step, call.rule(), call.next());
            } else if (step.node() instanceof Node.Repeat repeat) {
                call(step, repeat.rule(), repeat.next());
                if (repeat.isEnough(0)) {
                    reach(rule, repeat.next());
                }
            } else if (step.node() instanceof Node.AnyOrder set) {
                // No member is empty, so that only the first one can be at the beginning.
                set.members().forEach(member -> leftCalls.get(rule.id()).add(new Step(rule, member)));
                if (set.isEnough(Taken.NONE)) {
                    reach(rule, set.next());
                }
            } else if (step.node() instanceof Node.End && !rule.isNullable()) {
                rule.setNullable();
                waiting.get(rule.id()).forEach(caller -> reach(caller.rule(), next(caller.node())));
            }
        }
    }

    private void reach(Rule rule, Node node) {
        // The end is every rule's; all other nodes are of one rule.
        if (node instanceof Node.End || !reached.get(node.id())) {
            reached.set(node.id());
            steps.push(new Step(rule, node));
        }
    }

    private void call(Step caller, Rule called, Node next) {
        waiting.get(called.id()).add(caller);
        leftCalls.get(caller.rule().id()).add(caller);
        if (called.isNullable()) {
            reach(caller.rule(), next);
        }
    }

    private static Rule called(Node node) {
        if (node instanceof Node.Member member) {
            return member.first();
        }
        return node instanceof Node.Call call ? call.rule() : ((Node.Repeat) node).rule();
    }

    private static Node next(Node node) {
        return node instanceof Node.Call call ? call.next() : ((Node.Repeat) node).next();
    }

    /** Searches in depth, with a path of its own instead of the thread's stack. */
    private Optional<Cycle> cycle() {
        boolean[] done = new boolean[rules.size()];
        boolean[] onPath = new boolean[rules.size()];
        int[] nextCall = new int[rules.size()];
        for (Rule first : rules) {
            List<Rule> path = new ArrayList<>();
            if (!done[first.id()]) {
                path.add(first);
                onPath[first.id()] = true;
            }
            while (!path.isEmpty()) {
                Rule rule = path.get(path.size() - 1);
                List<Step> calls = leftCalls.get(rule.id());
                if (nextCall[rule.id()] == calls.size()) {
                    done[rule.id()] = true;
                    onPath[rule.id()] = false;
                    path.remove(path.size() - 1);
                    continue;
                }
                Rule called = called(calls.get(nextCall[rule.id()]++).node());
                if (onPath[called.id()]) {
                    return Optional.of(cycle(path.subList(path.indexOf(called), path.size()), nextCall));
                }
                if (!done[called.id()]) {
                    path.add(called);
                    onPath[called.id()] = true;
                }
            }
        }
        return Optional.empty();
    }

    private Cycle cycle(List<Rule> loop, int[] nextCall) {
        int size = loop.size();
        int begin = 0;
        // A body of a repetition is called from its own rule only, so a loop has a rule with a name.
        while (!loop.get(begin).isNamed()) {
            begin++;
        }
        List<Rule> path = new ArrayList<>();
        int position = -1;
        for (int i = 0; i < size; i++) {
            Rule rule = loop.get((begin + i) % size);
            if (rule.isNamed()) {
                path.add(rule);
            }
            Node way = leftCalls.get(rule.id()).get(nextCall[rule.id()] - 1).node();
            if (position < 0 && way instanceof Node.Call call) {
                position = call.position();
            }
        }
        path.add(loop.get(begin));
        return new Cycle(path, position);
    }
}
