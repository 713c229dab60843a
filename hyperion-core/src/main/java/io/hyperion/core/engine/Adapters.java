package io.hyperion.core.engine;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.LoraScale;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaModel;
import io.hyperion.core.llama.LoraAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The LoRA adapters of a loaded model, in the order of the configuration. Immutable; freed with the model. */
final class Adapters {
    private static final String FIELD = "lora";

    private final String model;
    private final List<LoraAdapter.Scaled> configured;

    private Adapters(String model, List<LoraAdapter.Scaled> configured) {
        this.model = model;
        this.configured = List.copyOf(configured);
    }

    /**
     * Loads adapters that {@code io.hyperion.core.gguf} has found sound.
     *
     * @param name the name of the model, for messages
     * @throws LlamaException if one cannot be loaded
     */
    static Adapters load(String name, LlamaModel model, List<LoraSettings> settings) throws LlamaException {
        List<LoraAdapter.Scaled> loaded = new ArrayList<>();
        for (LoraSettings lora : settings) {
            loaded.add(new LoraAdapter.Scaled(model.loadAdapter(lora.path()), lora.scale()));
        }
        return new Adapters(name, loaded);
    }

    /** {@return how many there are} */
    int count() {
        return configured.size();
    }

    /**
     * The adapters as a request wants them.
     *
     * @param requested the scales that the request names, of which those that it does not name are 0; empty for the configured ones
     * @return all adapters with their scales, in order: equal for requests that can be evaluated in one step
     * @throws InvalidRequestException if the request names an adapter that is not there, or one twice
     */
    List<LoraAdapter.Scaled> scaled(Optional<List<LoraScale>> requested) {
        return requested.map(this::named).orElse(configured);
    }

    private List<LoraAdapter.Scaled> named(List<LoraScale> requested) {
        float[] scales = new float[configured.size()];
        boolean[] named = new boolean[configured.size()];
        for (LoraScale one : requested) {
            if (one.id() >= scales.length) {
                throw new InvalidRequestException(
                        ErrorCode.OUT_OF_RANGE,
                        FIELD,
                        "'" + FIELD + "' names the adapter " + one.id() + ", but model '" + model + "' has "
                                + scales.length + " adapters, from 0");
            }
            if (named[one.id()]) {
                throw new InvalidRequestException(
                        ErrorCode.CONFLICT, FIELD, "'" + FIELD + "' names the adapter " + one.id() + " twice");
            }
            named[one.id()] = true;
            scales[one.id()] = (float) one.scale();
        }
        return scaled(scales);
    }

    /**
     * The adapters with scales that were kept, such as with a saved sequence.
     *
     * @param scales a finite one for each adapter
     * @return all adapters with these scales, in order
     */
    List<LoraAdapter.Scaled> scaled(float[] scales) {
        if (scales.length != configured.size()) {
            throw new IllegalArgumentException(
                    "There are " + scales.length + " scales for " + configured.size() + " adapters");
        }
        List<LoraAdapter.Scaled> scaled = new ArrayList<>();
        for (int i = 0; i < scales.length; i++) {
            scaled.add(new LoraAdapter.Scaled(configured.get(i).adapter(), scales[i]));
        }
        return scaled;
    }
}
