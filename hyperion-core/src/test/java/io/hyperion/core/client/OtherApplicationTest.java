package io.hyperion.core.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Native;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.api.bridge.BridgedClient;
import io.hyperion.api.bridge.ExportedClient;
import io.hyperion.core.TestModels;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The engine in one application, and whoever asks it in another one, whose classes are not the same. */
@Timeout(60)
class OtherApplicationTest {
    private static URLClassLoader other;
    private static AutoCloseable engine;
    private static BridgedClient client;

    @BeforeAll
    // The other class loader's class says what it is.
    @SuppressWarnings("unchecked")
    static void deploy() throws ReflectiveOperationException {
        ClassLoader mine = OtherApplicationTest.class.getClassLoader();
        other = new URLClassLoader(
                new URL[] {
                    home(HyperionClient.class),
                    home(InProcessClient.class),
                    home(Native.class),
                    home(Class.forName("de.kherud.llama.LlamaModel", false, mine))
                },
                ClassLoader.getPlatformClassLoader());
        engine = (AutoCloseable) other.loadClass(InProcessClient.class.getName())
                .getMethod("open", Path.class)
                .invoke(null, TestModels.demo());
        BiFunction<String, Map<String, Object>, Object> exported =
                (BiFunction<String, Map<String, Object>, Object>) other.loadClass(ExportedClient.class.getName())
                        .getMethod("of", other.loadClass(HyperionClient.class.getName()))
                        .invoke(null, engine);
        client = new BridgedClient(() -> exported);
    }

    private static URL home(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    @AfterAll
    static void undeploy() throws Exception {
        client.close();
        engine.close();
        other.close();
    }

    private static GenerateRequest.Builder counting() {
        return GenerateRequest.builder().user("Count to 20.").temperature(0);
    }

    @Test
    void it_says_what_it_says_to_its_own_application() {
        GenerateReply reply = client.generate(counting().build());
        try (InProcessClient own = InProcessClient.open(TestModels.demo())) {
            GenerateReply expected = own.generate(counting().build());
            assertThat(reply.completions()).isEqualTo(expected.completions());
            assertThat(reply.prompt()).isEqualTo(expected.prompt());
        }
        assertThat(client.models()).singleElement().satisfies(model -> assertThat(model.state())
                .isEqualTo(ModelState.LOADED));
        assertThat(client.tokenize(TokenizeRequest.of("Count")).ids()).isNotEmpty();
        assertThat(client.properties(Optional.empty()).engine()).contains("llama.cpp");
    }

    @Test
    void it_streams_and_can_be_cancelled_long_before_its_end() throws Exception {
        RecordingListener heard = new RecordingListener();
        Generation generation = client.stream(endless(), heard);

        assertThat(heard.firstPiece.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(heard.reply).isNotDone();
        generation.cancel();

        GenerateReply reply = heard.reply.get(10, TimeUnit.SECONDS);
        assertThat(reply.finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(reply.text()).isEqualTo(String.join("", heard.pieces));
    }

    /** More tokens than anybody waits for. */
    private static GenerateRequest endless() {
        return counting()
                .parameters(GenerateParameters.builder()
                        .temperature(0)
                        .ignoreEos(true)
                        .contextShift(true)
                        .maxTokens(1_000_000)
                        .build())
                .build();
    }

    @Test
    void an_interrupt_of_the_caller_ends_the_generation_there() throws Exception {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> client.generate(endless())).isInstanceOf(GenerationCancelledException.class);

        assertThat(Thread.interrupted()).isTrue();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (isBusy() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(isBusy()).isFalse();
    }

    private static boolean isBusy() {
        return client.slots(Optional.empty()).stream()
                .anyMatch(slot -> slot.work().isPresent());
    }

    @Test
    void a_stream_ends_with_an_error_when_the_application_with_the_models_goes() throws Exception {
        InProcessClient going = InProcessClient.open(TestModels.demo());
        ExportedClient exported = ExportedClient.of(going);
        RecordingListener heard = new RecordingListener();
        BridgedClient asking = new BridgedClient(() -> exported::apply);
        asking.stream(endless(), heard);
        assertThat(heard.firstPiece.await(10, TimeUnit.SECONDS)).isTrue();

        going.close();

        assertThat(heard.reply)
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(ModelUnavailableException.class, error -> assertThat(error.code())
                        .isEqualTo(ErrorCode.SHUTTING_DOWN));
        assertThatThrownBy(() -> asking.generate(endless())).isInstanceOf(ModelUnavailableException.class);
    }

    @Test
    void its_errors_are_the_callers() {
        assertThatThrownBy(() -> client.generate(counting().model("none").build()))
                .isInstanceOfSatisfying(ModelNotFoundException.class, error -> assertThat(error.code())
                        .isEqualTo(ErrorCode.MODEL_NOT_FOUND))
                .hasMessageContaining("none");
        assertThatThrownBy(() ->
                        client.generate(counting().template("no such template").build()))
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void an_application_that_asked_first_can_be_undeployed_while_the_model_serves_on() throws Exception {
        try (InProcessClient serving = InProcessClient.open(TestModels.demo())) {
            ExportedClient exported = ExportedClient.of(serving);
            // As a function that hides whose it is: an application's own loader finds no class of ours.
            WeakReference<ClassLoader> asking = ask(exported::apply);

            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (asking.get() != null && System.nanoTime() < deadline) {
                System.gc();
            }

            assertThat(asking.get()).isNull();
            assertThat(serving.models()).allMatch(model -> model.state() == ModelState.LOADED);
        }
    }

    private static WeakReference<ClassLoader> ask(BiFunction<String, Map<String, Object>, Object> exported)
            throws Exception {
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {home(HyperionClient.class), home(AskingApplication.class)},
                ClassLoader.getPlatformClassLoader())) {
            loader.loadClass(AskingApplication.class.getName())
                    .getMethod("ask", BiFunction.class)
                    .invoke(null, exported);
            return new WeakReference<>(loader);
        }
    }
}
