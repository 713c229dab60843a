package io.hyperion.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Wrong settings: who made them sees what is wrong, and the server goes on. */
interface SettingsBehaviour extends Behaviour {
    /** What is wrong. */
    enum Wrong {
        FILE,
        SLOTS,
        KEY;

        /** {@return properties of a connection factory} */
        Map<String, String> properties(Path modelFile) {
            return switch (this) {
                case FILE -> Map.of("modelPath", "/nowhere/nowhere.gguf");
                case SLOTS -> Map.of("modelPath", modelFile.toString(), "slots", "0");
                case KEY -> Map.of("modelPath", modelFile.toString(), "contxtSize", "512");
            };
        }
    }

    @Test
    @Order(301)
    @DisplayName("a model file that is missing is told")
    default void missingFile() throws Exception {
        assertThat(toldOf(Wrong.FILE)).containsPattern("[Tt]here is no file .*nowhere.gguf");
        shortOutput();
    }

    @Test
    @Order(302)
    @DisplayName("0 slots are told")
    default void noSlots() throws Exception {
        assertThat(toldOf(Wrong.SLOTS)).contains("slots", "must be at least 1, but is 0");
        shortOutput();
    }

    @Test
    @Order(303)
    @DisplayName("a setting that there is not is told")
    default void unknownKey() throws Exception {
        assertThat(toldOf(Wrong.KEY)).containsAnyOf("contxtSize", "contxt-size");
        shortOutput();
    }

    /** {@return what the administrator is told; without pools, of the models that {@link Instance} has wrong from the start} */
    default String toldOf(Wrong wrong) throws Exception {
        return server().mode() == Mode.RAR
                ? server().pool().tryBroken(wrong.properties(server().modelFile()))
                : server().log();
    }
}
