package io.hyperion.core.engine;

import io.hyperion.core.llama.LlamaContext;
import io.hyperion.core.llama.LoraAdapter;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The cells of a context, by the tokens that they hold: a radix tree over the tokens of all live and finished sequences. Each node is a
 * run of tokens whose cells exist once, and knows all sequences that have them; so a new sequence takes the longest cached begin of its
 * prompt from any that has it, also from one that is still generating, without a copy.
 *
 * <p>Finished sequences stay, as long as nobody needs their cells or their ids; the least recently used one goes first. For use by the
 * batch loop's thread.
 */
final class PrefixCache {
    /**
     * Within which sequences share: keys and values depend on the adapters, and not every prompt is to be shared.
     *
     * @param adapters the adapters and their scales
     * @param owner who does not share with others; empty for all who do
     */
    record Realm(List<LoraAdapter.Scaled> adapters, Optional<Object> owner) {}

    /** A sequence of the context: where its tokens end in the tree. */
    static final class Place {
        private final int id;
        private final Realm realm;
        private Node end;
        private int length;
        private boolean live = true;

        private Place(int id, Realm realm, Node root) {
            this.id = id;
            this.realm = realm;
            this.end = root;
        }

        /** {@return the id of the sequence in the context} */
        int id() {
            return id;
        }

        /** {@return how many of its tokens are in the tree} */
        int length() {
            return length;
        }

        Realm realm() {
            return realm;
        }
    }

    private static final class Node {
        private Node parent;
        private int[] tokens;
        private int length;
        private final Map<Integer, Node> children = new HashMap<>(4);
        private final Set<Place> places;

        private Node(Node parent, int[] tokens, int length, Set<Place> places) {
            this.parent = parent;
            this.tokens = tokens;
            this.length = length;
            this.places = places;
        }

        private boolean hasLive() {
            for (Place place : places) {
                if (place.live) {
                    return true;
                }
            }
            return false;
        }
    }

    private final LlamaContext context;
    private final boolean sharing;
    private final Deque<Integer> freeIds = new ArrayDeque<>();
    private final Map<Realm, Node> roots = new HashMap<>();
    /** The least recently used one first. */
    private final Set<Place> idle = new LinkedHashSet<>();

    /**
     * @param context the context, of which all sequences are free
     * @param sharing whether sequences share; false for recurrent models, which have no cells to share
     */
    PrefixCache(LlamaContext context, boolean sharing) {
        this.context = context;
        this.sharing = sharing;
        for (int id = 0; id < context.settings().sequences(); id++) {
            freeIds.add(id);
        }
    }

    /** {@return whether there is an id, or an idle sequence to take one from} */
    boolean canOpen() {
        return !freeIds.isEmpty() || !idle.isEmpty();
    }

    /** {@return whether each id is taken, by live or by idle sequences} */
    boolean isFull() {
        return freeIds.isEmpty();
    }

    /** {@return a sequence without tokens; an idle one is given up for its id if need be. There are as many ids as slots, at least} */
    Place open(Realm realm) {
        if (freeIds.isEmpty()) {
            evict();
        }
        if (!sharing) {
            // b4916 goes on from the state of the sequence before, though that was removed.
            context.clear();
        }
        Node root = roots.computeIfAbsent(realm, unknown -> new Node(null, new int[0], 0, new LinkedHashSet<>()));
        Place place = new Place(freeIds.removeFirst(), realm, root);
        root.places.add(place);
        return place;
    }

    /** {@return whether sequences share at all} */
    boolean isSharing() {
        return sharing;
    }

    /** {@return how many of the first tokens are cached} */
    int match(Realm realm, int[] tokens, int limit) {
        Node root = roots.get(realm);
        return root == null || !sharing ? 0 : find(root, tokens, limit).length();
    }

    /**
     * Lengthens a sequence by the cells of others.
     *
     * @param place the sequence, whose tokens up to its length are the first of these
     * @param tokens its tokens
     * @param limit how many of these to look for at most
     * @return its length afterwards
     */
    int adopt(Place place, int[] tokens, int limit) {
        if (!sharing) {
            return place.length;
        }
        Match match = find(roots.get(place.realm), tokens, limit);
        if (match.length() > place.length) {
            Place source = match.node().places.iterator().next();
            touch(match.node());
            context.share(source.id, place.id, place.length, match.length());
            walk(place, tokens, match.length());
        }
        return place.length;
    }

    private record Match(Node node, int length) {}

    private Match find(Node root, int[] tokens, int limit) {
        Node node = root;
        int length = 0;
        while (length < limit) {
            Node child = node.children.get(tokens[length]);
            if (child == null) {
                break;
            }
            int same = same(child, tokens, length, limit);
            node = child;
            length += same;
            if (same < child.length) {
                break;
            }
        }
        return new Match(node, length);
    }

