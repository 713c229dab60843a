package io.hyperion.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Wrong settings: who made them sees what is wrong, and the server goes on. */
interface SettingsBehaviour extends Behaviour {
    @Test
    @Order(301)
    @DisplayName("a model file that is missing is told")
    default void missingFile() throws Exception {
        assertThat(toldOf(Map.of("modelPath", "/nowhere/nowhere.gguf")))
                .containsPattern("[Tt]here is no file .*nowhere.gguf");
        shortOutput();
    }

    @Test
    @Order(302)
    @DisplayName("0 slots are told")
    default void noSlots() throws Exception {
        assertThat(toldOf(Map.of("modelPath", server().modelFile().toString(), "slots", "0")))
                .contains("slots", "must be at least 1, but is 0");
        shortOutput();
    }

    @Test
    @Order(303)
    @DisplayName("a setting that there is not is told")
    default void unknownKey() throws Exception {
        assertThat(toldOf(Map.of("modelPath", server().modelFile().toString(), "contxtSize", "512")))
                .containsAnyOf("contxtSize", "contxt-size");
        shortOutput();
    }

    /** {@return what the administrator is told; without pools, of the models that {@link Instance} has wrong from the start} */
    default String toldOf(Map<String, String> properties) throws Exception {
        return server().mode() == Mode.RAR ? server().pool().tryBroken(properties) : server().log();
    }
}
