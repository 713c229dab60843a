package io.hyperion.api.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.BusyException;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.JavaTool;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelUnavailableException;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two applications whose classes have the same names and are not the same. */
@Timeout(60)
class TwoApplicationsTest {
    private final BlockingQueue<String> pieces = new LinkedBlockingQueue<>();
    private OtherApplication other;
    private BiFunction<String, Map<String, Object>, Object> exported;
    private BridgedClient client;

    @BeforeEach
    void deploy() throws ReflectiveOperationException {
        other = new OtherApplication();
        exported = other.export(pieces);
        client = new BridgedClient(() -> exported);
    }

    @AfterEach
    void undeploy() throws IOException {
        client.close();
        other.close();
    }

    private static GenerateRequest ask(String text) {
        return GenerateRequest.builder().user(text).build();
    }

    @Test
    void the_other_applications_classes_are_others() {
        assertThat(exported).isNotInstanceOf(ExportedClient.class);
        assertThat(exported.getClass().getClassLoader())
                .isSameAs(other.loader())
                .isNotSameAs(ExportedClient.class.getClassLoader());
    }

    @Test
    void a_reply_arrives_in_the_callers_own_classes() {
        pieces.addAll(List.of("Good ", "day", ""));

        GenerateReply reply = client.generate(ask("Hello"));

        assertThat(reply.text()).isEqualTo("Good day");
        assertThat(client.models()).singleElement().isInstanceOf(ModelInfo.class);
    }

    @Test
    void a_first_piece_is_heard_before_the_last_is_made() throws InterruptedException {
        RecordingListener heard = new RecordingListener();
        client.stream(ask("Hello"), heard);

        pieces.add("first");
        assertThat(heard.nextPiece()).isEqualTo("first");
        assertThat(heard.replies).isEmpty();
        pieces.addAll(List.of("last", ""));
        heard.awaitEnd();

        assertThat(heard.nextPiece()).isEqualTo("last");
        assertThat(heard.replies).singleElement().satisfies(reply -> assertThat(reply.text())
                .isEqualTo("firstlast"));
        assertThat(heard.errors).isEmpty();
    }

    @Test
    void a_cancelled_stream_ends_with_what_there_was() throws InterruptedException {
        RecordingListener heard = new RecordingListener();
        Generation generation = client.stream(ask("Hello"), heard);
        pieces.add("first");
        heard.nextPiece();

        generation.cancel();
        heard.awaitEnd();

        assertThat(heard.replies).singleElement().satisfies(reply -> {
            assertThat(reply.text()).isEqualTo("first");
            assertThat(reply.finishReason()).isEqualTo(FinishReason.CANCELLED);
        });
        generation.cancel();
        assertThat(heard.replies).hasSize(1);
    }

    @Test
    void errors_are_of_the_callers_own_classes() {
        assertThatThrownBy(() -> client.generate(ask("busy"))).isInstanceOfSatisfying(BusyException.class, error -> {
            assertThat(error.code()).isEqualTo(ErrorCode.QUEUE_FULL);
            assertThat(error.retryAfter()).contains(Duration.ofSeconds(7));
            assertThat(error).hasMessage("too much").hasNoCause();
        });
        RecordingListener heard = new RecordingListener();
        assertThatThrownBy(() -> client.stream(ask("busy"), heard)).isInstanceOf(BusyException.class);
        assertThat(heard.contexts).isEmpty();
        assertThat(client.generateAsync(ask("busy")).toCompletableFuture())
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withCauseInstanceOf(BusyException.class);
    }

    @Test
    void a_bug_of_the_other_application_is_an_engine_failure() {
        assertThatThrownBy(() -> client.generate(ask("bug"))).isInstanceOfSatisfying(EngineException.class, error -> {
            assertThat(error.code()).isEqualTo(ErrorCode.ENGINE_FAILURE);
            assertThat(error)
                    .hasMessageContaining("a bug of the other application")
                    .hasNoCause();
        });
    }

