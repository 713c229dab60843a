package io.hyperion.core.model;

import io.hyperion.core.engine.EmbeddingSettings;
import io.hyperion.core.gguf.GgufFile;
import io.hyperion.core.llama.Pooling;
import java.io.IOException;
import java.util.Optional;

/** Whether a model makes vectors of texts, by its configuration and by what its file is made for, and which. */
final class EmbeddingSetup {
    private EmbeddingSetup() {}

    /**
     * {@return how to load the model to make vectors; empty if it is to generate text}
     *
     * @throws IOException if the configuration asks for what the file is not made for; the message names the key
     */
    static Optional<EmbeddingSettings> of(ModelSettings settings, GgufFile file) throws IOException {
        String prefix = "hyperion.models." + settings.name() + ".";
        Optional<Pooling> own = file.poolingType().stream()
                .boxed()
                .findFirst()
                .flatMap(Pooling::of)
                .filter(pooling -> pooling != Pooling.RANK || file.hasClassifier());
        boolean made = file.isEncoder() || own.isPresent();
        boolean wanted = settings.embeddings().orElse(made);
        if (!wanted) {
            if (file.isEncoder()) {
                throw new IOException(prefix + "embeddings is false, but a model of the architecture "
                        + file.architecture() + " can do nothing else");
            }
            if (settings.pooling().isPresent()) {
                throw new IOException(prefix + "pooling is set, which takes " + prefix + "embeddings=true as well:"
                        + " by itself the model generates text");
            }
            return Optional.empty();
        }
        if (file.isRecurrent()) {
            throw new IOException(prefix + "embeddings is true, but models of the architecture " + file.architecture()
                    + " keep a state, and give no vectors here");
        }
        Pooling pooling = settings.pooling().or(() -> own).orElseGet(() -> usual(file));
        if (pooling == Pooling.RANK && !file.hasClassifier()) {
            throw new IOException(prefix + "pooling is rank, but the model has no classifier to score with");
        }
        return Optional.of(
                EmbeddingSettings.of(settings.engine(), file.trainedContextLength(), pooling, file.isEncoder()));
    }

    /** A file that does not say: with a classifier it is a reranker, an encoder is mostly trained for the mean. */
    private static Pooling usual(GgufFile file) {
        if (file.hasClassifier()) {
            return Pooling.RANK;
        }
        return file.isEncoder() ? Pooling.MEAN : Pooling.LAST;
    }
}