    private static int same(Node node, int[] tokens, int from, int to) {
        int end = Math.min(node.length, to - from);
        int different = Arrays.mismatch(node.tokens, 0, end, tokens, from, from + end);
        return different < 0 ? end : different;
    }

    /** The idle sequences that end with this node were of use. Those that only begin with it were not: another may keep it for them. */
    private void touch(Node node) {
        for (Place place : List.copyOf(node.places)) {
            if (place.end == node && idle.remove(place)) {
                idle.add(place);
            }
        }
    }

    /** Notes that a sequence has cells for its tokens up to a length; where others have the same, its own cells are given up. */
    void extend(Place place, int[] tokens, int length) {
        if (!sharing) {
            place.length = length;
            return;
        }
        while (place.length < length) {
            int from = place.length;
            Node end = place.end;
            Node child = end.children.get(tokens[from]);
            if (child != null) {
                int same = same(child, tokens, from, length);
                Place other = child.places.iterator().next();
                context.removeRange(place.id, from, from + same);
                context.share(other.id, place.id, from, from + same);
                walk(place, tokens, from + same);
            } else if (end.parent != null && end.children.isEmpty() && end.places.size() == 1) {
                int needed = end.length + length - from;
                if (needed > end.tokens.length) {
                    end.tokens = Arrays.copyOf(end.tokens, Math.max(16, needed + needed / 2));
                }
                System.arraycopy(tokens, from, end.tokens, end.length, length - from);
                end.length = needed;
                place.length = length;
            } else {
                Set<Place> places = new LinkedHashSet<>(4);
                places.add(place);
                Node added = new Node(end, Arrays.copyOfRange(tokens, from, length), length - from, places);
                end.children.put(tokens[from], added);
                place.end = added;
                place.length = length;
            }
        }
    }

    /** Leads a sequence down the tree to a length up to which its tokens are there. */
    private void walk(Place place, int[] tokens, int length) {
        while (place.length < length) {
            Node child = place.end.children.get(tokens[place.length]);
            int step = Math.min(child.length, length - place.length);
            if (step < child.length) {
                child = split(child, step);
            }
            child.places.add(place);
            place.end = child;
            place.length += step;
        }
    }

    /** {@return the upper part; the lower one stays what it was for those that end there} */
    private static Node split(Node node, int at) {
        Node upper = new Node(node.parent, Arrays.copyOf(node.tokens, at), at, new LinkedHashSet<>(node.places));
        node.parent.children.put(node.tokens[0], upper);
        node.tokens = Arrays.copyOfRange(node.tokens, at, node.length);
        node.length -= at;
        node.parent = upper;
        upper.children.put(node.tokens[0], node);
        return upper;
    }

    /** Lets go of a sequence that has ended; its cells stay as long as nobody needs them. */
    void keep(Place place) {
        place.live = false;
        if (!sharing || place.length == 0 || place.realm.owner().isPresent()) {
            drop(place);
            return;
        }
        // Cells behind the tree's are of nobody's use.
        context.removeFrom(place.id, place.length);
        if (place.end.places.size() > 1 || !place.end.children.isEmpty()) {
            // All that it has, another has too.
            touch(place.end);
            drop(place);
            return;
        }
        for (Node node = place.end.parent; node != null; node = node.parent) {
            for (Place other : idlePlacesEndingAt(node)) {
                drop(other);
            }
        }
        idle.add(place);
    }

    private Set<Place> idlePlacesEndingAt(Node node) {
        Set<Place> ending = new LinkedHashSet<>();
        for (Place place : node.places) {
            if (place.end == node && !place.live && idle.contains(place)) {
                ending.add(place);
            }
        }
        return ending;
    }

    /** Frees a sequence and the cells that no other has. */
    void drop(Place place) {
        idle.remove(place);
        context.removeFrom(place.id, 0);
        leaveTree(place);
        freeIds.addLast(place.id);
    }

    private void leaveTree(Place place) {
        Node node = place.end;
        while (node != null) {
            Node parent = node.parent;
            node.places.remove(place);
            if (parent == null) {
                if (node.places.isEmpty()) {
                    roots.remove(place.realm, node);
                }
            } else if (node.places.isEmpty()) {
                parent.children.remove(node.tokens[0], node);
            } else {
                mergeWithChild(node);
            }
            node = parent;
        }
    }

    /** A node whose sequences all go on to the same child need not be one of its own. */
    private static void mergeWithChild(Node node) {
        if (node.children.size() != 1) {
            return;
        }
        Node child = node.children.values().iterator().next();
        if (child.places.size() != node.places.size()) {
            return;
        }
        int[] tokens = Arrays.copyOf(node.tokens, node.length + child.length);
        System.arraycopy(child.tokens, 0, tokens, node.length, child.length);
        child.tokens = tokens;
        child.length = tokens.length;
        child.parent = node.parent;
        node.parent.children.put(tokens[0], child);
    }