    @Test
    void a_server_that_threw_away_the_other_applications_classes_is_an_engine_failure() {
        BridgedClient broken = new BridgedClient(() -> (operation, arguments) -> {
            throw new NoClassDefFoundError("io/hyperion/Gone");
        });

        assertThatThrownBy(broken::models)
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("io/hyperion/Gone")
                .hasNoCause();
    }

    @Test
    void a_listener_that_throws_is_told_so_and_its_generation_ends() throws InterruptedException {
        CountDownLatch told = new CountDownLatch(1);
        List<HyperionException> errors = new ArrayList<>();
        client.stream(ask("Hello"), new GenerateListener() {
            @Override
            public void onText(String text) {
                throw new UnsupportedOperationException("no " + text);
            }

            @Override
            public void onDone(GenerateReply reply) {
                throw new AssertionError("It failed");
            }

            @Override
            public void onError(HyperionException error) {
                errors.add(error);
                told.countDown();
            }
        });
        pieces.add("piece");

        assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(errors).singleElement().isInstanceOfSatisfying(EngineException.class, error -> assertThat(error)
                .hasMessageContaining("UnsupportedOperationException")
                .hasMessageContaining("no piece")
                .hasNoCause());
    }

    @Test
    void an_interrupt_cancels_the_wait_and_the_generation() throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicReference<Boolean> interrupted = new AtomicReference<>();
        Thread waiting = new Thread(() -> {
            try {
                client.generate(ask("Hello"));
            } catch (HyperionException e) {
                thrown.set(e);
            }
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        waiting.start();
        awaitState(waiting, Thread.State.WAITING);

        waiting.interrupt();
        waiting.join(10_000);

        assertThat(thrown.get()).isInstanceOf(GenerationCancelledException.class);
        assertThat(interrupted).hasValue(true);
        awaitEngines();
    }

    @Test
    void cancelling_a_future_cancels_the_generation() throws InterruptedException {
        CompletableFuture<GenerateReply> future =
                client.generateAsync(ask("Hello")).toCompletableFuture();

        future.cancel(true);

        assertThat(future).isCancelled();
        // Its engine takes nothing more: the next generation gets all of it.
        awaitEngines();
        pieces.addAll(List.of("Good day", ""));
        assertThat(client.generate(ask("Hello")).text()).isEqualTo("Good day");
    }

    /** Waits until no generation is under way. */
    private static void awaitEngines() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("rehearsed engine")) {
                thread.join(10_000);
            }
        }
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals("rehearsed engine")))
                .isEmpty();
    }

    @Test
    void each_subscription_is_a_generation_of_its_own_whose_waiting_pieces_are_joined() throws InterruptedException {
        Flow.Publisher<GenerateEvent> publisher = client.stream(ask("Hello"));
        for (int generation = 0; generation < 2; generation++) {
            SlowSubscriber subscriber = new SlowSubscriber();
            publisher.subscribe(subscriber);
            pieces.addAll(List.of("one ", "two ", "three", ""));
            awaitEngines();

            subscriber.subscription.request(1);
            assertThat(subscriber.events.poll(10, TimeUnit.SECONDS))
                    .isEqualTo(new GenerateEvent.Piece("one two three"));
            assertThat(subscriber.events).isEmpty();
            subscriber.subscription.request(1);
            assertThat(subscriber.events.poll(10, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            GenerateEvent.Done.class,
                            done -> assertThat(done.reply().text()).isEqualTo("one two three"));
        }
    }

    private static final class SlowSubscriber implements Flow.Subscriber<GenerateEvent> {
        final BlockingQueue<GenerateEvent> events = new LinkedBlockingQueue<>();
        volatile Flow.Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription begun) {
            subscription = begun;
        }

        @Override
        public void onNext(GenerateEvent event) {
            events.add(event);
        }

        @Override
        public void onError(Throwable error) {
            throw new AssertionError(error);
        }

        @Override
        public void onComplete() {
            // The reply says so.
        }
    }

    @Test
    void cancelling_a_subscription_cancels_the_generation() throws InterruptedException {
        SlowSubscriber subscriber = new SlowSubscriber();
        client.stream(ask("Hello")).subscribe(subscriber);

        subscriber.subscription.cancel();

        awaitEngines();
        assertThat(subscriber.events).isEmpty();
    }

    @Test
    void each_application_works_in_its_own_context() throws Exception {
        ClassLoader mine = new URLClassLoader(new URL[0]);
        RecordingListener heard = new RecordingListener();
        AtomicReference<ClassLoader> dependent = new AtomicReference<>();
        ClassLoader before = ThreadContext.current();
        Thread.currentThread().setContextClassLoader(mine);
        CompletableFuture<Void> stage;
        try {
            assertThat(client.generate(ask("loader")).text()).isEqualTo("its own");
            assertThat(ThreadContext.current()).isSameAs(mine);
            client.stream(ask("Hello"), heard);
            pieces.addAll(List.of("piece", ""));
            heard.awaitEnd();
            stage = client.generateAsync(ask("Hello"))
                    .thenAccept(reply -> dependent.set(ThreadContext.current()))
                    .toCompletableFuture();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
        pieces.add("");
        stage.get(10, TimeUnit.SECONDS);

        assertThat(heard.contexts).hasSize(3).containsOnly(mine);
        assertThat(dependent).hasValue(mine);
    }

    public record Ticket(String title, int severity) {}

    @Test
    void a_reply_of_a_type_is_read_by_the_application_that_has_the_type() {
        pieces.addAll(List.of("{\"title\":\"No light\",", "\"severity\":2}", ""));

        assertThat(client.generate(ask("Read this"), Ticket.class)).isEqualTo(new Ticket("No light", 2));
    }

    @Test
    void tools_run_in_the_application_that_has_them() {
        JavaTool tool = JavaTool.of("ticket", "Files a ticket", Ticket.class, ticket -> "filed " + ticket.title());
        pieces.addAll(List.of("There is nothing to file", ""));

        assertThat(client.converse(ask("File it"), List.of(tool)).text()).isEqualTo("There is nothing to file");
    }

    @Test
    void closing_ends_what_is_under_way_and_refuses_more() throws InterruptedException {
        RecordingListener heard = new RecordingListener();
        client.stream(ask("Hello"), heard);
        CompletableFuture<GenerateReply> future =
                client.generateAsync(ask("Hello")).toCompletableFuture();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicReference<Boolean> interrupted = new AtomicReference<>();
        Thread waiting = new Thread(() -> {
            try {
                client.generate(ask("Hello"));
            } catch (HyperionException e) {
                thrown.set(e);
            }
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        waiting.start();
        awaitState(waiting, Thread.State.WAITING);

        client.close();
        client.close();

        heard.awaitEnd();
        assertThat(heard.replies).singleElement().satisfies(reply -> assertThat(reply.finishReason())
                .isEqualTo(FinishReason.CANCELLED));
        assertThat(future)
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withCauseInstanceOf(GenerationCancelledException.class);
        waiting.join(10_000);
        assertThat(thrown.get()).isInstanceOf(GenerationCancelledException.class);
        assertThat(interrupted).hasValue(false);
        awaitEngines();
        assertThatThrownBy(client::models)
                .isInstanceOfSatisfying(ModelUnavailableException.class, error -> assertThat(error.code())
                        .isEqualTo(ErrorCode.SHUTTING_DOWN));
        assertThatThrownBy(() -> client.stream(ask("Hello"), heard)).isInstanceOf(ModelUnavailableException.class);
    }

    private static void awaitState(Thread thread, Thread.State state) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (thread.getState() != state && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(thread.getState()).isEqualTo(state);
    }

    @Test
    void an_application_that_is_deployed_again_is_found_again() throws Exception {
        client.models();
        AtomicInteger asked = new AtomicInteger();
        other.close();
        exported = (operation, arguments) -> {
            asked.incrementAndGet();
            return Map.of("value", List.of());
        };

        assertThat(client.models()).isEmpty();
        assertThat(asked).hasValue(1);
    }

    @Test
    void what_is_not_deployed_is_told_as_the_source_says_it() {
        BridgedClient none = new BridgedClient(() -> {
            throw new ModelUnavailableException(ErrorCode.NOT_DEPLOYED, "nothing there");
        });

        assertThatThrownBy(none::models).hasMessage("nothing there");
        assertThatThrownBy(() ->
                        none.generateAsync(ask("Hello")).toCompletableFuture().join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(ModelUnavailableException.class);
    }

    @Test
    void the_very_same_classes_are_called_directly() {
        RehearsedClient same = new RehearsedClient(pieces);
        BridgedClient direct = new BridgedClient(() -> ExportedClient.of(same));
        ClassLoader before = ThreadContext.current();
        RecordingListener heard = new RecordingListener();

        assertThat(direct.models()).singleElement().isSameAs(same.models().get(0));
        assertThat(direct.generate(ask("loader")).text()).isEqualTo("its own");
        direct.stream(ask("loader"), heard);
        assertThat(heard.contexts).containsExactly(before);
    }

    @Test
    void an_application_with_models_can_be_undeployed_whatever_its_callers_keep() throws Exception {
        RecordingListener heard = new RecordingListener();
        pieces.addAll(List.of("a", "", "b", "", "c", ""));
        GenerateReply reply = client.generate(ask("Hello"));
        Generation generation = client.stream(ask("Hello"), heard);
        heard.awaitEnd();
        CompletableFuture<GenerateReply> future =
                client.generateAsync(ask("Hello")).toCompletableFuture();
        future.get(10, TimeUnit.SECONDS);
        assertThatThrownBy(() -> client.generate(ask("bug"))).isInstanceOf(EngineException.class);
        awaitEngines();

        WeakReference<ClassLoader> loader = new WeakReference<>(other.loader());
        undeploy();
        other = new OtherApplication();
        exported = (operation, arguments) -> Map.of();

        awaitCleared(loader);
        assertThat(reply.text()).isEqualTo("a");
        assertThat(heard.replies).hasSize(1);
        generation.cancel();
        assertThat(future).isCompleted();
    }

    @Test
    void a_thread_that_a_callback_begins_keeps_nothing_of_the_application_with_the_models() throws Exception {
        CountDownLatch undeployed = new CountDownLatch(1);
        CompletableFuture<Thread> begun = new CompletableFuture<>();
        client.generateAsync(ask("Hello")).thenAccept(reply -> {
            Thread thread = new Thread(() -> {
                try {
                    undeployed.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            thread.start();
            begun.complete(thread);
        });
        pieces.add("");
        Thread thread = begun.get(10, TimeUnit.SECONDS);
        awaitEngines();

        WeakReference<ClassLoader> loader = new WeakReference<>(other.loader());
        undeploy();
        other = new OtherApplication();
        exported = (operation, arguments) -> Map.of();

        awaitCleared(loader);
        undeployed.countDown();
        thread.join(10_000);
    }

    @Test
    void an_application_that_asks_can_be_undeployed_whatever_the_models_do() throws Exception {
        BiFunction<String, Map<String, Object>, Object> mine = RehearsedClient.export(pieces);
        pieces.addAll(List.of("a", "", "b", ""));
        other.consume(mine);
        awaitEngines();

        WeakReference<ClassLoader> loader = new WeakReference<>(other.loader());
        other.close();
        other = new OtherApplication();
        exported = mine;

        awaitCleared(loader);
    }

    private static void awaitCleared(WeakReference<ClassLoader> loader) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (loader.get() != null && System.nanoTime() < deadline) {
            System.gc();
        }
        assertThat(loader.get()).isNull();
    }
}
