package io.hyperion.core.grammar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds the networks of a grammar's rules from the inside out. */
final class NetworkBuilder {
    private final Map<String, Rule> rulesByName = new LinkedHashMap<>();
    private final List<Rule> rules = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Node.End end = new Node.End();
    /** Numbers that were given out; the end of all rules has the first. */
    private int ids = 1;

    /** {@return how many nodes there are} */
    int size() {
        return ids;
    }

    Fragment empty() {
        Node.Fork only = fork();
        return new Fragment(only, only);
    }

    Fragment literal(byte[] utf8) {
        Node.Fork last = fork();
        Node start = last;
        for (int i = utf8.length - 1; i >= 0; i--) {
            int value = Byte.toUnsignedInt(utf8[i]);
            start = bytes(new int[] {value, value}, new Node[] {start});
        }
        return new Fragment(start, last);
    }

    /** @param characters ascending ranges without overlaps, at least one */
    Fragment characters(List<CodePoints.Range> characters) {
        Node.Fork last = fork();
        return new Fragment(new Utf8Network(last, this::bytes).start(characters), last);
    }

    /** @param position where the reference stands */
    Fragment reference(String name, int position) {
        Node.Fork last = fork();
        return new Fragment(add(new Node.Call(ids++, rule(name), last, position)), last);
    }

    Fragment sequence(Fragment first, Fragment second) {
        first.end().to(second.start());
        return new Fragment(first.start(), second.end());
    }

    Fragment alternatives(List<Fragment> alternatives) {
        if (alternatives.size() == 1) {
            return alternatives.get(0);
        }
        Node.Fork first = fork();
        Node.Fork last = fork();
        first.to(alternatives.stream().map(Fragment::start).toArray(Node[]::new));
        alternatives.forEach(alternative -> alternative.end().to(last));
        return new Fragment(first, last);
    }

    /**
     * @param ruleName the name of the rule that the repetition stands in
     * @param max {@link Node.Repeat#UNBOUNDED} if there is no upper bound
     */
    Fragment repetition(Fragment body, int min, int max, String ruleName) {
        if (max == 0) {
            return empty();
        }
        if (min == 1 && max == 1) {
            return body;
        }
        Node.Fork last = fork();
        if (min == 0 && (max == 1 || max == Node.Repeat.UNBOUNDED)) {
            Node.Fork first = fork();
            first.to(body.start(), last);
            body.end().to(max == 1 ? last : first);
            return new Fragment(first, last);
        }
        if (min == 1 && max == Node.Repeat.UNBOUNDED) {
            body.end().to(body.start(), last);
            return new Fragment(body.start(), last);
        }
        return new Fragment(add(new Node.Repeat(ids++, body(body, ruleName), min, max, last)), last);
    }

    /**
     * @param separator what comes between two members
     * @param members at least one, none of which may be empty
     * @param max {@link Node.Repeat#UNBOUNDED} if there is no upper bound to all together
     * @param ruleName the name of the rule that the members stand in
     * @param position where that is
     */
    Fragment anyOrder(Fragment separator, List<Part> members, int min, int max, String ruleName, int position) {
        Node.Fork last = fork();
        Rule between = body(separator, ruleName);
        List<Node.Member> all = new ArrayList<>();
        for (Part part : members) {
            Rule first = body(part.body(), ruleName);
            Node call = add(new Node.Call(ids++, first, end, position));
            Rule later = Rule.body(rules.size(), ruleName, add(new Node.Call(ids++, between, call, position)));
            rules.add(later);
            all.add(new Node.Member(ids++, all.size(), part.times(), first, later));
        }
        return new Fragment(add(new Node.AnyOrder(ids++, List.copyOf(all), min, max, last)), last);
    }

    /** A part that comes in any order with others. */
    record Part(Fragment body, Node.Times times) {}

    private Rule body(Fragment body, String ruleName) {
        body.end().to(end);
        Rule rule = Rule.body(rules.size(), ruleName, body.start());
        rules.add(rule);
        return rule;
    }

    /** {@return whether a part of a group in any order can be empty; to be asked when rules know whether they can be} */
    static boolean hasEmptyMember(Fragment anyOrder) {
        return ((Node.AnyOrder) anyOrder.start())
                .members().stream().anyMatch(member -> member.first().isNullable());
    }

    /** Defines a rule; the last definition of a name is the one that counts. */
    void define(String name, Fragment fragment) {
        fragment.end().to(end);
        rule(name).define(fragment.start());
    }

    /** {@return the rule of a name, which need not be defined yet} */
    Rule rule(String name) {
        return rulesByName.computeIfAbsent(name, key -> {
            Rule rule = Rule.named(rules.size(), key);
            rules.add(rule);
            return rule;
        });
    }

    /** {@return all rules, in the order in which they were mentioned first} */
    List<Rule> rules() {
        return rules;
    }

    /** Leads every edge past the nodes that take nothing and have one target only. All rules must be defined. */
    void straighten() {
        for (Node node : nodes) {
            if (node instanceof Node.Bytes bytes) {
                straighten(bytes.targets());
            } else if (node instanceof Node.Fork fork) {
                straighten(fork.targets());
            } else if (node instanceof Node.Call call) {
                call.next(straight(call.next()));
            } else if (node instanceof Node.Repeat repeat) {
                repeat.next(straight(repeat.next()));
            } else if (node instanceof Node.AnyOrder set) {
                set.next(straight(set.next()));
            }
        }
        rules.forEach(rule -> rule.define(straight(rule.start())));
    }

    private static void straighten(Node[] targets) {
        for (int i = 0; i < targets.length; i++) {
            targets[i] = straight(targets[i]);
        }
    }

    private static Node straight(Node node) {
        Node straight = node;
        // Every loop of a network has a node with two targets: into the loop, and out of it.
        while (straight instanceof Node.Fork fork && fork.targets().length == 1) {
            straight = fork.targets()[0];
        }
        // What was passed by leads straight there from now on, so that a long way is gone once.
        Node passed = node;
        while (passed instanceof Node.Fork fork && fork.targets().length == 1) {
            passed = fork.targets()[0];
            fork.targets()[0] = straight;
        }
        return straight;
    }

    /** {@return for each byte the number of its class: bytes of one class lead to the same target wherever a network takes bytes} */
    int[] byteClasses() {
        boolean[] begins = new boolean[257];
        for (Node node : nodes) {
            if (node instanceof Node.Bytes bytes) {
                for (int i = 0; i < bytes.targets().length; i++) {
                    begins[bytes.bounds()[2 * i]] = true;
                    begins[bytes.bounds()[2 * i + 1] + 1] = true;
                }
            }
        }
        int[] classes = new int[256];
        for (int value = 1; value < classes.length; value++) {
            classes[value] = classes[value - 1] + (begins[value] ? 1 : 0);
        }
        return classes;
    }

    private Node.Bytes bytes(int[] bounds, Node[] targets) {
        return add(new Node.Bytes(ids++, bounds, targets));
    }

    private Node.Fork fork() {
        return add(new Node.Fork(ids++));
    }

    private <N extends Node> N add(N node) {
        nodes.add(node);
        return node;
    }
}
