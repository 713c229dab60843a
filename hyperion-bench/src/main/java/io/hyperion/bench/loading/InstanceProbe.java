package io.hyperion.bench.loading;

import static java.util.concurrent.TimeUnit.MINUTES;

import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.HyperionException;
import io.hyperion.api.Prompt;
import io.hyperion.bench.load.ModelUse;
import io.hyperion.bench.scenario.MemoryProbe;
import io.hyperion.core.engine.EngineListener;
import io.hyperion.core.engine.EngineSettings;
import io.hyperion.core.engine.InstanceGrant;
import io.hyperion.core.engine.InstanceSettings;
import io.hyperion.core.engine.LoadedModel;
import io.hyperion.core.engine.ModelRequest;
import io.hyperion.core.gguf.GgufFile;
import io.hyperion.core.gguf.GgufFingerprint;
import io.hyperion.core.gguf.ModelFileValidator;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.LoadProgress;
import io.hyperion.core.sequence.SequenceStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * The process of its own in which {@link InstanceMemory} has a model loaded with some instances, each of which evaluates a prompt: prints by how many
 * bytes the process grew, without the weights, which are mapped from the file.
 */
public final class InstanceProbe {
    private static final String NAME = "model";
    private static final String PROMPT = "once upon a time ".repeat(16);

    private InstanceProbe() {}

    /**
     * @param args the model file, sequences, cells, threads, instances
     * @throws IOException if the file or the memory cannot be read
     * @throws LlamaException if the model cannot be loaded
     */
    public static void main(String[] args) throws IOException, LlamaException {
        ModelUse use = new ModelUse(
                Path.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        int instances = Integer.parseInt(args[4]);
        GgufFile file = GgufFile.read(use.file());
        ModelFileValidator.validate(file);
        EngineSettings settings = new EngineSettings(
                use.cells(),
                use.sequences(),
                ModelUse.BATCH_SIZE,
                use.threads(),
                0,
                EngineSettings.DEFAULT_QUEUE_CAPACITY,
                Duration.ZERO,
                OptionalLong.of(0),
                List.of());
        long before = MemoryProbe.privateBytes();
        try (LlamaLibrary library = LlamaLibrary.open();
                LoadedModel model = LoadedModel.load(
                        library,
                        NAME,
                        use.file(),
                        use.cells(),
                        settings,
                        new InstanceSettings(instances, instances, Optional.empty(), InstanceGrant.ALWAYS),
                        new SequenceStore(NAME, Optional.empty(), GgufFingerprint.of(List.of(file))),
                        EngineListener.NONE,
                        LoadProgress.NONE)) {
            for (int i = 0; i < instances; i++) {
                generate(model, i * use.sequences());
            }
            System.out.println(MemoryProbe.privateBytes() - before);
        }
    }

    private static void generate(LoadedModel model, int slot) {
        CompletableFuture<GenerateReply> done = new CompletableFuture<>();
        model.submit(
                new ModelRequest(
                        new Prompt.Raw(PROMPT),
                        GenerateParameters.builder().maxTokens(4).slot(slot).build()),
                new GenerateListener() {
                    @Override
                    public void onText(String text) {}

                    @Override
                    public void onDone(GenerateReply reply) {
                        done.complete(reply);
                    }

                    @Override
                    public void onError(HyperionException error) {
                        done.completeExceptionally(error);
                    }
                });
        done.orTimeout(1, MINUTES).join();
    }
}
