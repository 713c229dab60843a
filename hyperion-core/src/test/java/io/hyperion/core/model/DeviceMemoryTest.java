package io.hyperion.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.admin.Device;
import io.hyperion.core.llama.ComputeDevice;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The memory of the devices")
class DeviceMemoryTest {
    private static final ComputeDevice CPU = new ComputeDevice("CPU", "a processor", false, 0, 0);
    private static final ComputeDevice GPU = new ComputeDevice("CUDA0", "a card", true, 300, 1000);

    private final long machine = MachineMemory.total().orElseThrow();

    @Test
    @DisplayName("is that of the machine alone before the library is open")
    void machineOnly() {
        DeviceMemory memory = new DeviceMemory(MemorySettings.DEFAULT);
        assertThat(memory.deviceFor(999)).isEqualTo("CPU");
        assertThat(memory.limit("CPU")).isEqualTo(machine);
        assertThat(memory.status(budget(memory))).singleElement().satisfies(device -> {
            assertThat(device.name()).isEqualTo("CPU");
            assertThat(device.totalBytes()).isEqualTo(machine);
            assertThat(device.freeBytes()).isBetween(1L, machine);
            assertThat(device.limitBytes()).isEqualTo(machine);
        });
    }

    @Test
    @DisplayName("has the limits of the settings, of which parts are of each one's own memory")
    void limits() {
        DeviceMemory memory = new DeviceMemory(
                new MemorySettings(Optional.of(MemoryLimit.parse("50%")), Map.of("cpu", MemoryLimit.parse("1 MiB"))));
        memory.found(List.of(GPU, CPU));
        assertThat(memory.limit("CUDA0")).isEqualTo(500);
        assertThat(memory.limit("CPU")).isEqualTo(1 << 20);
    }

    @Test
    @DisplayName("tells what is free and what is reserved")
    void status() {
        DeviceMemory memory = new DeviceMemory(MemorySettings.DEFAULT);
        memory.found(List.of(GPU, CPU));
        MemoryBudget budget = budget(memory);
        MemoryBudget.Tenant tenant = new Tenant();
        budget.tryReserve(tenant, 70, "CUDA0").orElseThrow();
        assertThat(memory.status(budget)).first().isEqualTo(new Device("CUDA0", "a card", 1000, 300, 1000, 70));
    }

    @Test
    @DisplayName("is taken from a card if layers are to be put on one, and one is there")
    void deviceOfAModel() {
        DeviceMemory memory = new DeviceMemory(MemorySettings.DEFAULT);
        memory.found(List.of(CPU, GPU));
        assertThat(memory.deviceFor(1)).isEqualTo("CUDA0");
        assertThat(memory.deviceFor(0)).isEqualTo("CPU");
    }

    @Test
    @DisplayName("is not limited where nobody tells how much there is")
    void unknown() {
        assertThat(new DeviceMemory(MemorySettings.DEFAULT).limit("Vulkan0")).isEqualTo(Long.MAX_VALUE);
    }

    private static MemoryBudget budget(DeviceMemory memory) {
        return new MemoryBudget(memory::limit, Runnable::run);
    }

    private record Tenant() implements MemoryBudget.Tenant {
        @Override
        public String name() {
            return "tenant";
        }

        @Override
        public boolean isEvictable() {
            return false;
        }

        @Override
        public boolean isIdle() {
            return false;
        }

        @Override
        public long lastUsedNanos() {
            return 0;
        }

        @Override
        public boolean evict() {
            return false;
        }

        @Override
        public boolean drain() {
            return false;
        }
    }
}
