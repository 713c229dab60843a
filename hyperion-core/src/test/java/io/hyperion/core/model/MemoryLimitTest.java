package io.hyperion.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryLimitTest {
    private static final long TOTAL = 1000;

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "123 B, 123",
        "12GiB, 12884901888",
        "12 gb, 12000000000",
        "1.5KiB, 1536",
        "0.5MB, 500000",
        "2TiB, 2199023255552",
        "80%, 800",
        "12.5 %, 125",
        "100%, 1000",
        "' 7MiB ', 7340032"
    })
    void anAmountOrAPartIsRead(String text, long bytes) {
        assertThat(MemoryLimit.parse(text).bytes(TOTAL)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GiB", "-1", "+1", "1e9", "12 G", "0x10", "1,5GiB", "80 %%", "NaN", "1 GiB 2"})
    void whatIsNoAmountIsRefusedWithAnExample(String text) {
        assertThatThrownBy(() -> MemoryLimit.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("must be an amount of memory such as 12GiB, or a part such as 80%, but is '" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.4", "9000000TiB", "999999999999999TiB"})
    void anAmountOutOfItsRangeIsRefused(String text) {
        assertThatThrownBy(() -> MemoryLimit.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("must be at least 1 byte and less than 8 EiB of memory, but is '" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0%", "100.1%", "101%"})
    void aPartOutOfItsRangeIsRefused(String text) {
        assertThatThrownBy(() -> MemoryLimit.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("must be more than 0% and at most 100% of the memory, but is '" + text + "'");
    }

    @Test
    void aDeviceHasItsOwnLimitOrThatOfAllOrAllOfItsMemory() {
        MemorySettings settings =
                new MemorySettings(Optional.of(MemoryLimit.parse("50%")), Map.of("cuda0", MemoryLimit.parse("10 B")));
        assertThat(settings.limit("CUDA0", TOTAL)).isEqualTo(10);
        assertThat(settings.limit("CPU", TOTAL)).isEqualTo(500);
        assertThat(MemorySettings.DEFAULT.limit("CPU", TOTAL)).isEqualTo(TOTAL);
    }

    @Test
    void twoLimitsForOneDeviceAreRefused() {
        MemoryLimit any = MemoryLimit.parse("1");
        assertThatThrownBy(() -> new MemorySettings(Optional.empty(), Map.of("cpu", any, "CPU", any)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("There are two limits for the device ");
    }

    @ParameterizedTest
    @CsvSource({"0, 0 bytes", "1023, 1023 bytes", "1536, 1.5 KiB", "1048575, 1.0 MiB", "12884901888, 12.0 GiB"})
    void amountsAreToldInTheUnitThatFits(long bytes, String text) {
        assertThat(MemorySize.text(bytes)).isEqualTo(text);
    }

    @Test
    void theMachinesMemoryIsWhatTheRuntimeSees() {
        assertThat(ManagementFactory.getOperatingSystemMXBean())
                .isInstanceOfSatisfying(
                        com.sun.management.OperatingSystemMXBean.class,
                        bean -> assertThat(MachineMemory.total()).hasValue(bean.getTotalMemorySize()));
        assertThat(MachineMemory.free().orElseThrow())
                .isBetween(1L, MachineMemory.total().orElseThrow());
    }
}
