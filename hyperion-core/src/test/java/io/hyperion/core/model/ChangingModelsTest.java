package io.hyperion.core.model;

import static io.hyperion.core.model.CatalogRig.brief;
import static io.hyperion.core.model.CatalogRig.endless;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import io.hyperion.api.RequestOutcome;
import io.hyperion.core.gguf.TinyModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Models that come and go while others are used")
@Timeout(60)
class ChangingModelsTest {
    private static final SortedMap<String, ModelSettings> NONE = Collections.emptySortedMap();

    @TempDir
    private Path directory;

    private Path file;
    private CatalogRig rig;

    @BeforeEach
    void open() {
        file = TinyModel.llama().uint32("llama.context_length", 2048).write(directory.resolve("text.gguf"));
        rig = new CatalogRig(Map.of(
                "hyperion.models.fixed.path",
                file.toString(),
                "hyperion.models-dir",
                directory.resolve("models").toString()));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    /** A model of the test's file, with so many slots. */
    private SortedMap<String, ModelSettings> guest(int slots) {
        Map<String, String> keys = Map.of(
                "hyperion.models.guest.path", file.toString(),
                "hyperion.models.guest.aliases", "visitor",
                "hyperion.models.guest.slots", Integer.toString(slots));
        return HyperionConfiguration.of(new TreeMap<>(keys)).models();
    }

    @Test
    @DisplayName("are found by their names and aliases as soon as they are there, and by nobody when they are gone")
    void found() {
        assertThatThrownBy(() -> rig.generate(brief("guest"))).isInstanceOf(ModelNotFoundException.class);
        rig.catalog.apply(guest(1));
        assertThat(rig.generate(brief("visitor")).reply.join().model()).isEqualTo("guest");
        assertThat(rig.catalog.infos()).extracting(ModelInfo::name).containsExactly("fixed", "guest");
        rig.catalog.apply(NONE);
        assertThatThrownBy(() -> rig.generate(brief("visitor")))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessageContaining("fixed");
    }

    @Test
    @DisplayName(
            "give their memory back when the last of their requests has ended, which go on though the model is gone")
    void goingOn() throws Exception {
        rig.catalog.apply(guest(1));
        CatalogRig.Ear running = rig.generate(endless("guest"));
        running.awaitText();
        CatalogRig.Ear queued = rig.generate(brief("guest"));
        rig.catalog.apply(NONE);
        assertThat(rig.budget.reserved("CPU")).isPositive();
        assertThat(running.reply).isNotDone();
        running.cancel();
        assertThat(running.reply.join().completionTokens()).isPositive();
        assertThat(queued.reply.join().completionTokens()).isEqualTo(3);
        CatalogRig.await(() -> rig.budget.reserved("CPU") == 0, () -> "The memory is still reserved");
    }

    @Test
    @DisplayName(
            "are replaced when their settings change: later requests get the new one, when the memory of the old one is free")
    void replaced() throws Exception {
        rig.catalog.apply(guest(1));
        CatalogRig.Ear running = rig.generate(endless("guest"));
        running.awaitText();
        rig.catalog.apply(guest(3));
        assertThat(rig.info("guest").slots()).isEqualTo(3);
        CatalogRig.Ear later = rig.generate(brief("guest"));
        rig.await("guest", ModelState.LOADING);
        assertThat(later.reply).isNotDone();
        running.cancel();
        assertThat(later.reply.join().completionTokens()).isEqualTo(3);
        assertThat(rig.state("guest")).isEqualTo(ModelState.LOADED);
        CatalogRig.await(
                () -> rig.catalog
                                .figures(rig.catalog.find(Optional.of("guest")))
                                .endedRequests()
                        == 2,
                () -> "The requests of both are not counted");
        assertThat(rig.catalog.figures(rig.catalog.find(Optional.of("guest"))).requests())
                .containsEntry(RequestOutcome.CANCELLED, 1L)
                .containsEntry(RequestOutcome.LENGTH, 1L);
    }

    @Test
    @DisplayName("stay as they are when nothing has changed, and are replaced when their file has")
    void sameSettings() throws Exception {
        rig.catalog.apply(guest(1));
        rig.generate(brief("guest")).reply.join();
        rig.catalog.apply(guest(1));
        assertThat(rig.state("guest")).isEqualTo(ModelState.LOADED);
        Path other = TinyModel.llama(7).uint32("llama.context_length", 1024).write(directory.resolve("other"));
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        rig.catalog.apply(guest(1));
        assertThat(rig.info("guest").details().orElseThrow().trainedContextLength())
                .isEqualTo(1024);
        assertThat(rig.generate(brief("guest")).reply.join().completionTokens()).isEqualTo(3);
    }

    @Test
    @DisplayName("wait for the memory of all that had their name before, not of the last alone")
    void replacedTwice() throws Exception {
        rig.catalog.apply(guest(1));
        CatalogRig.Ear running = rig.generate(endless("guest"));
        running.awaitText();
        rig.catalog.apply(guest(3));
        rig.catalog.apply(guest(4));
        CatalogRig.Ear later = rig.generate(brief("guest"));
        rig.await("guest", info -> info.progress().map(ModelProgress::state).equals(Optional.of(ModelState.UNLOADING)));
        assertThat(later.reply).isNotDone();
        running.cancel();
        assertThat(later.reply.join().completionTokens()).isEqualTo(3);
    }

    @Test
    @DisplayName("are counted once when they are gone, for whoever still has them too")
    void countedOnce() {
        rig.catalog.apply(guest(1));
        CatalogModel guest = rig.catalog.find(Optional.of("guest"));
        rig.generate(brief("guest")).reply.join();
        rig.catalog.apply(NONE);
        guest.life().gone().join();
        CatalogRig.await(
                () -> rig.catalog.figures().endedRequests() == 1
                        && rig.catalog.figures(guest).endedRequests() == 1,
                () -> "There was one request: " + rig.catalog.figures(guest));
    }

    @Test
    @DisplayName("are told as what they are now when their file is another one, though nobody has asked for them")
    void lookedAtAgain() throws Exception {
        byte[] sound = Files.readAllBytes(file);
        Files.writeString(file, "no model");
        rig.catalog.apply(guest(1));
        assertThat(rig.state("guest")).isEqualTo(ModelState.FAILED);
        Files.write(file, sound);
        rig.catalog.apply(guest(1));
        assertThat(rig.state("guest")).isEqualTo(ModelState.READY);
    }

    @Test
    @DisplayName("are for requests that name none as long as the default model is not there")
    void defaultModel() {
        rig.close();
        rig = new CatalogRig(Map.of(
                "hyperion.models-dir", directory.resolve("models").toString(), "hyperion.default-model", "visitor"));
        SortedMap<String, ModelSettings> models = new TreeMap<>(guest(1));
        models.putAll(HyperionConfiguration.of(Map.of("hyperion.models.another.path", file.toString()))
                .models());
        rig.catalog.apply(models);
        assertThat(rig.catalog.find(Optional.empty()).name()).isEqualTo("guest");
        assertThat(rig.info("guest").isDefault()).isTrue();
        models.remove("guest");
        rig.catalog.apply(models);
        assertThat(rig.catalog.find(Optional.empty()).name()).isEqualTo("another");
        assertThat(rig.info("another").isDefault()).isTrue();
    }

    @Test
    @DisplayName("never take the name of one that is configured")
    void configured() {
        Map<String, String> keys = Map.of("hyperion.models.fixed.path", "/nowhere");
        rig.catalog.apply(HyperionConfiguration.of(new TreeMap<>(keys)).models());
        assertThat(rig.state("fixed")).isEqualTo(ModelState.READY);
        rig.catalog.apply(NONE);
        assertThat(rig.generate(brief("fixed")).reply.join().completionTokens()).isEqualTo(3);
    }

    @Test
    @DisplayName("can be added and removed by an administrator, and are still there after a restart")
    void addedAndRemoved() {
        SortedMap<String, String> settings =
                new TreeMap<>(Map.of("source", "https://example.org/some/model.gguf", "tags", "small"));
        ModelInfo added = rig.administration.add("guest", settings);
        assertThat(added.state()).isEqualTo(ModelState.ABSENT);
        assertThat(added.description().origin()).isEqualTo(ModelInfo.Origin.ADDED);
        assertThat(added.description().tags()).containsExactly("small");
        assertThatThrownBy(() -> rig.administration.add("guest", settings))
                .extracting(error -> ((HyperionException) error).code())
                .isEqualTo(ErrorCode.MODEL_EXISTS);

        rig.close();
        open();
        assertThat(rig.state("guest")).isEqualTo(ModelState.ABSENT);
        assertThat(rig.administration.remove("guest", true).join().name()).isEqualTo("guest");
        assertThatThrownBy(() -> rig.info("guest")).isInstanceOf(ModelNotFoundException.class);
        assertThat(directory.resolve("models").toFile().list()).doesNotContain("guest.properties");
    }

    @Test
    @DisplayName(
            "that are dropped files are removed only with these, while those of the configuration cannot be removed")
    void notRemovable() throws Exception {
        assertThatThrownBy(() -> rig.administration.remove("fixed", true))
                .extracting(error -> ((HyperionException) error).code())
                .isEqualTo(ErrorCode.KEPT_ELSEWHERE);

        Path models = Files.createDirectories(directory.resolve("models"));
        Path dropped = Files.copy(file, models.resolve("dropped-Q8_0.gguf"));
        CatalogRig.await(() -> rig.catalog.infos().size() == 2, () -> "The file is not found");
        assertThat(rig.generate(brief("dropped")).reply.join().completionTokens())
                .isEqualTo(3);
        assertThatThrownBy(() -> rig.administration.remove("dropped", false))
                .extracting(error -> ((HyperionException) error).code())
                .isEqualTo(ErrorCode.KEPT_ELSEWHERE);
        assertThat(dropped).exists();
        rig.administration.remove("dropped", true).join();
        assertThat(dropped).doesNotExist();
        assertThat(rig.catalog.infos()).extracting(ModelInfo::name).isEqualTo(List.of("fixed"));
        assertThat(rig.budget.reserved("CPU")).isZero();
    }
}
