package io.hyperion.core.llama;

import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What this machine's processor can do. */
final class Processor {
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    /** What the artifact's library for x86-64 is compiled for, by Linux' names. */
    private static final List<String> NEEDED = List.of("avx", "avx2", "bmi2", "f16c", "fma");

    private Processor() {}

    /**
     * Refuses processors that lack an instruction set of the library: the first such instruction would end the process.
     *
     * @throws LlamaException naming what is missing
     */
    static void requireInstructionSets() throws LlamaException {
        if (!Platform.isLinux() || !"x86-64".equals(Platform.ARCH)) {
            return;
        }
        try (Stream<String> lines = Files.lines(CPUINFO)) {
            requireInstructionSets(lines);
        } catch (IOException e) {
            throw new LlamaException("What this machine's processor can do cannot be read from " + CPUINFO, e);
        }
    }

    static void requireInstructionSets(Stream<String> cpuinfo) throws LlamaException {
        Set<String> flags = cpuinfo.filter(line -> line.startsWith("flags"))
                .findFirst()
                .<Set<String>>map(line -> new HashSet<>(Arrays.asList(
                        line.substring(line.indexOf(':') + 1).strip().split("\\s+"))))
                .orElse(Set.of());
        List<String> missing =
                NEEDED.stream().filter(set -> !flags.contains(set)).toList();
        if (!missing.isEmpty()) {
            throw new LlamaException(
                    "The native library needs instructions that this machine's processor does not have: "
                            + String.join(", ", missing));
        }
    }
}
