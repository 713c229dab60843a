package io.hyperion.bench;

import io.hyperion.api.Completion;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.Timings;
import io.hyperion.api.bridge.BridgedClient;
import io.hyperion.api.bridge.ExportedClient;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What one piece of a stream costs on its way to a listener of the same application, and of another one, whose classes are not the same. There
 * is no model: the pieces are there already. A stream's own costs are shared by its pieces.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@State(Scope.Benchmark)
public class CrossingBenchmark {
    static final int PIECES = 256;

    private final GenerateRequest request =
            GenerateRequest.builder().user("Count to 20.").build();
    private final HyperionClient own = speaking();
    private final ExportedClient exported = ExportedClient.of(own);

    /** A function that hides whose classes these are, so that all is made to trees and back. */
    private final HyperionClient others = new BridgedClient(() -> exported::apply);

    /** {@return a client that streams at once, and does nothing else} */
    private static HyperionClient speaking() {
        GenerateEvent.Piece piece = new GenerateEvent.Piece(" token");
        Completion completion = new Completion(
                piece.text().repeat(PIECES), PIECES, FinishReason.STOP, Optional.empty(), false, List.of());
        GenerateReply reply = new GenerateReply(
                "speaking",
                "Count to 20.",
                4,
                0,
                0,
                List.of(completion),
                new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO));
        return (HyperionClient) Proxy.newProxyInstance(
                CrossingBenchmark.class.getClassLoader(),
                new Class<?>[] {HyperionClient.class},
                (self, method, arguments) -> {
                    if (!method.getName().equals("stream")) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    GenerateListener listener = (GenerateListener) arguments[1];
                    for (int i = 0; i < PIECES; i++) {
                        listener.onPiece(piece);
                    }
                    listener.onDone(reply);
                    return (Generation) () -> {};
                });
    }

    /**
     * To a listener of the same application.
     *
     * @param blackhole takes the pieces
     */
    @Benchmark
    @OperationsPerInvocation(PIECES)
    public void sameApplication(Blackhole blackhole) {
        own.stream(request, new Listener(blackhole));
    }

    /**
     * To a listener of another application.
     *
     * @param blackhole takes the pieces
     */
    @Benchmark
    @OperationsPerInvocation(PIECES)
    public void otherApplication(Blackhole blackhole) {
        others.stream(request, new Listener(blackhole));
    }

    private record Listener(Blackhole blackhole) implements GenerateListener {
        @Override
        public void onText(String text) {
            blackhole.consume(text);
        }

        @Override
        public void onDone(GenerateReply reply) {
            blackhole.consume(reply);
        }

        @Override
        public void onError(HyperionException error) {
            throw error;
        }
    }
}
