package io.hyperion.jca;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("An application that calls a pool")
@Timeout(60)
class CallersTest {
    /** What the other application does. */
    public static final class Caller implements Callable<String> {
        private final HyperionClient client;

        public Caller(HyperionClient client) {
            this.client = client;
        }

        @Override
        public String call() {
            return client.generate(GenerateRequest.builder()
                            .user("Hello")
                            .maxTokens(2)
                            .timeout(Duration.ofSeconds(30))
                            .build())
                    .model();
        }
    }

    /** The other application's: it has the caller for itself. */
    private static final class OtherLoader extends ClassLoader {
        OtherLoader() {
            super(CallersTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            return name.equals(Caller.class.getName()) ? define(name) : super.loadClass(name, resolve);
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    @Test
    @DisplayName("is not kept alive by the threads and the model that its request was the first to need")
    void isNotKeptAlive() throws Exception {
        HyperionResourceAdapter adapter = new HyperionResourceAdapter();
        HyperionManagedConnectionFactory factory = Factories.demo(adapter);
        TestPool pool = new TestPool(1, Duration.ofSeconds(10));
        HyperionClient client = ((HyperionConnectionFactory) factory.createConnectionFactory(pool)).client();
        ReferenceQueue<ClassLoader> collected = new ReferenceQueue<>();
        WeakReference<ClassLoader> other = callFromElsewhere(client, collected);
        assertThat(factory.pool().model().isServing()).isTrue();
        Reference<?> gone = null;
        for (int i = 0; i < 50 && gone == null; i++) {
            System.gc();
            gone = collected.remove(100);
        }
        assertThat(gone).isSameAs(other);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .anyMatch(name -> name.startsWith("hyperion-request-"))
                .anyMatch(name -> name.startsWith("hyperion-timer-"));
        adapter.stop();
    }

    private static WeakReference<ClassLoader> callFromElsewhere(
            HyperionClient client, ReferenceQueue<ClassLoader> collected) throws Exception {
        ClassLoader loader = new OtherLoader();
        Callable<?> caller = (Callable<?>) loader.loadClass(Caller.class.getName())
                .getConstructor(HyperionClient.class)
                .newInstance(client);
        assertThat(caller.getClass()).isNotEqualTo(Caller.class);
        assertThat(caller.call()).isEqualTo("demo");
        return new WeakReference<>(loader, collected);
    }
}
