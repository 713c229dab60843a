package io.hyperion.war.llamacpp;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The sessions of those who keep their cookie, for a bounded time and of a bounded number. Who never comes back, since he keeps no cookies,
 * takes no room from those who do: sessions that were used once only are counted by themselves. Safe for use by many threads.
 */
final class Sessions {
    /** How many sessions of those who came back are kept, and how many of others; the longest unused one goes first. */
    static final int MAX_SESSIONS = 1000;

    /** How long a session is kept that nobody uses. */
    static final Duration MAX_IDLE = Duration.ofHours(1);

    private static final int ID_BYTES = 16;

    private final SecureRandom random = new SecureRandom();
    private final InstantSource clock;

    // Both in the order of their last use.
    private final Map<String, Entry> fresh = new LinkedHashMap<>();
    private final Map<String, Entry> kept = new LinkedHashMap<>();

    Sessions(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Finds a session, which counts as a use of it.
     *
     * @param id what the client keeps
     * @param owner who asks
     * @return the session; empty if there is none of that id any more, or it is of another owner
     */
    synchronized Optional<Session> find(String id, String owner) {
        forgetIdle(fresh);
        forgetIdle(kept);
        Entry entry = kept.getOrDefault(id, fresh.get(id));
        if (entry == null || !entry.owner.equals(owner)) {
            return Optional.empty();
        }
        fresh.remove(id);
        kept.remove(id);
        put(kept, id, new Entry(entry.session, owner, clock.instant()));
        return Optional.of(entry.session);
    }

    /**
     * Opens a session.
     *
     * @param session the session
     * @param owner who asks
     * @return what the client is to keep: 128 random bits
     */
    synchronized String open(Session session, String owner) {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        String id = HexFormat.of().formatHex(bytes);
        put(fresh, id, new Entry(session, owner, clock.instant()));
        return id;
    }

    private static void put(Map<String, Entry> sessions, String id, Entry entry) {
        if (sessions.size() == MAX_SESSIONS) {
            Iterator<String> oldest = sessions.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        sessions.put(id, entry);
    }

    private void forgetIdle(Map<String, Entry> sessions) {
        Instant limit = clock.instant().minus(MAX_IDLE);
        Iterator<Entry> oldest = sessions.values().iterator();
        while (oldest.hasNext() && oldest.next().used.isBefore(limit)) {
            oldest.remove();
        }
    }

    private record Entry(Session session, String owner, Instant used) {}
}
