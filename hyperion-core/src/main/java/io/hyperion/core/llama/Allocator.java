package io.hyperion.core.llama;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.util.Optional;

/**
 * The C library's allocator, as far as it is glibc's. Left to itself glibc keeps tens of megabytes for each thread that ever freed a
 * model's buffers: freeing a large block raises the size up to which blocks come from the threads' arenas, and how much free memory these
 * keep, which {@code malloc_trim} does not touch either. Other allocators are left alone.
 */
final class Allocator {
    private static final int M_TRIM_THRESHOLD = -1;
    private static final int M_MMAP_THRESHOLD = -3;

    /** Above what sampling allocates for each token (12 bytes for each token of the vocabulary), below the buffers of a model. */
    private static final int LARGE_BLOCK = 4 << 20;

    private final Optional<Function> mallopt;
    private final Optional<Function> mallocTrim;

    Allocator(NativeLibrary library) {
        // Looked up through the library, which is linked with the C library.
        mallocTrim = function(library, "malloc_trim");
        mallopt = mallocTrim.flatMap(glibc -> function(library, "mallopt"));
    }

    private static Optional<Function> function(NativeLibrary library, String name) {
        try {
            return Optional.of(library.getFunction(name));
        } catch (UnsatisfiedLinkError e) {
            return Optional.empty();
        }
    }

    /** Fixes both thresholds, for the whole process: large blocks are mapped, and so given back when they are freed. */
    void returnLargeBlocksAtOnce() {
        mallopt.ifPresent(set -> {
            set.invokeInt(new Object[] {M_MMAP_THRESHOLD, LARGE_BLOCK});
            set.invokeInt(new Object[] {M_TRIM_THRESHOLD, LARGE_BLOCK});
        });
    }

    /** Gives free pages within the arenas back. */
    void trim() {
        mallocTrim.ifPresent(trim -> trim.invokeInt(new Object[] {0L}));
    }
}
