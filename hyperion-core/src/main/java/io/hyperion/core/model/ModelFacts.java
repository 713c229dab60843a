package io.hyperion.core.model;

import io.hyperion.api.ModelInfo;
import io.hyperion.core.engine.EmbeddingSettings;
import io.hyperion.core.engine.LoraSettings;
import io.hyperion.core.gguf.GgufException;
import io.hyperion.core.gguf.GgufFile;
import io.hyperion.core.gguf.GgufFingerprint;
import io.hyperion.core.gguf.LoraFileValidator;
import io.hyperion.core.gguf.ModelFileValidator;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the headers of a model's files say, found sound, and what follows from it and from what is configured.
 *
 * @param details for those who want to know about the model
 * @param template its own chat template, if it has one
 * @param beginToken the text of the token that begins a sequence; empty if it has none
 * @param endToken the text of the token that ends a sequence; empty if it has none
 * @param cells how many tokens it is to be loaded for
 * @param fingerprint what tells its files from those of other models
 * @param embedding how it is loaded to make vectors of texts; empty if it generates text
 * @param memory what it needs in memory, by estimate
 * @param parkedBytes what its finished sequences may take in memory besides
 * @param preparation makes requests ready for it
 */
record ModelFacts(
        ModelInfo.Details details,
        Optional<String> template,
        String beginToken,
        String endToken,
        int cells,
        GgufFingerprint fingerprint,
        Optional<EmbeddingSettings> embedding,
        ModelInfo.Memory memory,
        long parkedBytes,
        RequestPreparation preparation) {
    /**
     * Reads the headers of the files.
     *
     * @throws IOException why the model cannot be served; the message is for its administrator
     */
    static ModelFacts read(ModelSettings settings) throws IOException {
        Path path = settings.path().orElseThrow();
        try {
            GgufFile file = GgufFile.read(path);
            ModelFileValidator.validate(file);
            List<GgufFile> adapters = adapters(settings, file);
            Optional<EmbeddingSettings> embedding = EmbeddingSetup.of(settings, file);
            int largest = embedding.isPresent() ? file.largestCache() : file.largestContext();
            int cells = embedding.isPresent()
                    ? embedding.get().batchSize()
                    : settings.engine().cells(file.trainedContextLength(), largest);
            if (cells > largest) {
                throw new IOException("a context of " + cells + " tokens is configured, but the model can have "
                        + largest + " at most");
            }
            ModelInfo.Details details = new ModelInfo.Details(
                    file.architecture(),
                    file.title(),
                    file.quantization(),
                    file.parameterCount(),
                    file.trainedContextLength(),
                    file.vocabularySize(),
                    file.fileSize(),
                    file.chatTemplate().isPresent());
            return new ModelFacts(
                    details,
                    file.chatTemplate(),
                    file.bosText().orElse(""),
                    file.eosText().orElse(""),
                    cells,
                    fingerprint(file, adapters),
                    embedding,
                    ModelMemory.of(settings, file, adapters, cells, embedding),
                    embedding.isPresent() ? 0 : settings.engine().prefixMemory(file.fileSize()),
                    new RequestPreparation(
                            ChatTemplates.of(settings.name(), settings.template(), file), settings.defaults()));
        } catch (NoSuchFileException e) {
            throw new IOException("There is no file " + path, e);
        } catch (GgufException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("The file " + path + " cannot be served: " + e.getMessage(), e);
        }
    }

    private static List<GgufFile> adapters(ModelSettings settings, GgufFile base) throws IOException {
        String key = ModelSettings.key(settings.name(), "lora");
        try {
            List<GgufFile> adapters = new ArrayList<>();
            for (LoraSettings lora : settings.engine().lora()) {
                adapters.add(GgufFile.read(lora.path()));
            }
            LoraFileValidator.validate(adapters, base);
            return adapters;
        } catch (NoSuchFileException e) {
            throw new IOException(key + ": there is no file " + e.getFile(), e);
        } catch (IOException e) {
            throw new IOException(key + ": " + e.getMessage(), e);
        }
    }

    private static GgufFingerprint fingerprint(GgufFile base, List<GgufFile> adapters) throws IOException {
        List<GgufFile> all = new ArrayList<>(List.of(base));
        all.addAll(adapters);
        return GgufFingerprint.of(all);
    }

    /** {@return what it needs with so many instances, all that finished sequences may take included} */
    long bytes(int instances) {
        return memory.total(instances) + parkedBytes;
    }

    /** {@return whether it makes vectors of texts, and generates none} */
    boolean makesVectors() {
        return embedding.isPresent();
    }
}
