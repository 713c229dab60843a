package io.hyperion.core.model;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.EngineException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A thread that waits for a model")
class WaitingCallerTest {
    @Test
    @DisplayName("is told of whatever is thrown when it gets it, which hinders nobody who waits behind it")
    void hearsOfErrors() {
        WaitingCaller<String> caller = new WaitingCaller<>(served -> {
            throw new NoClassDefFoundError("undeployed");
        });

        caller.begin(null);

        assertThatThrownBy(caller::await).isInstanceOf(EngineException.class).hasMessageContaining("undeployed");
    }
}
