package io.hyperion.war.neuroengine;

import static java.lang.System.Logger.Level.DEBUG;

import io.hyperion.api.BusyException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.Prompt;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The streams under way, by who has opened them and the key that he gave each: the same key of somebody else is another stream, so that
 * nobody learns of one that is not his. A stream that nobody asks for is dropped after a while, and its generation ends. Safe for use by
 * many threads.
 */
final class PollingStreams {
    /**
     * How much is kept.
     *
     * @param streams how many streams
     * @param ofOne how many of these one caller may have
     * @param idle how long a stream is kept that nobody asks for
     */
    record Limits(int streams, int ofOne, Duration idle) {}

    private static final System.Logger LOG = System.getLogger(PollingStreams.class.getName());

    /** The scheduler is the server's own: what waits in it would keep an application that is undeployed in memory. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

    private final ScheduledExecutorService scheduler;
    private final Limits limits;

    // Guarded by this object's lock; the oldest first.
    private final Map<Id, Entry> streams = new LinkedHashMap<>();
    private boolean closed;

    PollingStreams(ScheduledExecutorService scheduler, Limits limits) {
        this.scheduler = scheduler;
        this.limits = limits;
    }

    /**
     * The stream of a key: the one that is under way, or else a new one.
     *
     * @param owner who asks
     * @param key the key that he gives
     * @param request what he asks for
     * @param client his way to the models
     * @return the stream
     * @throws InvalidRequestException ({@link ErrorCode#CONFLICT}) if the one under way is of another message or model
     * @throws BusyException if there are too many streams
     * @throws HyperionException if the request is refused
     */
    PollingStream of(String owner, String key, GenerateRequest request, HyperionClient client) {
        Id id = new Id(owner, key);
        Opening opening = new Opening(request.model(), request.prompt().hashCode());
        PollingStream stream;
        synchronized (this) {
            Entry entry = streams.get(id);
            if (entry != null) {
                if (!entry.opening.equals(opening)) {
                    throw new InvalidRequestException(
                            ErrorCode.CONFLICT,
                            "streamkey",
                            "The stream of this 'streamkey' is under way, of another message or model: ask until it"
                                    + " ends, or take another key");
                }
                return entry.stream;
            }
            makeRoom(owner);
            stream = new PollingStream();
            streams.put(id, new Entry(stream, opening));
        }
        try {
            stream.attach(client.stream(request, stream));
        } catch (HyperionException refusal) {
            stream.onError(refusal);
            remove(owner, key, stream);
            throw refusal;
        }
        watch(id, stream, limits.idle());
        return stream;
    }

    /** The end of a stream has been told: its key may begin another one. */
    synchronized void remove(String owner, String key, PollingStream stream) {
        remove(new Id(owner, key), stream);
    }

    private synchronized boolean remove(Id id, PollingStream stream) {
        Entry entry = streams.get(id);
        if (entry == null || entry.stream != stream) {
            return false;
        }
        streams.remove(id);
        return true;
    }

    /** {@return how many there are} */
    synchronized int size() {
        return streams.size();
    }

    /** Ends all of them; none is begun any more. */
    void close() {
        List<Entry> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(streams.values());
            streams.clear();
        }
        all.forEach(entry -> entry.stream.cancel());
    }

    /** What has ended and was not asked for to its end makes room for who comes. */
    private void makeRoom(String owner) {
        if (closed) {
            throw new ModelUnavailableException(ErrorCode.SHUTTING_DOWN, "The server is shutting down");
        }
        List<Id> his =
                streams.keySet().stream().filter(id -> id.owner.equals(owner)).toList();
        if (his.size() >= limits.ofOne()) {
            dropEnded(his, limits.ofOne());
        } else if (streams.size() >= limits.streams()) {
            dropEnded(List.copyOf(streams.keySet()), limits.streams());
        }
    }

    private void dropEnded(List<Id> candidates, int limit) {
        Id oldest = candidates.stream()
                .filter(id -> streams.get(id).stream.isEnded())
                .findFirst()
                .orElseThrow(() -> new BusyException(
                        ErrorCode.TOO_MANY_REQUESTS,
                        "There are " + limit + " streams under way already, the limit set here",
                        Duration.ofSeconds(10)));
        streams.remove(oldest);
    }

    private void watch(Id id, PollingStream stream, Duration left) {
        Duration wait = left.compareTo(LONGEST_WAIT) < 0 ? left : LONGEST_WAIT;
        try {
            scheduler.schedule(() -> lookAfter(id, stream), wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException shutdown) {
            LOG.log(DEBUG, "A stream is not kept: the server takes no more work", shutdown);
            remove(id, stream);
            stream.cancel();
        }
    }

    private void lookAfter(Id id, PollingStream stream) {
        synchronized (this) {
            Entry entry = streams.get(id);
            if (entry == null || entry.stream != stream) {
                return;
            }
        }
        Duration left = limits.idle().minus(stream.idle());
        if (left.isNegative() || left.isZero()) {
            remove(id, stream);
            stream.cancel();
        } else {
            watch(id, stream, left);
        }
    }

    private record Id(String owner, String key) {}

    private record Entry(PollingStream stream, Opening opening) {}

    /**
     * What a stream was opened with, as far as it takes to notice that somebody uses a key for two: the message itself may be large.
     *
     * @param model the model's name
     * @param promptHash of the {@link Prompt}
     */
    private record Opening(Optional<String> model, int promptHash) {}
}
