package io.hyperion.core.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Native;
import com.sun.net.httpserver.HttpServer;
import de.kherud.llama.LlamaModel;
import io.hyperion.api.HyperionClient;
import io.hyperion.core.TestModels;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.model.HyperionConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An application that is undeployed")
@Timeout(120)
class UndeployTest {
    private static final int ROUNDS = 10;
    private static final int DEADLINE_SECONDS = 30;
    private static final Path MAPPINGS = Path.of("/proc/self/maps");
    private static final Pattern NATIVE_LIBRARY = Pattern.compile("\\S+(jllama\\.so|jna\\d+\\.tmp)");
    private static final String JNA_DIRECTORY = "jna.tmpdir";

    private Path vectors;

    @BeforeEach
    void writeModel(@TempDir Path directory) {
        vectors = TinyModel.bert().write(directory.resolve("vectors.gguf"));
    }

    @Test
    @DisplayName(
            "and had models of its own leaves no class loader, thread, library or temporary file behind, ten times")
    void ownModels(@TempDir Path temporary) throws Exception {
        Optional<String> before = Optional.ofNullable(System.getProperty(JNA_DIRECTORY));
        System.setProperty(JNA_DIRECTORY, temporary.toString());
        try {
            Set<String> libraries = nativeLibraries();
            int threads = 0;
            for (int i = 0; i < ROUNDS; i++) {
                requireCollected(this::deployAndUndeploy);
                if (i == 0) {
                    threads = Thread.getAllStackTraces().size();
                }
            }
            assertThat(Thread.getAllStackTraces().size()).isLessThanOrEqualTo(threads);
            assertThat(temporary).isEmptyDirectory();
            awaitUnmapped(libraries);
        } finally {
            before.ifPresentOrElse(
                    value -> System.setProperty(JNA_DIRECTORY, value), () -> System.clearProperty(JNA_DIRECTORY));
        }
    }

    private ClassLoader deployAndUndeploy() throws Exception {
        URL[] classPath = Stream.of(
                        HyperionClient.class,
                        InProcessClient.class,
                        UndeployedApplication.class,
                        Native.class,
                        LlamaModel.class)
                .map(part -> part.getProtectionDomain().getCodeSource().getLocation())
                .toArray(URL[]::new);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, Files.size(vectors));
                Files.copy(vectors, exchange.getResponseBody());
            }
        });
        server.start();
        try (URLClassLoader loader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
            Callable<?> application = (Callable<?>) loader.loadClass(UndeployedApplication.class.getName())
                    .getConstructor(String.class, String.class, String.class, String.class)
                    .newInstance(
                            TestModels.demo().toString(),
                            vectors.toString(),
                            "http://127.0.0.1:" + server.getAddress().getPort() + "/elsewhere.gguf",
                            Files.createTempDirectory(vectors.getParent(), "models")
                                    .toString());
            String told = application.call().toString();
            String[] texts = told.split("\\|");
            assertThat(texts[0]).isNotEmpty().isEqualTo(texts[1]).isEqualTo(texts[2]);
            // Stopped and started again, as adapters can be.
            assertThat(application.call()).isEqualTo(told);
            return loader;
        } finally {
            server.stop(0);
        }
    }

    @Test
    @DisplayName("is not kept by the models of another one, though it was the first to ask for them")
    void modelsOfAnother() throws Exception {
        HyperionConfiguration configuration = HyperionConfiguration.of(Map.of(
                "hyperion.models.default.path", TestModels.demo().toString(),
                "hyperion.models.vectors.path", vectors.toString()));
        try (InProcessClient client = InProcessClient.open(configuration)) {
            requireCollected(() -> call(client));
            assertThat(client.isServing(Optional.empty())).isTrue();
            assertThat(client.isServing(Optional.of("vectors"))).isTrue();
        }
    }

    private static ClassLoader call(InProcessClient client) throws Exception {
        ApplicationLoader loader = new ApplicationLoader();
        Runnable application = loader.application(client);
        CompletableFuture<Void> end = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                application.run();
                end.complete(null);
            } catch (RuntimeException | Error e) {
                end.completeExceptionally(e);
            }
        });
        thread.setContextClassLoader(loader);
        thread.start();
        end.join();
        thread.join();
        return loader;
    }

    /** Has the classes of the calling application, and takes all else from its parent. */
    private static final class ApplicationLoader extends ClassLoader {
        private ApplicationLoader() {
            super(UndeployTest.class.getClassLoader());
        }

        Runnable application(InProcessClient client) throws Exception {
            Class<?> application = loadClass(CallingApplication.class.getName());
            assertThat(application.getClassLoader()).isSameAs(this);
            @SuppressWarnings("unchecked")
            Consumer<InProcessClient> instance =
                    (Consumer<InProcessClient>) application.getConstructor().newInstance();
            return () -> instance.accept(client);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(CallingApplication.class.getName())) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : findClass(name);
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length, new ProtectionDomain(null, null, this, null));
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    private static void requireCollected(Callable<ClassLoader> application) throws Exception {
        ReferenceQueue<ClassLoader> collected = new ReferenceQueue<>();
        PhantomReference<ClassLoader> loader = new PhantomReference<>(application.call(), collected);
        long deadline = System.nanoTime() + DEADLINE_SECONDS * 1_000_000_000L;
        do {
            System.gc();
        } while (collected.remove(100) == null && System.nanoTime() < deadline);
        assertThat(loader.refersTo(null)).as("the class loader is gone").isTrue();
    }

    /** Waits until JNA's libraries are unmapped; one of llama.cpp stays mapped for whoever comes next, without its file. */
    private static void awaitUnmapped(Set<String> before) throws Exception {
        long deadline = System.nanoTime() + DEADLINE_SECONDS * 1_000_000_000L;
        Set<String> more;
        do {
            System.gc();
            more = new TreeSet<>(nativeLibraries());
            more.removeAll(before);
        } while (more.size() > 1 && System.nanoTime() < deadline);
        assertThat(more)
                .hasSizeLessThanOrEqualTo(1)
                .allMatch(library -> library.contains("llama") && !Files.exists(Path.of(library)));
    }

    private static Set<String> nativeLibraries() throws IOException {
        if (!Files.exists(MAPPINGS)) {
            return Set.of();
        }
        try (Stream<String> lines = Files.lines(MAPPINGS)) {
            return lines.map(NATIVE_LIBRARY::matcher)
                    .flatMap(matcher -> matcher.results())
                    .map(result -> result.group())
                    .collect(Collectors.toSet());
        }
    }
}
