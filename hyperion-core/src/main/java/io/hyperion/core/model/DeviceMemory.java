package io.hyperion.core.model;

import io.hyperion.api.admin.Device;
import io.hyperion.core.llama.ComputeDevice;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What models are computed on, and how much memory of it they may use. Before the engine's library is open only the machine itself is
 * known. Safe for use by many threads.
 */
public final class DeviceMemory {
    private final MemorySettings settings;
    private volatile List<ComputeDevice> devices = List.of();

    /**
     * @param settings the limits
     */
    public DeviceMemory(MemorySettings settings) {
        this.settings = settings;
    }

    /**
     * Takes notice of what the library computes on.
     *
     * @param found what it says
     */
    void found(List<ComputeDevice> found) {
        devices = List.copyOf(found);
    }

    /**
     * The device that has a model's weights, or most of them.
     *
     * @param gpuLayers how many layers are to be put on a GPU
     * @return its name
     */
    String deviceFor(int gpuLayers) {
        return devices.stream()
                .filter(device -> device.gpu() && gpuLayers > 0)
                .findFirst()
                .map(ComputeDevice::name)
                .orElse(ComputeDevice.CPU);
    }

    /**
     * What models may use of a device together.
     *
     * @param device its name
     * @return how many bytes; without a limit if neither the settings nor the device tell
     */
    long limit(String device) {
        return settings.limit(device, total(device).orElse(Long.MAX_VALUE));
    }

    /**
     * All devices, with what they have.
     *
     * @param budget what is reserved of them
     * @return the devices, in the order of the library; the machine itself if that is not open yet
     */
    List<Device> status(MemoryBudget budget) {
        List<ComputeDevice> known = devices.isEmpty()
                ? List.of(new ComputeDevice(ComputeDevice.CPU, System.getProperty("os.arch", ""), false, 0, 0))
                : devices;
        return known.stream()
                .map(device -> new Device(
                        device.name(),
                        device.description(),
                        total(device.name()).orElse(0),
                        free(device),
                        budget.limit(device.name()),
                        budget.reserved(device.name())))
                .toList();
    }

    private OptionalLong total(String name) {
        if (name.equals(ComputeDevice.CPU)) {
            return MachineMemory.total();
        }
        Optional<ComputeDevice> device =
                devices.stream().filter(one -> one.name().equals(name)).findFirst();
        return device.filter(one -> one.totalBytes() > 0).stream()
                .mapToLong(ComputeDevice::totalBytes)
                .findFirst();
    }

    private static long free(ComputeDevice device) {
        return device.name().equals(ComputeDevice.CPU) ? MachineMemory.free().orElse(0) : device.freeBytes();
    }
}
