package io.hyperion.core.llama;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * The native library, open. It is shared within a class loader: {@link #open()} opens it or joins those who have it open already, and
 * the last {@link #close()} closes it and gives its memory back. Safe for use by many threads.
 */
public final class LlamaLibrary implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(LlamaLibrary.class.getName());

    /** The functions of {@link LlamaH} are bound to the class, so what they are bound to is per class too. */
    private static final Object LOCK = new Object();

    /**
     * RTLD_NOW | RTLD_LOCAL, and not JNA's RTLD_GLOBAL: with that, a second copy of the library in the process, such as that of another
     * application, would call the functions of the first.
     */
    private static final int OPEN_FLAGS = Platform.isMac() ? 0x2 | 0x4 : 0x2;

    /** {@code GGML_BACKEND_DEVICE_TYPE_GPU}. */
    private static final int GPU = 1;

    private static final String JNA_CLEANER = "JNA Cleaner";

    /** The version of llama.cpp whose functions and structures are expected, and found or refused when the library is opened. */
    public static final String VERSION = "b4916";

    /** One for all bindings, since native code calls it, and what JNA makes of a callback it frees when the callback is collected. */
    private static final LlamaLog LOG = new LlamaLog();

    private static Binding shared;

    private final Binding binding;
    private boolean closed;

    private LlamaLibrary(Binding binding) {
        this.binding = binding;
    }

    /**
     * Opens the library that the artifact ships for this platform.
     *
     * @return the library; the caller closes it
     * @throws LlamaException if there is none for this platform or this processor, it cannot be loaded, or its functions or structures are not those of
     *     llama.cpp b4916
     */
    public static LlamaLibrary open() throws LlamaException {
        synchronized (LOCK) {
            if (shared == null) {
                shared = bindWithoutContext();
            }
            shared.users++;
            return new LlamaLibrary(shared);
        }
    }

    /**
     * Binds without the context class loader: JNA has a list of directories made by another process, and the Java runtime keeps the thread
     * that waits for that process, with the context class loader of this one, for a minute.
     */
    private static Binding bindWithoutContext() throws LlamaException {
        Thread thread = Thread.currentThread();
        ClassLoader context = thread.getContextClassLoader();
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try {
            return Binding.bind();
        } finally {
            thread.setContextClassLoader(context);
        }
    }

    /**
     * Ends the thread with which JNA frees what is collected. JNA 5.18 never ends it by itself once structures were passed by value, and
     * it keeps the class loader. For an application that ends and has JNA for itself. The library may be opened again afterwards. Does
     * nothing while the library is open, or if JNA is in another class loader, such as one of the server.
     */
    public static void release() {
        synchronized (LOCK) {
            if (shared != null || Native.class.getClassLoader() != LlamaLibrary.class.getClassLoader()) {
                return;
            }
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().equals(JNA_CLEANER)
                        && thread.getClass().getClassLoader() == Native.class.getClassLoader()) {
                    // It takes this for the end of the server, and ends in order.
                    thread.interrupt();
                }
            }
        }
    }

    /** Closes the library; the last one to do so unloads it. Models must be closed before. */
    @Override
    public void close() {
        synchronized (LOCK) {
            if (closed) {
                return;
            }
            closed = true;
            if (--binding.users == 0) {
                shared = null;
                binding.unbind();
            }
        }
    }

    /** {@return what the library was built for and uses of this machine's processor, as llama.cpp puts it} */
    public String systemInfo() {
        requireOpen();
        return text(LlamaH.llama_print_system_info());
    }

    /** {@return what the library computes on, in its order; among them is always the CPU} */
    public List<ComputeDevice> devices() {
        requireOpen();
        List<ComputeDevice> devices = new ArrayList<>();
        for (long i = 0; i < LlamaH.ggml_backend_dev_count(); i++) {
            Pointer device = LlamaH.ggml_backend_dev_get(i);
            long[] free = new long[1];
            long[] total = new long[1];
            LlamaH.ggml_backend_dev_memory(device, free, total);
            devices.add(new ComputeDevice(
                    text(LlamaH.ggml_backend_dev_name(device)),
                    text(LlamaH.ggml_backend_dev_description(device)),
                    LlamaH.ggml_backend_dev_type(device) == GPU,
                    free[0],
                    total[0]));
        }
        return devices;
    }

    private static String text(Pointer text) {
        return text == null ? "" : text.getString(0, "UTF-8").strip();
    }

    /** {@return why what was called last failed, as far as the log told; begins with ": " unless it is empty} */
    String failure() {
        List<String> errors = LOG.errors();
        return errors.isEmpty() ? "" : ": " + String.join("; ", errors);
    }

    /** Forgets earlier errors, so that {@link #failure()} tells of what is called next. */
    void forgetFailures() {
        LOG.forgetErrors();
    }

    /**
     * Evaluates a batch when no other context of the library is evaluating one. For matrices, b4916 shares the work among threads by one
     * counter for all contexts: two that evaluate prompts at the same time leave parts of each other's results out.
     *
     * @return what {@code llama_decode} gives
     */
    int decode(Pointer context, LlamaH.Batch.ByValue batch) {
        binding.evaluation.lock();
        try {
            return LlamaH.llama_decode(context, batch);
        } finally {
            binding.evaluation.unlock();
        }
    }

    /** {@return the C library's function, found through the library, which is linked with it} */
    Pointer strlen() {
        return binding.library.getGlobalVariableAddress("strlen");
    }

    /** Gives memory that was freed back to the system, so that an unloaded model does not count any more. */
    void returnFreedMemory() {
        binding.allocator.trim();
    }

    void requireOpen() {
        synchronized (LOCK) {
            if (closed) {
                throw new IllegalStateException("The llama library is closed");
            }
        }
    }

    /** The library bound to {@link LlamaH}. */
    private static final class Binding {
        private final NativeLibrary library;
        private final Allocator allocator;
        /** Fair, so that models take turns. */
        private final Lock evaluation = new ReentrantLock(true);

        private int users;

        private Binding(NativeLibrary library) {
            this.library = library;
            this.allocator = new Allocator(library);
        }

        static Binding bind() throws LlamaException {
            Processor.requireInstructionSets();
            Optional<Path> idle = IdleCopies.take();
            if (idle.isPresent()) {
                try {
                    return bind(idle.get());
                } catch (LlamaException e) {
                    LOGGER.log(System.Logger.Level.DEBUG, "The idle copy " + idle.get() + " is gone", e);
                }
            }
            Path directory = extract();
            try {
                return bind(directory.resolve(fileName()));
            } finally {
                if (!Platform.isWindows()) {
                    // An open library does not need its file: so nothing is left behind even by a server that is
                    // killed.
                    delete(directory);
                }
            }
        }

        private static Binding bind(Path file) throws LlamaException {
            try {
                NativeLibrary library = NativeLibrary.getInstance(
                        file.toString(),
                        // The class loader that JNA would otherwise keep is the context's, of whichever application
                        // calls first.
                        Map.of(
                                Library.OPTION_CLASSLOADER,
                                LlamaLibrary.class.getClassLoader(),
                                Library.OPTION_OPEN_FLAGS,
                                OPEN_FLAGS));
                Binding binding = new Binding(library);
                try {
                    requireFunctions(library);
                    binding.allocator.returnLargeBlocksAtOnce();
                    Native.register(LlamaH.class, library);
                    LlamaH.llama_log_set(LOG, null);
                    requireLayout();
                    LlamaH.llama_backend_init();
                    return binding;
                } catch (LlamaException | RuntimeException | Error e) {
                    binding.unbind();
                    throw e;
                }
            } catch (LinkageError e) {
                // JNA's own library cannot be loaded: told once as an unsatisfied link, and then as a missing class.
                throw new LlamaException(
                        "The native library cannot be loaded from " + file
                                + " (on Linux it needs libgomp, and a temporary directory that allows execution): "
                                + e.getMessage(),
                        e);
            }
        }

        void unbind() {
            if (Native.registered(LlamaH.class)) {
                LlamaH.llama_log_set(null, null);
                Native.unregister(LlamaH.class);
            }
            Path file = library.getFile().toPath();
            library.close();
            if (Files.exists(file)) {
                delete(file.getParent());
            }
            IdleCopies.put(file);
        }

        private static void requireFunctions(NativeLibrary library) throws LlamaException {
            List<String> missing = new ArrayList<>();
            for (Method method : LlamaH.class.getDeclaredMethods()) {
                if (Modifier.isNative(method.getModifiers())) {
                    try {
                        library.getGlobalVariableAddress(method.getName());
                    } catch (UnsatisfiedLinkError e) {
                        missing.add(method.getName());
                    }
                }
            }
            if (!missing.isEmpty()) {
                throw new LlamaException("The native library is not llama.cpp b4916: it lacks "
                        + missing.stream().sorted().collect(Collectors.joining(", ")));
            }
        }

        /**
         * Compares the library's default parameters with those of b4916: if a field were elsewhere, one of these values would not be
         * where it is expected, and everything given to the library would be misread.
         */
        private static void requireLayout() throws LlamaException {
            LlamaH.ModelParams.Padded model = LlamaH.llama_model_default_params();
            LlamaH.ContextParams.Padded context = LlamaH.llama_context_default_params();
            boolean modelFits = model.devices == null
                    && model.nGpuLayers >= 0
                    && model.nGpuLayers <= 999
                    && model.splitMode == 1
                    && model.mainGpu == 0
                    && model.tensorSplit == null
                    && model.progressCallback == null
                    && model.kvOverrides == null
                    && model.vocabOnly == 0
                    && model.useMmap == 1
                    && model.useMlock == 0
                    && model.checkTensors == 0;
            boolean contextFits = context.nCtx == 512
                    && context.nBatch == 2048
                    && context.nUbatch == 512
                    && context.nSeqMax == 1
                    && context.nThreads > 0
                    && context.nThreadsBatch > 0
                    && context.ropeScalingType == -1
                    && context.poolingType == -1
                    && context.attentionType == -1
                    && context.ropeFreqBase == 0
                    && context.yarnExtFactor == -1
                    && context.yarnAttnFactor == 1
                    && context.yarnBetaFast == 32
                    && context.yarnBetaSlow == 1
                    && context.yarnOrigCtx == 0
                    && context.defragThold == -1
                    && context.cbEval == null
                    && context.typeK == 1
                    && context.typeV == 1
                    && context.logitsAll == 0
                    && context.embeddings == 0
                    && context.offloadKqv == 1
                    && context.flashAttn == 0
                    && context.noPerf == 1
                    && context.abortCallback == null;
            LlamaH.free(model);
            LlamaH.free(context);
            if (!modelFits || !contextFits) {
                throw new LlamaException("The native library's structures are not those of llama.cpp b4916 ("
                        + (modelFits ? "llama_context_params" : "llama_model_params")
                        + " has other default values): only that version is supported");
            }
        }

        private static String fileName() {
            return Platform.isWindows() ? "jllama.dll" : Platform.isMac() ? "libjllama.dylib" : "libjllama.so";
        }

        /** {@return where the artifact keeps its library for this platform, or empty if it has none that exports llama.h} */
        private static Optional<String> resource() {
            String system = Platform.isMac() ? "Mac" : Platform.isLinux() ? "Linux" : "";
            String processor =
                    switch (Platform.ARCH) {
                        case "x86-64" -> "x86_64";
                        case "aarch64" -> "aarch64";
                        default -> "";
                    };
            return system.isEmpty() || processor.isEmpty()
                    ? Optional.empty()
                    : Optional.of("de/kherud/llama/" + system + "/" + processor + "/" + fileName());
        }

        private static Path extract() throws LlamaException {
            String resource = resource()
                    .orElseThrow(() -> new LlamaException(
                            "There is no native library for " + System.getProperty("os.name") + " on " + Platform.ARCH
                                    + "; there is one for Linux and macOS on x86_64 and aarch64"));
            Path directory;
            try {
                directory = Files.createTempDirectory("hyperion-llama-");
            } catch (IOException e) {
                throw new LlamaException("The native library cannot be extracted: " + e, e);
            }
            // Not the context class loader: in some servers that is shared by all applications.
            try (InputStream in = LlamaLibrary.class.getClassLoader().getResourceAsStream(resource)) {
                if (in == null) {
                    throw new LlamaException("The artifact de.kherud:llama is not on the class path: no " + resource);
                }
                Files.copy(in, directory.resolve(fileName()));
                return directory;
            } catch (IOException e) {
                delete(directory);
                throw new LlamaException("The native library cannot be extracted to " + directory + ": " + e, e);
            } catch (LlamaException e) {
                delete(directory);
                throw e;
            }
        }

        private static void delete(Path directory) {
            for (Path path : Arrays.asList(directory.resolve(fileName()), directory)) {
                try {
                    Files.deleteIfExists(path);
                } catch (IOException e) {
                    LOGGER.log(System.Logger.Level.WARNING, "Cannot delete " + path, e);
                }
            }
        }
    }

    /**
     * The copies that this process has mapped and nobody uses. The library has C++ symbols that are unique in a process, for which the
     * system never unmaps it, so each redeployment would map one more copy. Instead the next class loader opens an idle copy again by
     * its path, which the system resolves to what is mapped already, though the file is gone. The list crosses class loaders as a system
     * property.
     */
    private static final class IdleCopies {
        private static final String PROPERTY = "io.hyperion.llama.idle-copies";

        private IdleCopies() {}

        static Optional<Path> take() {
            Properties properties = System.getProperties();
            synchronized (properties) {
                String idle = properties.getProperty(PROPERTY, "");
                if (idle.isEmpty()) {
                    return Optional.empty();
                }
                String[] firstAndRest = idle.split(File.pathSeparator, 2);
                if (firstAndRest.length == 2) {
                    properties.setProperty(PROPERTY, firstAndRest[1]);
                } else {
                    properties.remove(PROPERTY);
                }
                return Optional.of(Path.of(firstAndRest[0]));
            }
        }

        static void put(Path file) {
            Properties properties = System.getProperties();
            synchronized (properties) {
                properties.merge(PROPERTY, file.toString(), (idle, one) -> idle + File.pathSeparator + one);
            }
        }
    }
}