    /**
     * Takes the end of a live sequence out of the tree: its cells stay, and are its own from then on.
     *
     * @param place the sequence
     * @param length how many of its tokens stay in the tree
     * @return false if another live sequence has some of these cells too: nothing was done then
     */
    boolean withdraw(Place place, int length) {
        if (length >= place.length) {
            return true;
        }
        Node first = beginningAt(place, length);
        for (Place other : first.places) {
            if (other != place && other.live) {
                return false;
            }
        }
        for (Place other : Set.copyOf(first.places)) {
            if (other != place) {
                drop(other);
            }
        }
        // Anew: dropping may have joined the node with the one above.
        first = beginningAt(place, length);
        first.parent.children.remove(first.tokens[0], first);
        place.end = first.parent;
        place.length = length;
        return true;
    }

    /**
     * Frees the cells of the end of a live sequence that no other has.
     *
     * @param place the sequence
     * @param length how many of its tokens are to stay
     * @return how many stay: none of a recurrent model, which cannot take back a part
     */
    int cut(Place place, int length) {
        if (!sharing) {
            context.clear();
            place.length = 0;
            return 0;
        }
        context.removeFrom(place.id, length);
        if (length >= place.length) {
            return length;
        }
        Node first = beginningAt(place, length);
        Node above = first.parent;
        for (Node node = place.end; node != above; node = node.parent) {
            node.places.remove(place);
            if (node.places.isEmpty()) {
                node.parent.children.remove(node.tokens[0], node);
            }
        }
        place.end = above;
        place.length = length;
        return length;
    }

    /**
     * Gives up the idle sequences that lost cells.
     *
     * @param intact {@code int[sequences]}: how many positions of each are there
     */
    void dropDamaged(int[] intact) {
        for (Place place : List.copyOf(idle)) {
            if (intact[place.id] < place.length) {
                drop(place);
            }
        }
    }

    /** {@return the node of a sequence that begins with the token at this position; it is made one if it was not} */
    private static Node beginningAt(Place place, int position) {
        Node node = place.end;
        int start = place.length - node.length;
        while (start > position) {
            node = node.parent;
            start -= node.length;
        }
        if (start < position) {
            split(node, position - start);
        }
        return node;
    }

    /** {@return the least recently used idle sequence} */
    Optional<Place> oldestIdle() {
        return idle.stream().findFirst();
    }

    /** {@return how many cells only this sequence has} */
    int ownCells(Place place) {
        int cells = 0;
        for (Node node = place.end; node.parent != null && node.places.size() == 1; node = node.parent) {
            cells += node.length;
        }
        return cells;
    }

    /** {@return the tokens of a sequence that are in the tree} */
    int[] tokens(Place place) {
        int[] tokens = new int[place.length];
        int end = place.length;
        for (Node node = place.end; node.parent != null; node = node.parent) {
            end -= node.length;
            System.arraycopy(node.tokens, 0, tokens, end, node.length);
        }
        return tokens;
    }

    /** Gives up the least recently used idle sequence. */
    boolean evict() {
        Iterator<Place> oldest = idle.iterator();
        if (!oldest.hasNext()) {
            return false;
        }
        drop(oldest.next());
        return true;
    }

    /**
     * Gives up the idle sequence of these very tokens, if there is one.
     *
     * @param realm where it is shared
     * @param tokens its tokens
     */
    void forget(Realm realm, int[] tokens) {
        Node root = roots.get(realm);
        if (root != null) {
            Match match = find(root, tokens, tokens.length);
            for (Place place : List.copyOf(match.node().places)) {
                if (place.end == match.node() && place.length == tokens.length && idle.contains(place)) {
                    drop(place);
                }
            }
        }
    }

    /** {@return how many cells hold tokens of live sequences} */
    int liveCells() {
        return roots.values().stream().mapToInt(root -> cells(root, true)).sum();
    }

    /** {@return how many cells hold tokens of any sequence} */
    int cells() {
        return roots.values().stream().mapToInt(root -> cells(root, false)).sum();
    }

    private static int cells(Node node, boolean liveOnly) {
        int cells = node.length;
        for (Node child : node.children.values()) {
            if (!liveOnly || child.hasLive()) {
                cells += cells(child, liveOnly);
            }
        }
        return cells;
    }

    /** {@return how many finished sequences are kept} */
    int idle() {
        return idle.size();
    }

    /** Forgets everything: the context was cleared. */
    void clear() {
        roots.clear();
        idle.clear();
        freeIds.clear();
        for (int id = 0; id < context.settings().sequences(); id++) {
            freeIds.add(id);
        }
    }
}
