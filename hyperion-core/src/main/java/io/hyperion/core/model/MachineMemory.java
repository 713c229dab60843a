package io.hyperion.core.model;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.OptionalLong;
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

    /** {@return what of it nobody uses, in bytes; empty if the runtime does not tell} */
    static OptionalLong free() {
        return read(List.of("FreeMemorySize", "FreePhysicalMemorySize"));
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
