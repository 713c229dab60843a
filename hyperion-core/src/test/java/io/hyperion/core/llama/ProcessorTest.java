package io.hyperion.core.llama;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A processor")
class ProcessorTest {
    @Test
    @DisplayName("that has the library's instructions is taken")
    void sufficient() {
        assertThatCode(() -> Processor.requireInstructionSets(
                        Stream.of("processor\t: 0", "flags\t\t: fpu sse2 fma avx f16c bmi1 avx2 bmi2")))
                .doesNotThrowAnyException();
    }

    @Test
    @DisplayName("that lacks some is refused, and they are named")
    void insufficient() {
        assertThatThrownBy(() -> Processor.requireInstructionSets(
                        Stream.of("processor\t: 0", "flags\t\t: fpu sse2 avx f16c", "flags\t\t: avx2 fma bmi2")))
                .isInstanceOf(LlamaException.class)
                .hasMessageEndingWith("avx2, bmi2, fma");
    }
}
