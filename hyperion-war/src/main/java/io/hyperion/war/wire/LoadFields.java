package io.hyperion.war.wire;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.war.json.Fields;
import java.util.List;
import java.util.Map;

/**
 * What clients of other servers send to have a model loaded in another way. There it may reload the model under everybody's hands; here it is
 * refused, with the key by which an administrator sets it.
 */
public final class LoadFields {
    /** The names that llama.cpp, its bindings and Ollama have, and the keys behind {@code hyperion.models.<name>.} that mean the same. */
    private static final Map<String, String> KEYS = Map.ofEntries(
            Map.entry("n_ctx", "context-size"),
            Map.entry("ctx_size", "context-size"),
            Map.entry("num_ctx", "context-size"),
            Map.entry("context_size", "context-size"),
            Map.entry("n_gpu_layers", "gpu-layers"),
            Map.entry("gpu_layers", "gpu-layers"),
            Map.entry("num_gpu", "gpu-layers"),
            Map.entry("threads", "threads"),
            Map.entry("n_threads", "threads"),
            Map.entry("n_threads_batch", "threads"),
            Map.entry("num_thread", "threads"),
            Map.entry("batch_size", "batch-size"),
            Map.entry("n_batch", "batch-size"),
            Map.entry("num_batch", "batch-size"),
            Map.entry("n_parallel", "slots"));

    private static final String LORA = "lora";

    private LoadFields() {}

    /**
     * @param fields what was sent
     * @throws InvalidRequestException ({@link ErrorCode#NEEDS_RELOAD}) if one of them says how a model is to be loaded
     */
    public static void refuse(Fields fields) {
        for (String field : fields.names()) {
            if (KEYS.containsKey(field) && fields.has(field)) {
                throw needsReload(fields, field, KEYS.get(field));
            }
        }
        if (fields.any(LORA).filter(LoadFields::namesFile).isPresent()) {
            throw needsReload(fields, LORA, LORA);
        }
    }

    /** Adapters are configured by their files; requests name them by their numbers. */
    private static boolean namesFile(Object lora) {
        return lora instanceof String
                || lora instanceof List<?> list
                        && list.stream()
                                .anyMatch(one -> one instanceof String
                                        || one instanceof Map<?, ?> fields && fields.containsKey("path"));
    }

    private static InvalidRequestException needsReload(Fields fields, String field, String key) {
        String model =
                fields.isText("model") ? fields.text("model").map(Excerpts::of).orElseThrow() : "<name>";
        return new InvalidRequestException(
                ErrorCode.NEEDS_RELOAD,
                fields.parameter(field),
                "'" + field
                        + "' says how a model is loaded, and no request changes that: an administrator sets hyperion.models."
                        + model + "." + key + ", and loads the model anew");
    }
}
