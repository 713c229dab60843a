package io.hyperion.core.model;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * The memory of the machine, or of the container that the process runs in, as the Java runtime sees it. Read by its management bean's
 * attributes, which are there whichever runtime it is, and need no module beyond {@code java.management}.
 */
final class MachineMemory {
    private static final System.Logger LOGGER = System.getLogger(MachineMemory.class.getName());

    private MachineMemory() {}

    /** {@return the whole of it in bytes; empty if the runtime does not tell} */
    static OptionalLong total() {
        return read(List.of("TotalMemorySize", "TotalPhysicalMemorySize"));
    }

    /**
     * {@return what of it is there for whoever asks, in bytes: on Linux with the files that are only kept until somebody does, in a
     * container without them; empty if the runtime does not tell}
     */
    static OptionalLong free() {
        OptionalLong whole = total();
        Map<String, Long> machine = linux();
        return whole.isPresent() && whole.getAsLong() == machine.getOrDefault("MemTotal", 0L)
                ? OptionalLong.of(machine.getOrDefault("MemAvailable", 0L))
                : read(List.of("FreeMemorySize", "FreePhysicalMemorySize"));
    }

    /** What the kernel tells of the whole machine; nothing on other systems. */
    private static Map<String, Long> linux() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.map(Pattern.compile("(\\w+): +(\\d+) kB")::matcher)
                    .filter(Matcher::matches)
                    .collect(Collectors.toMap(line -> line.group(1), line -> Long.parseLong(line.group(2)) * 1024));
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "There is no /proc/meminfo", e);
            return Map.of();
        }
    }

    /** The second name is that of runtimes before Java 14. */
    private static OptionalLong read(List<String> names) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (String name : names) {
            try {
                Object value =
                        server.getAttribute(new ObjectName(ManagementFactory.OPERATING_SYSTEM_MXBEAN_NAME), name);
                if (value instanceof Long bytes && bytes > 0) {
                    return OptionalLong.of(bytes);
                }
            } catch (JMException e) {
                LOGGER.log(System.Logger.Level.DEBUG, "The runtime does not tell " + name, e);
            }
        }
        return OptionalLong.empty();
    }
}
