package io.hyperion.jca;

import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerationTimeoutException;
import io.hyperion.api.HyperionException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/**
 * One request that has a connection for as long as it runs. It waits in a thread of the adapter: servers take connections away from the
 * threads of applications when their request or transaction ends. Its outcome is told when the connection is back.
 *
 * @param <R> what it gives
 */
final class Borrowing<R> implements Runnable {
    private static final System.Logger LOG = System.getLogger(Borrowing.class.getName());
    private static final Runnable NOTHING = () -> {};

    /**
     * What is done with the connection.
     *
     * @param <R> what it gives
     */
    interface Work<R> {
        /**
         * Begins.
         *
         * @param loan the connection
         * @param waited how long the request waited for it
         * @return what it gives
         * @throws HyperionException if it is refused
         */
        Running<R> begin(Loan loan, Duration waited);
    }

    /**
     * What has begun.
     *
     * @param end its end
     * @param cancel ends it soon; its end is told all the same
     * @param <R> what it gives
     */
    record Running<R>(CompletableFuture<R> end, Runnable cancel) {}

    /**
     * Who hears of the end, once.
     *
     * @param <R> what it gives
     */
    interface Outcome<R> {
        void done(R result);

        void failed(HyperionException error);

        /** It was cancelled before it had a connection. */
        void cancelled(Duration waited);
    }

    private final Lender lender;
    private final HyperionConnectionRequestInfo info;
    private final Optional<Duration> timeout;
    private final Work<R> work;
    private final Outcome<R> outcome;
    private final long arrived = System.nanoTime();

    // All that follows is guarded by this.
    private Optional<Thread> borrower = Optional.empty();
    private Optional<Future<?>> alarm = Optional.empty();
    private Optional<Runnable> stop = Optional.empty();
    private boolean borrowed;
    private boolean cancelled;
    private boolean ended;

    Borrowing(
            Lender lender,
            HyperionConnectionRequestInfo info,
            Optional<Duration> timeout,
            Work<R> work,
            Outcome<R> outcome) {
        this.lender = lender;
        this.info = info;
        this.timeout = timeout;
        this.work = work;
        this.outcome = outcome;
    }

    /**
     * Begins.
     *
     * @throws HyperionException if too many wait already, or the adapter is stopped; the outcome then hears nothing
     */
    void start() {
        lender.enter();
        boolean started = false;
        try {
            Workers workers = lender.model().workers();
            synchronized (this) {
                alarm = timeout.map(limit -> workers.later(limit, this::timeOut));
            }
            workers.execute(this);
            started = true;
        } catch (RejectedExecutionException e) {
            throw SharedModel.stopped();
        } finally {
            if (!started) {
                giveUp();
                lender.leave();
            }
        }
    }

    private synchronized void giveUp() {
        ended = true;
        alarm.ifPresent(later -> later.cancel(false));
    }

    @Override
    public void run() {
        Runnable telling;
        try {
            telling = perform();
        } finally {
            lender.leave();
        }
        // Not before: who asks again at once must not be refused for the sake of this one.
        tell(telling);
    }

    /** {@return what tells of the end} */
    private Runnable perform() {
        if (!beginWaiting()) {
            return NOTHING;
        }
        Loan loan;
        try {
            loan = lender.lend(info);
        } catch (HyperionException e) {
            return failureUnlessAbandoned(e);
        } catch (RuntimeException | Error e) {
            // Of the server's: whoever waits must hear of it.
            return failureUnlessAbandoned(engineFailure(e));
        }
        if (endWaiting()) {
            return use(loan);
        }
        giveBack(loan, Optional.empty());
        return NOTHING;
    }

    private synchronized boolean beginWaiting() {
        if (!ended) {
            borrower = Optional.of(Thread.currentThread());
        }
        return !ended;
    }

    /** {@return whether the request still wants the connection} */
    private synchronized boolean endWaiting() {
        borrower = Optional.empty();
        // One that came too late.
        Thread.interrupted();
        alarm.ifPresent(later -> later.cancel(false));
        borrowed = !ended;
        return borrowed;
    }

    private Runnable failureUnlessAbandoned(HyperionException error) {
        return endWaiting() ? () -> outcome.failed(error) : NOTHING;
    }

    private Runnable use(Loan loan) {
        Optional<HyperionException> failure = Optional.empty();
        Optional<R> result = Optional.empty();
        try {
            Running<R> running = work.begin(loan, waited());
            follow(running.cancel());
            result = Optional.of(running.end().join());
        } catch (HyperionException e) {
            failure = Optional.of(e);
        } catch (CompletionException e) {
            failure =
                    Optional.of(e.getCause() instanceof HyperionException error ? error : engineFailure(e.getCause()));
        } catch (RuntimeException | Error e) {
            failure = Optional.of(engineFailure(e));
        }
        giveBack(loan, failure);
        Optional<R> given = result;
        return failure.<Runnable>map(error -> () -> outcome.failed(error))
                .orElseGet(() -> () -> given.ifPresent(outcome::done));
    }

    private void giveBack(Loan loan, Optional<HyperionException> failure) {
        try {
            loan.end().accept(failure);
        } catch (RuntimeException | Error e) {
            // The server's code, of which it knows by itself; the caller is told what the request gave.
            LOG.log(
                    System.Logger.Level.WARNING,
                    AdapterMessage.NOT_GIVEN_BACK.text(lender.model().name(), e),
                    e);
        }
    }

    private void follow(Runnable cancel) {
        boolean atOnce;
        synchronized (this) {
            stop = Optional.of(cancel);
            atOnce = cancelled;
        }
        if (atOnce) {
            cancel.run();
        }
    }

    /** Ends it: at once if it waits for a connection, else within a step of the engine. Does nothing if it has ended. */
    void cancel() {
        if (abandon()) {
            tell(() -> outcome.cancelled(waited()));
            return;
        }
        Optional<Runnable> running;
        synchronized (this) {
            cancelled = true;
            running = stop;
        }
        running.ifPresent(Runnable::run);
    }

    private void timeOut() {
        if (abandon()) {
            tell(() -> outcome.failed(tookTooLong(lender.model().name())));
        }
    }

    static GenerationTimeoutException tookTooLong(String model) {
        return new GenerationTimeoutException(ErrorCode.TIMEOUT, AdapterMessage.TIMEOUT.text(model));
    }

    /** Some servers let themselves be interrupted, so that others may wait; the others give the connection in vain. */
    private synchronized boolean abandon() {
        if (ended || borrowed) {
            return false;
        }
        giveUp();
        borrower.ifPresent(Thread::interrupt);
        return true;
    }

    private Duration waited() {
        return Duration.ofNanos(System.nanoTime() - arrived);
    }

    private EngineException engineFailure(Throwable cause) {
        return new EngineException(
                ErrorCode.ENGINE_FAILURE,
                AdapterMessage.ENGINE.text(lender.model().name()),
                cause);
    }

    private void tell(Runnable telling) {
        try {
            telling.run();
        } catch (RuntimeException | Error e) {
            // The caller's code: it has heard the end, and there is nobody else to tell.
            LOG.log(
                    System.Logger.Level.WARNING,
                    AdapterMessage.LISTENER.text(lender.model().name()),
                    e);
        }
    }
}
