package io.hyperion.core.llama;

import java.util.Objects;

/**
 * Something that the library computes on.
 *
 * @param name what the library calls it, such as {@code CPU} or {@code CUDA0}
 * @param description what it is, in its maker's words
 * @param gpu whether it is a processor with memory of its own, which layers can be put on
 * @param freeBytes what nobody uses of its memory; 0 if the library does not tell, as for the CPU
 * @param totalBytes its memory; 0 if the library does not tell, as for the CPU
 */
public record ComputeDevice(String name, String description, boolean gpu, long freeBytes, long totalBytes) {
    /** What the library calls the machine's own processor. */
    public static final String CPU = "CPU";

    public ComputeDevice {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(description, "description");
    }
}
