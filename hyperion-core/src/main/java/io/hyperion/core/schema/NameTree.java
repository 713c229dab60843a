package io.hyperion.core.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Names as a tree of their characters, to write all other names: at each character a name goes its own way, or stays within the tree. */
final class NameTree {
    private final List<Node> nodes = new ArrayList<>(List.of(new Node()));

    private static final class Node {
        private final Map<Integer, Integer> children = new TreeMap<>();
        private boolean isName;
    }

    void add(String name) {
        int node = 0;
        for (int c : name.codePoints().toArray()) {
            Integer child = nodes.get(node).children.get(c);
            if (child == null) {
                child = nodes.size();
                nodes.get(node).children.put(c, child);
                nodes.add(new Node());
            }
            node = child;
        }
        nodes.get(node).isName = true;
    }

    /** {@return a part of GBNF for all names that are not in the tree, without quotes; {@link Rules#KEY} must be there} */
    String write(UnaryOperator<String> named) {
        String[] texts = new String[nodes.size()];
        // A node comes after its parent.
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            String text = text(node, texts);
            texts[i] = i > 0 && text.length() > 20 ? named.apply(text) : text;
        }
        return texts[0];
    }

    private static String text(Node node, String[] texts) {
        if (node.children.isEmpty()) {
            // Any character after a whole name.
            return "([^\"\\\\\\x00-\\x1F] json-kr | json-ke)";
        }
        StringBuilder escapes = new StringBuilder("\"\\bfnrt");
        List<CharacterSet> own = new ArrayList<>();
        List<String> ways = new ArrayList<>();
        for (Map.Entry<Integer, Integer> child : node.children.entrySet()) {
            int c = child.getKey();
            String written = Json.character(c);
            if (written.length() > 2) {
                // Other control characters do not come in names that are not declared.
                continue;
            }
            if (written.charAt(0) == '\\') {
                escapes.deleteCharAt(escapes.indexOf(written.substring(1)));
            } else {
                own.add(CharacterSet.of(c, c));
            }
            ways.add(Gbnf.literal(written) + " " + texts[child.getValue()]);
        }
        own.addAll(List.of(CharacterSet.of(0, 0x1F), CharacterSet.of("\"\\")));
        CharacterSet plain = CharacterSet.anyOf(own).inverse();
        ways.add(Gbnf.characters(plain) + " json-kr");
        if (!escapes.isEmpty()) {
            ways.add("\"\\\\\" " + Gbnf.characters(CharacterSet.of(escapes.toString())) + " json-kr");
        }
        return "(" + String.join(" | ", ways) + ")" + (node.isName ? "" : "?");
    }
}
